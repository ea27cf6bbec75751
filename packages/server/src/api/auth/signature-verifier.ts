import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../engine/ports/clock.ts';
import { limits } from '../../model/limits.ts';
import { canonicalRequest } from '../../model/signature/canonical-request.ts';
import { deriveSigningKey, signatureOf } from '../../model/signature/signing-key.ts';
import { basicTimestamp } from '../../model/signature/timestamp.ts';
import { headerOf } from '../request-head.ts';
import type { RequestHead } from '../request-head.ts';
import { authErrors } from './auth-errors.ts';
import type { AccountKey } from './authenticator.ts';
import { isRegion } from './credential-scope.ts';
import type { CredentialScope } from './credential-scope.ts';
import { asSigned } from './sent-text.ts';
import { readSignature } from './signature-parts.ts';
import type { SignatureParts } from './signature-parts.ts';

const UNSIGNED = 'UNSIGNED-PAYLOAD';
const MS_PER_MINUTE = 60_000;
const HEX_SHA256 = /^[0-9a-f]{64}$/;

/** Verifies signatures of AWS Signature Version 4, in the header or presigned. */
export class SignatureVerifier {
  readonly #accounts: ReadonlyMap<string, AccountKey>;
  readonly #clock: Clock;
  /** Derived keys by scope; they change once a day. */
  readonly #signingKeys = new Map<string, Buffer>();

  constructor(accounts: ReadonlyMap<string, AccountKey>, clock: Clock) {
    this.#accounts = accounts;
    this.#clock = clock;
  }

  /** Answers the scope that the signature proves; throws the service's error otherwise. */
  verify(head: RequestHead, body: Buffer, signingName: string): CredentialScope {
    const parts = readSignature(head);
    checkScope(parts, signingName);
    const key = this.#accounts.get(parts.scope.accessKeyId);
    if (!key) throw authErrors.unknownKey();
    checkSignedHeaders(head, parts);
    this.#checkTime(parts);
    const payloadHash = payloadHashOf(head, body, parts);
    if (!sameText(this.#sign(head, parts, key, payloadHash), parts.signature)) throw authErrors.mismatch();
    this.#checkToken(parts, key);
    return parts.scope;
  }

  #sign(head: RequestHead, parts: SignatureParts, key: AccountKey, payloadHash: string): string {
    const { date, service } = parts.scope;
    const canonical = canonicalRequest(asSigned(head), parts.signedHeaders, payloadHash);
    const scope = { date, region: parts.scope.region!, service };
    return signatureOf(this.#signingKey(parts.scope, key), parts.timestamp, scope, canonical);
  }

  #signingKey(scope: CredentialScope, key: AccountKey): Buffer {
    const name = `${scope.accessKeyId}/${scope.date}/${scope.region}/${scope.service}`;
    const known = this.#signingKeys.get(name);
    if (known) return known;
    const { date, service } = scope;
    const derived = deriveSigningKey(key.secretAccessKey, { date, region: scope.region!, service });
    if (this.#signingKeys.size >= limits.rememberedCredentials) this.#signingKeys.clear();
    this.#signingKeys.set(name, derived);
    return derived;
  }

  #checkTime(parts: SignatureParts): void {
    const now = this.#clock.now();
    const skew = parts.expiresSeconds === undefined ? limits.signatureSkewMs : limits.presignedSkewMs;
    const minutes = skew / MS_PER_MINUTE;
    if (parts.signedAt > now + skew) {
      throw authErrors.notYet(parts.timestamp, basicTimestamp(now + skew), basicTimestamp(now), minutes);
    }
    if (parts.expiresSeconds !== undefined) {
      if (now > parts.signedAt + parts.expiresSeconds * 1_000) throw authErrors.presignedExpired();
    } else if (parts.signedAt < now - skew) {
      throw authErrors.expired(parts.timestamp, basicTimestamp(now - skew), basicTimestamp(now), minutes);
    }
  }

  /** Judged behind the signature, so that only who holds the secret learns of the token. */
  #checkToken(parts: SignatureParts, key: AccountKey): void {
    if (!sameText(key.sessionToken ?? '', parts.token ?? '')) throw authErrors.unknownKey();
    if (key.expiresAt !== undefined && key.expiresAt <= this.#clock.now()) throw authErrors.expiredToken();
  }
}

function checkScope(parts: SignatureParts, signingName: string): void {
  const { scope, timestamp } = parts;
  if (scope.terminator !== 'aws4_request') throw authErrors.terminator();
  if (scope.region === undefined || !isRegion(scope.region)) throw authErrors.region();
  if (scope.service !== signingName) throw authErrors.service(signingName);
  if (scope.date !== timestamp.slice(0, 8)) throw authErrors.date();
}

/** The host, the type of the body and every `x-amz-` header decide what a request does, so they must be signed. */
function checkSignedHeaders(head: RequestHead, parts: SignatureParts): void {
  const signed = new Set(parts.signedHeaders);
  if (!signed.has('host')) throw authErrors.unsignedHeader('host');
  for (const name of Object.keys(head.headers)) {
    if (name.startsWith('x-amz-') && !signed.has(name)) throw authErrors.unsignedHeader(name);
  }
}

/**
 * The hash of the body as the signer must have seen it. A signer may leave the body out by signing the header
 * `x-amz-content-sha256: UNSIGNED-PAYLOAD`, or by saying the same in a presigned query.
 */
function payloadHashOf(head: RequestHead, body: Buffer, parts: SignatureParts): string {
  const declared =
    headerOf(head, 'x-amz-content-sha256') ??
    (parts.expiresSeconds === undefined
      ? undefined
      : (new URLSearchParams(head.query).get('X-Amz-Content-Sha256') ?? undefined));
  if (declared === UNSIGNED) return UNSIGNED;
  if (declared?.startsWith('STREAMING-')) throw authErrors.streaming();
  const actual = createHash('sha256').update(body).digest('hex');
  if (declared !== undefined && (!HEX_SHA256.test(declared) || declared !== actual)) {
    throw authErrors.mismatch();
  }
  return actual;
}

/** Compares without telling by its duration where texts differ. */
function sameText(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}
