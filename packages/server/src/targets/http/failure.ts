import type { HttpFailure } from '../../engine/ports/http-client.ts';

/** An address that this client must not reach. */
export class BlockedAddress extends Error {}

export const closedFailure: HttpFailure = { kind: 'aborted', reason: 'The request was given up.' };

export const invalidScheme = (url: URL): HttpFailure => ({
  kind: 'invalid',
  reason: `A URL must begin with https: or http:, not with ${url.protocol}`,
});

/** What undici says of a request that cannot be sent as it is. */
const INVALID = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

/** What undici says of an answer that is none: codes, and the name of its parser's error, which may have no code. */
const MALFORMED = new Set([
  'HTTPParserError',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
]);

/** What undici says once its pool is closed, which happens when the daemon stops. */
const CLOSED = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED']);

/** Sorts an error of the network or of undici. Its own text is not passed on: it may quote what was sent or answered. */
export function failureOf(error: unknown, url: URL): HttpFailure {
  if (error instanceof BlockedAddress) return { kind: 'blocked', reason: error.message };
  const code = codeOf(error);
  if (CLOSED.has(code)) return closedFailure;
  if (code === 'ENOTFOUND') return { kind: 'lookup', reason: `The name ${url.hostname} is not known.` };
  if (INVALID.has(code)) {
    return { kind: 'invalid', reason: `The request to ${url.host} cannot be sent as it is (${code}).` };
  }
  if (code.startsWith('HPE_') || MALFORMED.has(code)) {
    return { kind: 'malformed', reason: `${url.host} answered something that is no HTTP (${code}).` };
  }
  return { kind: 'connection', reason: `The connection to ${url.host} failed (${code}).` };
}

function codeOf(error: unknown): string {
  // Several addresses were tried: they commonly fail for the same reason.
  const first: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const { code, name } = first as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
}
