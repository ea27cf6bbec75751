/** Control characters other than tab, line feed and carriage return, and the two non-characters. */
// oxlint-disable-next-line no-control-regex -- finding control characters is the point.
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const EVERY_FORBIDDEN = new RegExp(FORBIDDEN, 'g');

/** Bytes that one UTF-16 unit takes in UTF-8, at most. */
const BYTES_PER_UNIT = 3;

/** Whether a text holds a character that a message must not have (lone surrogates included). */
export function hasForbiddenCharacter(text: string): boolean {
  return FORBIDDEN.test(text) || !text.isWellFormed();
}

/** Whether a body with `extraBytes` of attributes stays within `maxBytes`. Counts only where the length leaves a doubt. */
export function fits(body: string, extraBytes: number, maxBytes: number): boolean {
  if (body.length * BYTES_PER_UNIT + extraBytes <= maxBytes) return true;
  return Buffer.byteLength(body) + extraBytes <= maxBytes;
}

/** The text with a replacement character wherever it has one that a message must not have. */
export function withoutForbidden(text: string): string {
  return text.toWellFormed().replace(EVERY_FORBIDDEN, '\uFFFD');
}
