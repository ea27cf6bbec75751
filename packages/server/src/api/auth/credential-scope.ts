import { limits } from '../../model/limits.ts';
import { headerOf } from '../request-head.ts';
import type { RequestHead } from '../request-head.ts';

/** The parts of `AKID/20260101/us-east-1/events/aws4_request`; an asymmetric signature (SigV4A) names no region. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string | undefined;
  readonly service: string;
  readonly terminator: string;
}

const REGION = /^[a-z0-9-]+$/;
const ACCESS_KEY_ID = /^[\w+=,.@-]{1,128}$/;
const SYMMETRIC_PARTS = 5;

/** Region names become parts of keys, ARNs and file names, so they are held to a small alphabet. */
export function isRegion(text: string): boolean {
  return text.length <= limits.regionChars && REGION.test(text);
}

/** The text of a request's credential, from the `Authorization` header or the presigned query; undefined without one. */
export function credentialText(head: RequestHead): string | undefined {
  const authorization = head.headers.authorization;
  if (authorization !== undefined) {
    const start = authorization.indexOf('Credential=');
    if (start < 0) return undefined;
    const from = start + 'Credential='.length;
    const end = authorization.indexOf(',', from);
    return (end < 0 ? authorization.slice(from) : authorization.slice(from, end)).trim();
  }
  if (!head.query.includes('X-Amz-Credential=')) return undefined;
  return new URLSearchParams(head.query).get('X-Amz-Credential') ?? undefined;
}

/** Takes a credential apart; undefined when it is not one. */
export function parseCredential(text: string): CredentialScope | undefined {
  const parts = text.split('/');
  const [accessKeyId = '', date = '', third = '', fourth = '', fifth = ''] = parts;
  if (!ACCESS_KEY_ID.test(accessKeyId)) return undefined;
  if (parts.length === SYMMETRIC_PARTS) {
    return { accessKeyId, date, region: third, service: fourth, terminator: fifth };
  }
  if (parts.length === SYMMETRIC_PARTS - 1) {
    return { accessKeyId, date, region: undefined, service: third, terminator: fourth };
  }
  return undefined;
}

/** The one region that a SigV4A request names in its region set; undefined for several or a wildcard. */
export function regionSet(head: RequestHead): string | undefined {
  const region = headerOf(head, 'x-amz-region-set');
  return region !== undefined && isRegion(region) ? region : undefined;
}
