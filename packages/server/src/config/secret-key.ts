import { ConfigError } from './error.ts';

const KEY_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/]{43}=?$/;

/** The keys of a setting that has been read. */
export const secretKeysOf = (secretKey: string): readonly Buffer[] =>
  secretKey === '' ? [] : secretKey.split(',').map((text) => Buffer.from(text.trim(), 'base64'));

/**
 * 32 bytes in base64. Several with commas between: the first one seals, the others still open what they have sealed.
 * The text itself stands in no message.
 */
export function readSecretKey(value: unknown, place: string): string {
  if (value === undefined) return '';
  const texts = typeof value === 'string' ? value.split(',') : [];
  if (texts.length === 0 || !texts.every((text) => BASE64.test(text.trim()))) {
    throw new ConfigError(
      `"secretKey" in ${place} must be ${KEY_BYTES} bytes in base64 (openssl rand -base64 ${KEY_BYTES})`,
    );
  }
  return value as string;
}
