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
const CLOSE_BRACKET = 93;
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

/**
 * A place in a JSON text and the ways to move over it that check the syntax: every move throws `EventError` where
 * the text is not JSON.
 */
export class JsonCursor extends EventText {
  /** Closing brackets of the containers being skipped, innermost last. */
  readonly #closers: number[] = [];

  override open(event: string | Uint8Array, check: boolean): void {
    if (this.#closers.length > 0) this.#closers.length = 0;
    super.open(event, check);
  }

  /** Whether all of the text is read. */
  get ended(): boolean {
    return this.position >= this.length;
  }

  /** Moves over white space and answers the code of the next character; 0 at the end. */
  skipSpace(): number {
    const { bytes } = this;
    let i = this.position;
    let c = bytes[i]!;
    while (c <= 32 && (c === 32 || c === 10 || c === 13 || c === 9)) c = bytes[++i]!;
    this.position = i;
    return c;
  }

  /** Moves past the closing quote from behind the opening one; answers whether the string has no escapes. */
  skipString(): boolean {
    const { bytes } = this;
    let plain = true;
    for (let i = this.position; ; i++) {
      const c = bytes[i]!;
      if (c === QUOTE) {
        this.position = i + 1;
        return plain;
      }
      if (c === BACKSLASH) {
        plain = false;
        this.position = i;
        i += this.#escapeLength(bytes[i + 1]!) - 1;
      } else if (!(c >= 32)) {
        this.position = i;
        this.fail(c === END ? 'A string is not closed' : 'A string holds a bare control character');
      }
    }
  }

  /** Moves past a string from its opening quote on; answers whether it has no escapes. */
  skipName(): boolean {
    this.position++;
    return this.skipString();
  }

  #escapeLength(letter: number): number {
    if (letter === 117) {
      if (this.#hexDigits(this.position + 2) === 4) return 6;
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
    return this.fail('A string holds an invalid escape');
  }

  /** How many of the four characters at `start` are hexadecimal digits, up to the first that is not. */
  #hexDigits(start: number): number {
    let count = 0;
    while (count < 4 && HEX_DIGITS.includes(this.bytes[start + count]!)) count++;
    return count;
  }

  /** Moves past the value that starts with `c`, the character at the position, however deep it nests. */
  skipValue(c: number): void {
    const closers = this.#closers;
    const floor = closers.length;
    let first = c;
    for (;;) {
      if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        if (!this.#enter(first)) {
          first = this.#beforeValue();
          continue;
        }
      } else {
        this.#skipScalar(first);
      }
      // A value is complete; so may be the containers that it ends.
      while (closers.length > floor) {
        const next = this.skipSpace();
        if (next === COMMA) break;
        if (next !== closers[closers.length - 1]) this.fail('A comma or a closing bracket is missing');
        closers.pop();
        this.position++;
      }
      if (closers.length === floor) return;
      this.position++;
      first = this.#beforeValue();
    }
  }

  /** Enters a container; answers whether it is empty, and then it is left already. */
  #enter(bracket: number): boolean {
    const closer = bracket === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
    this.position++;
    if (this.skipSpace() === closer) {
      this.position++;
      return true;
    }
    this.#closers.push(closer);
    return false;
  }

  /** Moves to the next value of the innermost container, past its name in an object, and answers its first character. */
  #beforeValue(): number {
    const c = this.skipSpace();
    if (this.#closers[this.#closers.length - 1] !== CLOSE_BRACE) return c;
    if (c !== QUOTE) this.fail('A field name in double quotes is missing');
    this.position++;
    this.skipString();
    if (this.skipSpace() !== COLON) this.fail('A colon is missing after a field name');
    this.position++;
    return this.skipSpace();
  }

  #skipScalar(first: number): void {
    switch (first) {
      case QUOTE:
        this.position++;
        this.skipString();
        return;
      case LETTER_T:
        return this.#skipWord('true');
      case LETTER_F:
        return this.#skipWord('false');
      case LETTER_N:
        return this.#skipWord('null');
    }
    this.#skipNumber();
  }

  #skipWord(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.bytes[this.position + i] !== word.charCodeAt(i)) this.fail('A value is missing or misspelled');
    }
    this.position += word.length;
  }

  #skipNumber(): void {
    const { bytes } = this;
    let i = this.position;
    if (bytes[i]! === MINUS) i++;
    const start = i;
    i = this.#skipDigits(start, 'A value is missing or misspelled');
    if (bytes[start]! === ZERO && i > start + 1) this.fail('A number starts with a superfluous zero');
    let c = bytes[i]!;
    if (c === DOT) {
      i = this.#skipDigits(i + 1, 'Digits are missing after a decimal point');
      c = bytes[i]!;
    }
    if ((c | 32) === 101) {
      const sign = bytes[i + 1]!;
      i += sign === PLUS || sign === MINUS ? 2 : 1;
      i = this.#skipDigits(i, 'Digits are missing in an exponent');
    }
    this.position = i;
  }

  /** Moves past at least one digit; most numbers of large events have many. */
  #skipDigits(start: number, otherwise: string): number {
    const { bytes, words } = this;
    let i = start;
    for (;;) {
      const word = words.getInt32(i, true);
      // The high bit of a byte comes out clear for digits only.
      if ((((word + ABOVE_NINE) | (word - ZEROS) | word) & HIGH_BITS) !== 0) break;
      i += 4;
    }
    let c = bytes[i]!;
    while (c >= 48 && c <= 57) c = bytes[++i]!;
    if (i === start) {
      this.position = start;
      this.fail(otherwise);
    }
    return i;
  }
}
