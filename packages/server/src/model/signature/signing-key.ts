import { createHash, createHmac } from 'node:crypto';

export const ALGORITHM = 'AWS4-HMAC-SHA256';
export const TERMINATOR = 'aws4_request';

/** What a derived key is good for. */
export interface SigningScope {
  /** `20260101` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The key that signs the requests of one scope; worth keeping, as it changes once a day. */
export function deriveSigningKey(secretAccessKey: string, scope: SigningScope): Buffer {
  let derived: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  for (const step of [scope.date, scope.region, scope.service, TERMINATOR]) {
    derived = createHmac('sha256', derived).update(step).digest();
  }
  return derived;
}

/** The signature of a canonical request, in hexadecimal. */
export function signatureOf(
  key: Buffer,
  timestamp: string,
  { date, region, service }: SigningScope,
  canonicalRequest: string,
): string {
  const text = [
    ALGORITHM,
    timestamp,
    `${date}/${region}/${service}/${TERMINATOR}`,
    createHash('sha256').update(canonicalRequest).digest('hex'),
  ].join('\n');
  return createHmac('sha256', key).update(text).digest('hex');
}
