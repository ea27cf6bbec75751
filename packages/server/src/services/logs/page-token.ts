import { createHash } from 'node:crypto';
import type { LogEventPlace } from '../../engine/ports/log-group-storage.ts';
import { invalidToken } from './errors.ts';

/** What a token belongs to: a token of another question is not accepted. */
export type Question = readonly (string | number | boolean | readonly string[] | undefined)[];

const FINGERPRINT_CHARS = 16;

function fingerprint(question: Question): string {
  const text = JSON.stringify(question.map((part) => part ?? null));
  return createHash('sha256').update(text).digest('base64url').slice(0, FINGERPRINT_CHARS);
}

/** An opaque token that leads on from `key`. */
export function sealToken(question: Question, key: string): string {
  return Buffer.from(fingerprint(question) + key, 'utf8').toString('base64url');
}

/** The key in a token; throws for one that was not given out for this question. */
export function openToken(question: Question, token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  const mark = fingerprint(question);
  if (!text.startsWith(mark)) throw invalidToken();
  return text.slice(mark.length);
}

// The service's own ids have 56 digits; SDKs and tools take them for text that sorts by time.
const TIMESTAMP_DIGITS = 16;
const SEQUENCE_DIGITS = 40;
const DIGITS = /^\d{56}$/;

/** A place as digits that sort like places: the id of the event that stands there. */
export function placeText({ timestamp, sequence }: LogEventPlace): string {
  return `${timestamp}`.padStart(TIMESTAMP_DIGITS, '0') + `${sequence}`.padStart(SEQUENCE_DIGITS, '0');
}

/** Reads what `placeText` wrote; throws for anything else. */
export function placeOfText(text: string): LogEventPlace {
  if (!DIGITS.test(text)) throw invalidToken();
  const sequence = BigInt(text.slice(TIMESTAMP_DIGITS));
  // A store counts in 64 bits.
  if (sequence !== BigInt.asIntN(64, sequence)) throw invalidToken();
  return { timestamp: Number(text.slice(0, TIMESTAMP_DIGITS)), sequence };
}
