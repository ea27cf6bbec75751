/**
 * Whether `other` continues with `text` at `from`, ignoring case, character by character: a character equals its own
 * lower and upper case forms, as far as these are single characters too. `ß` therefore never equals `SS`.
 */
export function occursIgnoringCase(text: string, other: string, from: number): boolean {
  let at = from;
  for (const c of text) {
    const there = other.slice(at, at + c.length);
    if (there !== c && there !== keepLength(c, c.toLowerCase()) && there !== keepLength(c, c.toUpperCase())) {
      return false;
    }
    at += c.length;
  }
  return true;
}

export const BEYOND_ASCII = /[^\0-\x7f]/;

/** A key that all strings share which can be equal ignoring case. */
export function foldedKey(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.toLowerCase();
  let key = '';
  for (const c of text) key += keepLength(c, keepLength(c, c.toUpperCase()).toLowerCase());
  return key;
}

/** The other form of a character, if it is a single character too. */
function keepLength(c: string, mapped: string): string {
  return mapped.length === c.length ? mapped : c;
}
