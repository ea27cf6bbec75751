import { limits } from '../../model/limits.ts';
import { ALGORITHM } from '../../model/signature/signing-key.ts';
import { basicTimestamp } from '../../model/signature/timestamp.ts';
import { headerOf } from '../request-head.ts';
import type { RequestHead } from '../request-head.ts';
import { authErrors } from './auth-errors.ts';
import { parseCredential } from './credential-scope.ts';
import type { CredentialScope } from './credential-scope.ts';

const ASYMMETRIC_ALGORITHM = 'AWS4-ECDSA-P256-SHA256';

/** What a signed request says about its signature. */
export interface SignatureParts {
  readonly scope: CredentialScope;
  /** Lower case, in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20260101T000000Z` */
  readonly timestamp: string;
  /** Milliseconds since the epoch. */
  readonly signedAt: number;
  readonly token: string | undefined;
  /** Seconds that a presigned request stays good; undefined when the signature stands in the header. */
  readonly expiresSeconds: number | undefined;
}

/** Reads the signature from the header or from the presigned query. Throws the service's errors when parts lack. */
export function readSignature(head: RequestHead): SignatureParts {
  const authorization = head.headers.authorization;
  if (authorization !== undefined) return readHeaderSignature(head, authorization);
  const query = new URLSearchParams(head.query);
  if (query.has('X-Amz-Signature') || query.has('X-Amz-Algorithm')) return readQuerySignature(query);
  throw authErrors.missing();
}

function readHeaderSignature(head: RequestHead, authorization: string): SignatureParts {
  const blank = authorization.indexOf(' ');
  checkAlgorithm(blank < 0 ? authorization : authorization.slice(0, blank));
  const fields = new Map<string, string>();
  for (const part of authorization.slice(blank + 1).split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) fields.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  const timestamp = headerOf(head, 'x-amz-date') ?? isoTimestamp(headerOf(head, 'date'));
  const lacks = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !fields.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (timestamp === undefined) {
    lacks.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  if (lacks.length > 0 || timestamp === undefined) throw authErrors.incomplete(lacks);
  return assemble(
    fields.get('Credential')!,
    fields.get('SignedHeaders')!,
    fields.get('Signature')!,
    timestamp,
    headerOf(head, 'x-amz-security-token'),
    undefined,
  );
}

function readQuerySignature(query: URLSearchParams): SignatureParts {
  checkAlgorithm(query.get('X-Amz-Algorithm') ?? ALGORITHM);
  const names = ['X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date', 'X-Amz-Expires'];
  const lacks = names
    .filter((name) => !query.get(name))
    .map((name) => `AWS query-string parameters must include '${name}'.`);
  if (lacks.length > 0) throw authErrors.incomplete(lacks);
  const [credential, signature, signedHeaders, timestamp, expires] = names.map((name) => query.get(name)!);
  const expiresSeconds = /^\d{1,7}$/.test(expires!) ? Number(expires) : Number.NaN;
  if (!(expiresSeconds >= 1 && expiresSeconds <= limits.presignedExpirySeconds)) {
    throw authErrors.incomplete([
      `X-Amz-Expires must be between 1 and ${limits.presignedExpirySeconds} seconds.`,
    ]);
  }
  const token = query.get('X-Amz-Security-Token') ?? undefined;
  return assemble(credential!, signedHeaders!, signature!, timestamp!, token, expiresSeconds);
}

function checkAlgorithm(algorithm: string): void {
  if (algorithm === ALGORITHM) return;
  if (algorithm === ASYMMETRIC_ALGORITHM) throw authErrors.asymmetric();
  throw authErrors.incomplete(['Authorization header requires the algorithm AWS4-HMAC-SHA256.']);
}

function assemble(
  credential: string,
  signedHeaders: string,
  signature: string,
  timestamp: string,
  token: string | undefined,
  expiresSeconds: number | undefined,
): SignatureParts {
  const scope = parseCredential(credential);
  if (scope?.region === undefined) {
    throw authErrors.incomplete([
      'Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/term.',
    ]);
  }
  const signedAt = timestampMs(timestamp);
  if (signedAt === undefined) {
    throw authErrors.incomplete(['Date must be in ISO-8601 basic format (YYYYMMDDTHHMMSSZ).']);
  }
  const names = signedHeaders.toLowerCase().split(';');
  return { scope, signedHeaders: names, signature, timestamp, signedAt, token, expiresSeconds };
}

function timestampMs(timestamp: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A `Date` header comes in the HTTP form or already in the basic one. */
function isoTimestamp(date: string | undefined): string | undefined {
  if (date === undefined || timestampMs(date) !== undefined) return date;
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? undefined : basicTimestamp(ms);
}
