import { isUtf8 } from 'node:buffer';
import type { SignedRequest } from '../../model/signature/canonical-request.ts';

// oxlint-disable-next-line no-control-regex
const BEYOND_ASCII = /[^\u0000-\u007f]/;

/**
 * A request's head as whoever signed it saw it. Node hands out each byte of a header as a character of its own; a
 * signature covers the text that the bytes stand for, which is UTF-8 unless it cannot be. Paths are ASCII (RFC 9112).
 */
export function asSigned({ method, path, query, rawHeaders }: SignedRequest): SignedRequest {
  return { method, path, query, rawHeaders: rawHeaders.map(sentText) };
}

/** A header's text, as `asSigned` tells it. */
export function sentText(sent: string): string {
  if (!BEYOND_ASCII.test(sent)) return sent;
  const bytes = Buffer.from(sent, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : sent;
}
