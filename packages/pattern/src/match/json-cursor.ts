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

/** A place in a JSON text and the ways to move over it. Every move checks the syntax and throws `EventError`. */
export class JsonCursor {
  text = '';
  position = 0;
  /** Closing brackets of the containers being skipped, innermost last. */
  readonly #closers: number[] = [];

  open(text: string): void {
    this.text = text;
    this.position = 0;
    this.#closers.length = 0;
  }

  fail(message: string): never {
    throw new EventError(`${message} (at character ${this.position + 1})`, this.position);
  }

  /** Moves over white space and answers the code of the next character; NaN at the end. */
  skipSpace(): number {
    const { text } = this;
    let i = this.position;
    let c = text.charCodeAt(i);
    while (c <= 32 && (c === 32 || c === 10 || c === 13 || c === 9)) c = text.charCodeAt(++i);
    this.position = i;
    return c;
  }

  /** Moves past the closing quote from behind the opening one; answers whether the string has no escapes. */
  skipString(): boolean {
    const { text } = this;
    let plain = true;
    for (let i = this.position; ; i++) {
      const c = text.charCodeAt(i);
      if (c === QUOTE) {
        this.position = i + 1;
        return plain;
      }
      if (c === BACKSLASH) {
        plain = false;
        this.position = i;
        i += this.#escapeLength(text.charCodeAt(i + 1)) - 1;
      } else if (!(c >= 32)) {
        this.position = i;
        this.fail(Number.isNaN(c) ? 'A string is not closed' : 'A string holds a bare control character');
      }
    }
  }

  #escapeLength(letter: number): number {
    if (letter === 117) {
      const digits = this.text.slice(this.position + 2, this.position + 6);
      if (/^[0-9a-fA-F]{4}$/.test(digits)) return 6;
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

  /** The content of the string between two quotes, escapes resolved. The string was skipped before. */
  decode(start: number, end: number): string {
    return JSON.parse(this.text.slice(start - 1, end + 1)) as string;
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
    if (!this.text.startsWith(word, this.position)) this.fail('A value is missing or misspelled');
    this.position += word.length;
  }

  #skipNumber(): void {
    const { text } = this;
    if (text.charCodeAt(this.position) === MINUS) this.position++;
    const start = this.position;
    this.#skipDigits('A value is missing or misspelled');
    if (text.charCodeAt(start) === ZERO && this.position > start + 1) {
      this.fail('A number starts with a superfluous zero');
    }
    if (text.charCodeAt(this.position) === 46) {
      this.position++;
      this.#skipDigits('Digits are missing after a decimal point');
    }
    if ((text.charCodeAt(this.position) | 32) === 101) {
      this.position++;
      const sign = text.charCodeAt(this.position);
      if (sign === 43 || sign === MINUS) this.position++;
      this.#skipDigits('Digits are missing in an exponent');
    }
  }

  /** Moves past at least one digit. */
  #skipDigits(otherwise: string): void {
    const { text } = this;
    let i = this.position;
    let c = text.charCodeAt(i);
    while (c >= 48 && c <= 57) c = text.charCodeAt(++i);
    if (i === this.position) this.fail(otherwise);
    this.position = i;
  }
}
