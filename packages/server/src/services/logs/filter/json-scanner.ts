import { invalidParameter } from '../errors.ts';
import type { PropertyPath } from './property-path.ts';

/** What ends a member's name in a path. */
const NAME_END = /[\s.[\]()=!<>&|{}"]/;
/** What ends a value without quotes. */
const WORD_END = /[\s()&|{}"]/;

/** A value to compare with. */
export interface Literal {
  readonly text: string;
  readonly quoted: boolean;
}

/** Reads the small pieces of a JSON filter pattern, from left to right. */
export class JsonScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  fail(): never {
    throw invalidParameter('Invalid filter pattern');
  }

  get atEnd(): boolean {
    this.#skipBlanks();
    return this.#at >= this.#text.length;
  }

  /** Takes a piece if it comes next. */
  take(piece: string): boolean {
    this.#skipBlanks();
    if (!this.#text.startsWith(piece, this.#at)) return false;
    this.#at += piece.length;
    return true;
  }

  expect(piece: string): void {
    if (!this.take(piece)) this.fail();
  }

  /** Takes a word in any case, if it comes next and ends there. */
  takeWord(word: string): boolean {
    this.#skipBlanks();
    const end = this.#at + word.length;
    if (this.#text.slice(this.#at, end).toUpperCase() !== word) return false;
    if (end < this.#text.length && !WORD_END.test(this.#text[end]!)) return false;
    this.#at = end;
    return true;
  }

  /** `$.a.b[0]["c d"][*]` */
  path(): PropertyPath {
    this.expect('$');
    const steps: PropertyPath[number][] = [];
    for (;;) {
      if (this.#next('[')) steps.push(this.#inBrackets());
      else if (this.#next('.')) steps.push(this.#next('[') ? this.#inBrackets() : this.#member());
      else break;
    }
    return steps.length > 0 ? steps : this.fail();
  }

  literal(): Literal {
    this.#skipBlanks();
    if (this.#next('"')) return { text: this.#quoted(), quoted: true };
    const start = this.#at;
    while (this.#at < this.#text.length && !WORD_END.test(this.#text[this.#at]!)) this.#at++;
    const text = this.#text.slice(start, this.#at);
    return text === '' ? this.fail() : { text, quoted: false };
  }

  #skipBlanks(): void {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at]!)) this.#at++;
  }

  /** Like `take`, without blanks in front. */
  #next(piece: string): boolean {
    if (!this.#text.startsWith(piece, this.#at)) return false;
    this.#at += piece.length;
    return true;
  }

  #member(): { member: string } {
    const start = this.#at;
    while (this.#at < this.#text.length && !NAME_END.test(this.#text[this.#at]!)) this.#at++;
    return this.#at > start ? { member: this.#text.slice(start, this.#at) } : this.fail();
  }

  #inBrackets(): PropertyPath[number] {
    if (this.#next('*]')) return { every: true };
    if (this.#next('"')) {
      const member = this.#quoted();
      return this.#next(']') ? { member } : this.fail();
    }
    const close = this.#text.indexOf(']', this.#at);
    const digits = close < 0 ? '' : this.#text.slice(this.#at, close);
    if (!/^\d{1,9}$/.test(digits)) this.fail();
    this.#at = close + 1;
    return { element: Number(digits) };
  }

  /** From behind the opening quote to behind the closing one. */
  #quoted(): string {
    let text = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]!;
      if (character === '"') {
        this.#at++;
        return text;
      }
      const following = this.#text[this.#at + 1];
      const escapes = character === '\\' && (following === '"' || following === '\\');
      text += escapes ? this.#text[++this.#at]! : character;
    }
    return this.fail();
  }
}
