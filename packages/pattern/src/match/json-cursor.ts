/**
 * The ways to move over an event's text that check its syntax. Every move starts at a position, answers the one behind
 * what it passed, and throws `EventError` where the text is not JSON. Positions are handed around instead of being
 * kept, because a local number lives in a register and a property in memory.
 */
import { END, EventText } from './event-text.ts';

const QUOTE = 34;
const COMMA = 44;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const LETTER_E = 101;
const LETTER_F = 102;
const LETTER_N = 110;
const LETTER_T = 116;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const HIGH_BITS = 0x80808080 | 0;
const ZEROS = 0x30303030;
/** Added to a byte, sets its high bit if it is above the digit nine. */
const ABOVE_NINE = 0x46464646;

const HEX_DIGITS = new TextEncoder().encode('0123456789abcdefABCDEF');

export class JsonCursor extends EventText {
  /** Whether the string that was passed last has no escapes. */
  plain = true;
  /** Closing brackets of the containers being skipped, innermost last. */
  readonly #closers: number[] = [];

  override open(event: string | Uint8Array, check: boolean): void {
    if (this.#closers.length > 0) this.#closers.length = 0;
    super.open(event, check);
  }

  /** Moves over white space. */
  skipSpace(from: number): number {
    const { bytes } = this;
    let i = from;
    let c = bytes[i]!;
    while (c <= 32 && (c === 32 || c === 10 || c === 13 || c === 9)) c = bytes[++i]!;
    return i;
  }

  /** Moves past the closing quote from behind the opening one. */
  skipString(from: number): number {
    const { bytes } = this;
    this.plain = true;
    for (let i = from; ; i++) {
      let c = bytes[i]!;
      while (c !== QUOTE && c !== BACKSLASH && c >= 32) c = bytes[++i]!;
      if (c === QUOTE) return i + 1;
      if (c === BACKSLASH) {
        this.plain = false;
        i += this.#escapeLength(i) - 1;
      } else {
        this.fail(c === END ? 'A string is not closed' : 'A string holds a bare control character', i);
      }
    }
  }

  #escapeLength(at: number): number {
    const letter = this.bytes[at + 1]!;
    if (letter === 117) {
      if (this.#hexDigits(at + 2) === 4) return 6;
    } else if (
      letter === QUOTE ||
      letter === BACKSLASH ||
      letter === 47 ||
      letter === LETTER_N ||
      letter === LETTER_T ||
      letter === 98 ||
      letter === LETTER_F ||
      letter === 114
    ) {
      return 2;
    }
    return this.fail('A string holds an invalid escape', at);
  }

  /** How many of the four characters at `start` are hexadecimal digits, up to the first that is not. */
  #hexDigits(start: number): number {
    let count = 0;
    while (count < 4 && HEX_DIGITS.includes(this.bytes[start + count]!)) count++;
    return count;
  }

  /** Moves past the value that starts with `c` at `from`, however deep it nests. */
  skipValue(from: number, c: number): number {
    const { bytes } = this;
    const closers = this.#closers;
    const floor = closers.length;
    let i = from;
    let first = c;
    for (;;) {
      if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        const closer = first + 2;
        i = this.skipSpace(i + 1);
        if (bytes[i]! !== closer) {
          closers.push(closer);
          i = this.#beforeValue(i, closer);
          first = bytes[i]!;
          continue;
        }
        i++;
      } else {
        i = this.skipScalar(i, first);
      }
      // A value is complete; so may be the containers that it ends.
      while (closers.length > floor) {
        let next = bytes[i]!;
        if (next <= 32) next = bytes[(i = this.skipSpace(i))]!;
        if (next === COMMA) break;
        if (next !== closers[closers.length - 1]) this.fail('A comma or a closing bracket is missing', i);
        closers.pop();
        i++;
      }
      if (closers.length === floor) return i;
      i = this.#beforeValue(i + 1, closers[closers.length - 1]!);
      first = bytes[i]!;
    }
  }

  /** Moves to the next value of a container, past its name in an object. */
  #beforeValue(from: number, closer: number): number {
    const { bytes } = this;
    let i = bytes[from]! > 32 ? from : this.skipSpace(from);
    if (closer !== CLOSE_BRACE) return i;
    if (bytes[i]! !== QUOTE) this.fail('A field name in double quotes is missing', i);
    i = this.skipString(i + 1);
    if (bytes[i]! !== COLON) {
      i = this.skipSpace(i);
      if (bytes[i]! !== COLON) this.fail('A colon is missing after a field name', i);
    }
    return bytes[++i]! > 32 ? i : this.skipSpace(i);
  }

  /** Moves past a value that is no container. */
  skipScalar(from: number, first: number): number {
    switch (first) {
      case QUOTE:
        return this.skipString(from + 1);
      case LETTER_T:
        return this.#skipWord(from, 'true');
      case LETTER_F:
        return this.#skipWord(from, 'false');
      case LETTER_N:
        return this.#skipWord(from, 'null');
    }
    return this.skipNumber(from);
  }

  #skipWord(from: number, word: string): number {
    for (let i = 0; i < word.length; i++) {
      if (this.bytes[from + i] !== word.charCodeAt(i)) this.fail('A value is missing or misspelled', from);
    }
    return from + word.length;
  }

  skipNumber(from: number): number {
    const { bytes } = this;
    const start = bytes[from]! === MINUS ? from + 1 : from;
    let i = this.skipDigits(start);
    if (i === start) this.fail('A value is missing or misspelled', i);
    if (bytes[start]! === ZERO && i > start + 1) this.fail('A number starts with a superfluous zero', i);
    let c = bytes[i]!;
    if (c === DOT) {
      const fraction = i + 1;
      i = this.skipDigits(fraction);
      if (i === fraction) this.fail('Digits are missing after a decimal point', i);
      c = bytes[i]!;
    }
    if ((c | 32) === LETTER_E) {
      const sign = bytes[i + 1]!;
      const exponent = sign === PLUS || sign === MINUS ? i + 2 : i + 1;
      i = this.skipDigits(exponent);
      if (i === exponent) this.fail('Digits are missing in an exponent', i);
    }
    return i;
  }

  /** Moves past digits; most numbers of large events have many. */
  skipDigits(from: number): number {
    const { bytes, words } = this;
    let i = from;
    for (;;) {
      const word = words.getInt32(i, true);
      // The high bit of a byte comes out clear for digits only.
      if ((((word + ABOVE_NINE) | (word - ZEROS) | word) & HIGH_BITS) !== 0) break;
      i += 4;
    }
    let c = bytes[i]!;
    while (c >= 48 && c <= 57) c = bytes[++i]!;
    return i;
  }
}
