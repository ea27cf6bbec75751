import { createHash } from 'node:crypto';
import { canonicalRequest, objectPath, type SignedRequest } from './canonical-request.ts';
import { ALGORITHM, deriveSigningKey, signatureOf, TERMINATOR } from './signing-key.ts';
import { basicTimestamp } from './timestamp.ts';

/** A key of whoever signs. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A request that is to be signed. Its headers must hold `host`; all of them are signed. */
export interface UnsignedRequest extends Omit<SignedRequest, 'rawHeaders'> {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * Signs a request with AWS Signature Version 4. S3 has rules of its own: for the path, and a header with the body's hash.
 *
 * @param now milliseconds since the epoch
 * @returns the request's headers and those of the signature
 */
export function signRequest(
  request: UnsignedRequest,
  credentials: Credentials,
  target: { readonly region: string; readonly service: string },
  now: number,
): Record<string, string> {
  const timestamp = basicTimestamp(now);
  const scope = { ...target, date: timestamp.slice(0, 8) };
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': timestamp };
  const payloadHash = createHash('sha256').update(request.body).digest('hex');
  const isS3 = target.service === 's3';
  if (isS3) headers['x-amz-content-sha256'] = payloadHash;
  if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;
  const signedHeaders = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .sort();
  const { method, path, query } = request;
  const canonical = canonicalRequest(
    { method, path, query, rawHeaders: Object.entries(headers).flat() },
    signedHeaders,
    payloadHash,
    isS3 ? objectPath : undefined,
  );
  const key = deriveSigningKey(credentials.secretAccessKey, scope);
  const credential = `${credentials.accessKeyId}/${scope.date}/${scope.region}/${scope.service}/${TERMINATOR}`;
  headers['authorization'] =
    `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, ` +
    `Signature=${signatureOf(key, timestamp, scope, canonical)}`;
  return headers;
}
