import { EventError } from '../errors.ts';

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
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

const HEX_DIGITS = new TextEncoder().encode('0123456789abcdefABCDEF');

/** What stands behind the text. No JSON text can hold it. */
const END = 0;

/** Bytes kept from one text to the next. */
const KEPT_BYTES = 1 << 20;

/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3;

const LONE_SURROGATE = /\p{Surrogate}/gu;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A place in a JSON text and the ways to move over it. Every move checks the syntax and throws `EventError`.
 *
 * The text is walked in UTF-8, since reading a byte of an array is several times faster than reading a character of a
 * string. Positions count bytes. Content is cut from the string again where both positions are the same.
 */
export class JsonCursor {
  /** The text in UTF-8, followed by a zero and then by what earlier texts have left. */
  bytes = new Uint8Array(1024);
  position = 0;
  #text = '';
  #length = 0;
  #ascii = true;
  /** Closing brackets of the containers being skipped, innermost last. */
  readonly #closers: number[] = [];

  open(event: string | Uint8Array): void {
    this.position = 0;
    this.#closers.length = 0;
    if (typeof event === 'string') this.#openText(event);
    else this.#openBytes(event);
    this.bytes[this.#length] = END;
  }

  /** Lets go of the text. */
  close(): void {
    this.#text = '';
    if (this.bytes.length > KEPT_BYTES) this.bytes = new Uint8Array(1024);
  }

  #openText(event: string): void {
    // UTF-8 has no lone surrogates, but escapes for them mean the same where JSON can hold them at all.
    const text = event.isWellFormed() ? event : event.replace(LONE_SURROGATE, escapeUnit);
    this.#reserve(text.length * MOST_BYTES_A_UNIT);
    this.#length = encoder.encodeInto(text, this.bytes).written;
    this.#text = text;
    this.#ascii = this.#length === text.length;
  }

  #openBytes(event: Uint8Array): void {
    try {
      this.#text = decoder.decode(event);
    } catch {
      throw new EventError('The event is not valid UTF-8', 0);
    }
    this.#reserve(event.length);
    this.bytes.set(event);
    this.#length = event.length;
    this.#ascii = this.#length === this.#text.length;
  }

  #reserve(length: number): void {
    if (this.bytes.length <= length) this.bytes = new Uint8Array(length * 2);
  }

  /** Whether all of the text is read. */
  get ended(): boolean {
    return this.position >= this.#length;
  }

  /** The text between two positions. */
  slice(start: number, end: number): string {
    return this.#ascii ? this.#text.slice(start, end) : decoder.decode(this.bytes.subarray(start, end));
  }

  fail(message: string): never {
    const offset = this.slice(0, this.position).length;
    throw new EventError(`${message} (at character ${offset + 1})`, offset);
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

  /** The content of the string between two quotes, escapes resolved. The string was skipped before. */
  decode(start: number, end: number): string {
    return JSON.parse(this.slice(start - 1, end + 1)) as string;
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
    if (bytes[this.position]! === MINUS) this.position++;
    const start = this.position;
    this.#skipDigits('A value is missing or misspelled');
    if (bytes[start]! === ZERO && this.position > start + 1) {
      this.fail('A number starts with a superfluous zero');
    }
    if (bytes[this.position]! === 46) {
      this.position++;
      this.#skipDigits('Digits are missing after a decimal point');
    }
    if ((bytes[this.position]! | 32) === 101) {
      this.position++;
      const sign = bytes[this.position]!;
      if (sign === 43 || sign === MINUS) this.position++;
      this.#skipDigits('Digits are missing in an exponent');
    }
  }

  /** Moves past at least one digit. */
  #skipDigits(otherwise: string): void {
    const { bytes } = this;
    let i = this.position;
    let c = bytes[i]!;
    while (c >= 48 && c <= 57) c = bytes[++i]!;
    if (i === this.position) this.fail(otherwise);
    this.position = i;
  }
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16)}`;
}
