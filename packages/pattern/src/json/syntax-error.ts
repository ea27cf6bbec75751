import type { PatternError } from '../errors.ts';

/** What reading a token's text needs from its reader. */
export interface TextCursor {
  readonly source: string;
  offset: number;
  error(reason: string, offset: number): PatternError;
}

/** The error for a character that cannot stand at `offset`; the position names that character itself. */
export function unexpectedCharacter(
  cursor: TextCursor,
  offset: number,
  comment: string,
  place = '',
): PatternError {
  const described = describeCharacter(cursor.source.charCodeAt(offset));
  return cursor.error(`Unexpected character (${described})${place}: ${comment}`, offset);
}

/** A character as JSON syntax errors name it. */
export function describeCharacter(code: number): string {
  if (code < 32 || (code >= 127 && code < 160)) return `(CTRL-CHAR, code ${code})`;
  const shown = String.fromCharCode(code);
  return code > 255 ? `'${shown}' (code ${code} / 0x${code.toString(16)})` : `'${shown}' (code ${code})`;
}
