/**
 * Comparison that ignores case, character by character: a character equals its own lower and upper case forms, as
 * far as these are single characters too. `ß` therefore never equals `SS`.
 */
export class CaseInsensitiveText {
  readonly text: string;
  readonly #lower: string;
  readonly #upper: string;

  constructor(text: string) {
    this.text = text;
    this.#lower = mapCharacters(text, (c) => c.toLowerCase());
    this.#upper = mapCharacters(text, (c) => c.toUpperCase());
  }

  /** Whether `other` continues with this text at `from`. */
  occursAt(other: string, from: number): boolean {
    const { length } = this.text;
    if (from < 0 || from + length > other.length) return false;
    for (let i = 0; i < length; i++) {
      const unit = other.charCodeAt(from + i);
      if (unit !== this.#lower.charCodeAt(i) && unit !== this.#upper.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Whether `other` is this text. */
  equals(other: string): boolean {
    return other.length === this.text.length && this.occursAt(other, 0);
  }
}

const BEYOND_ASCII = /[\u0080-\uffff]/;

/** A key that all strings share which can be equal ignoring case. */
export function foldedKey(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.toLowerCase();
  return mapCharacters(text, (c) => keepLength(c, lowerOfUpper(c)));
}

function lowerOfUpper(c: string): string {
  return keepLength(c, c.toUpperCase()).toLowerCase();
}

function keepLength(c: string, mapped: string): string {
  return mapped.length === c.length ? mapped : c;
}

function mapCharacters(text: string, map: (c: string) => string): string {
  let mapped = '';
  for (const c of text) mapped += keepLength(c, map(c));
  return mapped;
}
