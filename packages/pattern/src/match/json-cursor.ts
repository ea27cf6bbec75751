/**
 * The ways to move over an event's text that check its syntax. Every move starts at a position, answers the one behind
 * what it passed, and throws `EventError` where the text is not JSON. Positions are handed around instead of being
 * kept, because a local number lives in a register and a property in memory.
 */
import { NUMBER } from '../json/number.ts';
import { END, EventText } from './event-text.ts';
import { passScalar, passText } from './pass.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const LETTER_E = 101;
const LETTER_U = 117;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Four letters each, as they stand in the text. */
const TRUE = 0x65757274;
const FALS = 0x736c6166;
const NULL = 0x6c6c756e;

/** Containers that one number can tell apart, a bit for each. */
const BITS = 31;

const encoder = new TextEncoder();
const HEX_DIGITS = encoder.encode('0123456789abcdefABCDEF');
const IN_NUMBERS = encoder.encode('0123456789+-.eE');
const ESCAPES = encoder.encode('"\\/bfnrt');

export class JsonCursor extends EventText {
  /** Whether the string that was passed last has no escapes. */
  plain = true;
  /** The containers around those that a number has room for; see `#skipContainer`. */
  readonly #around: number[] = [];

  override open(event: string | Uint8Array, check: boolean): void {
    if (this.#around.length > 0) this.#around.length = 0;
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

  /** Says that a container does not go on as it should. */
  unclosed(at: number): never {
    return this.fail('A comma or a closing bracket is missing', at);
  }

  /** Moves past the closing quote from behind the opening one. */
  skipString(from: number): number {
    const { bytes, words } = this;
    this.plain = true;
    for (let i = passText(words, from); ; i = passText(words, i)) {
      const c = bytes[i]!;
      if (c === QUOTE) return i + 1;
      if (c !== BACKSLASH)
        this.fail(c === END ? 'A string is not closed' : 'A string holds a bare control character', i);
      this.plain = false;
      i += this.#escapeLength(i);
    }
  }

  #escapeLength(at: number): number {
    const { bytes } = this;
    if (ESCAPES.includes(bytes[at + 1]!)) return 2;
    let length = 2;
    while (length < 6 && HEX_DIGITS.includes(bytes[at + length]!)) length++;
    if (bytes[at + 1]! !== LETTER_U || length < 6) this.fail('A string holds an invalid escape', at);
    return length;
  }

  /** Moves past the value that starts with `c` at `from`, however deep it nests. */
  skipValue(from: number, c: number): number {
    if ((c | 32) === OPEN_BRACE) return this.#skipContainer(from, c);
    return passScalar(this.bytes, this.words, from, c) || this.skipScalar(from, c);
  }

  #skipContainer(from: number, opener: number): number {
    const { bytes, words } = this;
    const around = this.#around;
    const floor = around.length;
    /** Of the open containers a bit each, the innermost lowest, that is set for objects, below one that ends the row. */
    let open = 1;
    let i = from;
    let c = opener;
    for (;;) {
      if ((c | 32) === OPEN_BRACE) {
        if (open >>> BITS === 1) {
          around.push(open);
          open = 1;
        }
        const closer = c + 2;
        open = (open << 1) | ((closer >> 5) & 1);
        c = bytes[++i]!;
        if (c <= 32) c = bytes[(i = this.skipSpace(i))]!;
        if (c !== closer) {
          if (closer === CLOSE_BRACE) c = bytes[(i = this.skipName(i))]!;
          continue;
        }
        open >>>= 1;
        i++;
      } else {
        i = passScalar(bytes, words, i, c) || this.skipScalar(i, c);
      }
      // A value is complete; so may be the containers that it ends.
      for (;;) {
        if (open === 1) {
          if (around.length === floor) return i;
          open = around.pop()!;
        }
        c = bytes[i]!;
        if (c <= 32) c = bytes[(i = this.skipSpace(i))]!;
        i++;
        if (c === COMMA) break;
        if (c !== ((open & 1) === 0 ? CLOSE_BRACKET : CLOSE_BRACE)) this.unclosed(i - 1);
        open >>>= 1;
      }
      c = bytes[i]!;
      if (c <= 32) c = bytes[(i = this.skipSpace(i))]!;
      if ((open & 1) === 1) c = bytes[(i = this.skipName(i))]!;
    }
  }

  /** Moves past a name and its colon to the value. */
  skipName(from: number): number {
    const { bytes, words } = this;
    if (bytes[from]! !== QUOTE) this.fail('A field name in double quotes is missing', from);
    let i = passScalar(bytes, words, from, QUOTE) || this.skipString(from + 1);
    if (bytes[i]! !== COLON) {
      i = this.skipSpace(i);
      if (bytes[i]! !== COLON) this.fail('A colon is missing after a field name', i);
    }
    return bytes[++i]! > 32 ? i : this.skipSpace(i);
  }

  /** Moves past a value that is no container. */
  skipScalar(from: number, first: number): number {
    if (first === QUOTE) return this.skipString(from + 1);
    const { bytes, words } = this;
    const behind = passScalar(bytes, words, from, first);
    if (behind > 0) return behind;
    const word = words.getInt32(from, true);
    if (word === TRUE || word === NULL) return from + 4;
    if (word === FALS && bytes[from + 4]! === LETTER_E) return from + 5;
    // Most numbers are passed elsewhere; see `passScalar`.
    let end = from;
    while (IN_NUMBERS.includes(bytes[end]!)) end++;
    if (!NUMBER.test(this.slice(from, end))) this.fail('A value is missing or misspelled', from);
    return end;
  }
}
