import { MAX_QUOTED_TOKEN } from '../limits.ts';
import { describeCharacter, unexpectedCharacter } from './syntax-error.ts';
import type { TextCursor } from './syntax-error.ts';

const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

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
  const { source } = cursor;
  ESCAPE.lastIndex = at;
  const escape = ESCAPE.exec(source)?.[0];
  if (escape !== undefined) return { text: JSON.parse(`"\\${escape}"`) as string, end: at + escape.length };
  const letter = source[at];
  if (letter !== undefined && letter !== 'u') {
    throw cursor.error(`Unrecognized character escape ${describeCharacter(letter.charCodeAt(0))}`, at + 1);
  }
  let i = at;
  while (i < source.length && (i === at || isHexDigit(source[i]!))) i++;
  if (i === source.length) throw cursor.error('Unexpected end-of-input in character escape sequence', i);
  throw unexpectedCharacter(cursor, i, 'expected a hex-digit for character escape sequence');
}

function isHexDigit(c: string): boolean {
  return /[0-9a-fA-F]/.test(c);
}

/** What follows a part of a number where the digits are missing that it needs. */
const NUMBER_PARTS: readonly [RegExp, string][] = [
  [/-/y, 'expected digit (0-9) to follow minus sign, for valid numeric value'],
  [/\./y, 'Decimal point not followed by a digit'],
  [/[eE][+-]?/y, 'Exponent indicator not followed by a digit'],
];

/** The index past the number that starts at the cursor's offset. */
export function readNumberEnd(cursor: TextCursor): number {
  const { source, offset } = cursor;
  let i = offset;
  const skip = (part: RegExp): boolean => {
    part.lastIndex = i;
    const found = part.test(source);
    if (found) i = part.lastIndex;
    return found;
  };
  NUMBER_PARTS.forEach(([sign, comment], index) => {
    const signed = skip(sign);
    if (index === 0 && skip(/0(?=[0-9])/y)) {
      throw cursor.error('Invalid numeric value: Leading zeroes not allowed', i);
    }
    if ((index > 0 && !signed) || skip(/[0-9]+/y)) return;
    if (i >= source.length) throw cursor.error('Unexpected end-of-input within numeric value', i);
    throw unexpectedCharacter(cursor, i, comment, ' in numeric value');
  });
  return i;
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
