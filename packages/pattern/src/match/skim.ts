/**
 * Moves over JSON that no pattern reads and that is taken to be valid.
 *
 * A container ends where its brackets balance, so that only brackets and quotes matter. Four bytes are looked at
 * together: digits, commas and the like, most of a large event, are passed with a few operations on one word.
 */
import type { EventText } from './event-text.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;

const HIGH_BITS = 0x80808080 | 0;
const LOW_SEVEN = 0x7f7f7f7f;
const ONES = 0x01010101;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;
/** Added to a byte below 128, sets the high bit of all from `[` on: brackets, braces and letters. */
const FROM_BRACKET = 0x25252525;

/** Moves past the closing quote from behind the opening one. */
export function skimString(text: EventText, from: number): number {
  const { words, bytes, length } = text;
  let i = from;
  while (i < length) {
    const word = words.getInt32(i, true);
    const quotes = word ^ QUOTES;
    const escapes = word ^ BACKSLASHES;
    const found = (((quotes - ONES) & ~quotes) | ((escapes - ONES) & ~escapes)) & HIGH_BITS;
    if (found === 0) {
      i += 4;
      continue;
    }
    i += (31 - Math.clz32(found & -found)) >> 3;
    if (bytes[i]! === QUOTE && i < length) return i + 1;
    i += bytes[i]! === BACKSLASH ? 2 : 1;
  }
  return text.fail('A string is not closed', length);
}

/** Moves out of a container from behind its opening bracket. */
function skimContainer(text: EventText, from: number): number {
  const { words, bytes, length } = text;
  let depth = 1;
  let i = from;
  while (i < length) {
    const word = words.getInt32(i, true);
    const quotes = word ^ QUOTES;
    const found = (((word & LOW_SEVEN) + FROM_BRACKET) | ((quotes - ONES) & ~quotes) | word) & HIGH_BITS;
    if (found === 0) {
      i += 4;
      continue;
    }
    i += (31 - Math.clz32(found & -found)) >> 3;
    const c = bytes[i++]!;
    if (c === QUOTE) {
      i = skimStrings(text, i);
    } else if ((c | 32) === 123) {
      depth++;
      if (bytes[i]! === QUOTE) i = skimStrings(text, i + 1);
    } else if ((c | 32) === 125 && --depth === 0) {
      if (i > length) break;
      return i;
    }
  }
  return text.fail('A container is not closed', length);
}

/** Moves past a string, from behind its opening quote, and those that follow it after a colon or a comma. */
function skimStrings(text: EventText, from: number): number {
  const { words, bytes, length } = text;
  let i = from;
  while (i < length) {
    const word = words.getInt32(i, true);
    const quotes = word ^ QUOTES;
    const escapes = word ^ BACKSLASHES;
    const found = (((quotes - ONES) & ~quotes) | ((escapes - ONES) & ~escapes)) & HIGH_BITS;
    if (found === 0) {
      i += 4;
      continue;
    }
    i += (31 - Math.clz32(found & -found)) >> 3;
    const c = bytes[i]!;
    if (c !== QUOTE) {
      i += c === BACKSLASH ? 2 : 1;
      continue;
    }
    const next = bytes[i + 1]!;
    if (bytes[i + 2]! !== QUOTE || (next !== COLON && next !== COMMA)) return i + 1;
    i += 3;
  }
  return i;
}

/** Moves past the value that starts with `c` at `from`. */
export function skimValue(text: EventText, from: number, c: number): number {
  if (c === QUOTE) return skimString(text, from + 1);
  if ((c | 32) === 123) return skimContainer(text, from + 1);
  const { bytes } = text;
  let i = from;
  let next = c;
  // A comma, white space, the end, or a closing bracket.
  while (next !== COMMA && next > 32 && (next | 32) !== 125) next = bytes[++i]!;
  if (i === from) {
    text.fail('A value is missing or misspelled', from);
  }
  return i;
}
