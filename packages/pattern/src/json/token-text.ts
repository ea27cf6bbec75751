import { MAX_QUOTED_TOKEN } from '../limits.ts';
import { describeCharacter, unexpectedCharacter } from './syntax-error.ts';
import type { TextCursor } from './syntax-error.ts';

const ESCAPES = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Reads a string's content from just behind its opening quote, and answers it with the index past the closing one. */
export function readString(cursor: TextCursor, role: 'name' | 'value'): { text: string; end: number } {
  const { source } = cursor;
  let text = '';
  let from = cursor.offset;
  let i = from;
  for (;;) {
    if (i >= source.length) {
      const what = role === 'name' ? ' in field name' : ': was expecting closing quote for a string value';
      throw cursor.error(`Unexpected end-of-input${what}`, i);
    }
    const code = source.charCodeAt(i);
    if (code === 34) return { text: text + source.slice(from, i), end: i + 1 };
    if (code < 32) {
      const rule = `has to be escaped using backslash to be included in ${role === 'name' ? 'name' : 'string value'}`;
      throw cursor.error(`Illegal unquoted character (${describeCharacter(code)}): ${rule}`, i + 1);
    }
    if (code !== 92) {
      i++;
      continue;
    }
    text += source.slice(from, i);
    const escape = readEscape(cursor, i + 1);
    text += escape.text;
    i = from = escape.end;
  }
}

/** Decodes the escape whose letter stands at `at`. */
function readEscape(cursor: TextCursor, at: number): { text: string; end: number } {
  const letter = cursor.source[at];
  if (letter === undefined) {
    throw cursor.error('Unexpected end-of-input in character escape sequence', at);
  }
  if (letter !== 'u') {
    const text = ESCAPES.get(letter);
    if (text !== undefined) return { text, end: at + 1 };
    const shown = describeCharacter(letter.charCodeAt(0));
    throw cursor.error(`Unrecognized character escape ${shown}`, at + 1);
  }
  for (let i = at + 1; i <= at + 4; i++) {
    const digit = cursor.source[i];
    if (digit === undefined) throw cursor.error('Unexpected end-of-input in character escape sequence', i);
    if (!isHexDigit(digit)) {
      throw unexpectedCharacter(cursor, i, 'expected a hex-digit for character escape sequence');
    }
  }
  const text = String.fromCharCode(Number.parseInt(cursor.source.slice(at + 1, at + 5), 16));
  return { text, end: at + 5 };
}

function isHexDigit(c: string): boolean {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/** The index past the number that starts at the cursor's offset. */
export function readNumberEnd(cursor: TextCursor): number {
  const { source } = cursor;
  let i = cursor.offset;
  if (source[i] === '-') {
    i++;
    requireDigit(cursor, i, 'expected digit (0-9) to follow minus sign, for valid numeric value');
  }
  if (source[i] === '0' && isDigit(source[i + 1])) {
    throw cursor.error('Invalid numeric value: Leading zeroes not allowed', i + 1);
  }
  while (isDigit(source[i])) i++;
  if (source[i] === '.') {
    i++;
    requireDigit(cursor, i, 'Decimal point not followed by a digit');
    while (isDigit(source[i])) i++;
  }
  if (source[i] === 'e' || source[i] === 'E') {
    i++;
    if (source[i] === '+' || source[i] === '-') i++;
    requireDigit(cursor, i, 'Exponent indicator not followed by a digit');
    while (isDigit(source[i])) i++;
  }
  return i;
}

function requireDigit(cursor: TextCursor, at: number, comment: string): void {
  if (isDigit(cursor.source[at])) return;
  if (at >= cursor.source.length) throw cursor.error('Unexpected end-of-input within numeric value', at);
  throw unexpectedCharacter(cursor, at, comment, ' in numeric value');
}

function isDigit(c: string | undefined): boolean {
  return c !== undefined && c >= '0' && c <= '9';
}

/** Takes a run of identifier characters; `undefined`, taking nothing, where none starts here. */
export function readToken(cursor: TextCursor): string | undefined {
  const start = cursor.offset;
  if (!/[\p{ID_Start}$_]/u.test(cursor.source[start] ?? '')) return undefined;
  let end = start + 1;
  while (end < cursor.source.length && /[\p{ID_Continue}$]/u.test(cursor.source[end] ?? '')) {
    end++;
    if (end - start >= MAX_QUOTED_TOKEN) {
      cursor.offset = end;
      return `${cursor.source.slice(start, end)}...`;
    }
  }
  cursor.offset = end;
  return cursor.source.slice(start, end);
}
