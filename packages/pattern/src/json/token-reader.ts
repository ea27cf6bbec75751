import { PatternError } from '../errors.ts';
import { MAX_PATTERN_DEPTH } from '../limits.ts';
import { unexpectedCharacter } from './syntax-error.ts';
import { readNumberEnd, readString, readToken } from './token-text.ts';
import { positionAt, renderPosition } from './source-position.ts';

/** Kinds of JSON tokens; `end` is the end of the text. */
export type TokenKind =
  | 'objectStart'
  | 'objectEnd'
  | 'arrayStart'
  | 'arrayEnd'
  | 'fieldName'
  | 'string'
  | 'number'
  | 'true'
  | 'false'
  | 'null'
  | 'end';

interface Scope {
  kind: 'Object' | 'Array';
  start: number;
  entries: number;
}

const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/**
 * Reads a pattern text token by token and knows where it stands, for error positions.
 *
 * Two habits of the reader behind EventBridge decide which column an error names, so they are kept: reading a field
 * name also takes the first token of its value, and a string is taken in two steps, its opening quote at once and the
 * rest when its text is asked for or the next token is.
 */
export class TokenReader {
  readonly source: string;
  /** Index of the next unread character. */
  offset = 0;
  kind: TokenKind = 'end';
  #text = '';
  #unreadString = false;
  #pending: TokenKind | undefined;
  readonly #scopes: Scope[] = [];

  constructor(source: string) {
    this.source = source;
  }

  /** Moves to the next token and answers its kind. */
  next(): TokenKind {
    if (this.#pending !== undefined) {
      this.kind = this.#pending;
      this.#pending = undefined;
      this.#enter();
      return this.kind;
    }
    this.#finishString();
    const c = this.#skipSpace();
    if (c === '') return this.#endOfText();
    if (c === '}' || c === ']') return this.#closeScope(c);
    const scope = this.#scopes.at(-1);
    if (scope !== undefined && scope.entries++ > 0) this.#comma(c, scope);
    if (scope?.kind === 'Object') return this.#fieldName();
    this.kind = this.#value();
    this.#enter();
    return this.kind;
  }

  /** The token's text: a field's name, a string's content, a number as written, or the token itself. */
  text(): string {
    this.#finishString();
    return this.#text;
  }

  /** The name of the field whose name or value is the current token. Reading it does not finish a string value. */
  name = '';

  /** Throws a `PatternError` with the position of the next unread character. */
  fail(reason: string): never {
    throw this.error(reason, this.offset);
  }

  /** Builds the error for `reason` at `offset`. */
  error(reason: string, offset: number): PatternError {
    return this.#locate(reason, reason, offset);
  }

  /** Adds the current position to an error, which then names it twice if it had one already. */
  relocate(error: PatternError): PatternError {
    return this.#locate(error.reason, error.located, this.offset);
  }

  #locate(reason: string, told: string, offset: number): PatternError {
    const position = positionAt(this.source, offset);
    const located = `${told}\n at ${renderPosition(this.source, position)}`;
    return new PatternError(reason, { ...position, located });
  }

  #finishString(): void {
    if (!this.#unreadString) return;
    this.#unreadString = false;
    const { text, end } = readString(this, 'value');
    this.#text = text;
    this.offset = end;
  }

  /** Skips white space and answers the next character without taking it; '' at the end. */
  #skipSpace(): string {
    for (;;) {
      const c = this.source[this.offset];
      if (c !== ' ' && c !== '\n' && c !== '\r' && c !== '\t') return c ?? '';
      this.offset++;
    }
  }

  #endOfText(): TokenKind {
    const scope = this.#scopes.at(-1);
    if (scope === undefined) return (this.kind = 'end');
    const start = renderPosition(this.source, positionAt(this.source, scope.start));
    return this.fail(
      `Unexpected end-of-input: expected close marker for ${scope.kind} (start marker at ${start})`,
    );
  }

  #closeScope(c: '}' | ']'): TokenKind {
    this.offset++;
    const scope = this.#scopes.pop();
    const expected = scope?.kind === 'Object' ? '}' : ']';
    if (scope === undefined || c !== expected) {
      const start = renderPosition(this.source, positionAt(this.source, scope?.start ?? 0));
      const place = `${scope?.kind ?? 'root'} starting at ${start}`;
      return this.fail(`Unexpected close marker '${c}': expected '${expected}' (for ${place})`);
    }
    this.#text = c;
    return (this.kind = c === '}' ? 'objectEnd' : 'arrayEnd');
  }

  #comma(c: string, scope: Scope): void {
    if (c !== ',') this.#unexpected(`was expecting comma to separate ${scope.kind} entries`);
    this.offset++;
    if (this.#skipSpace() === '') {
      this.fail(`Unexpected end-of-input within/between ${scope.kind} entries`);
    }
  }

  #fieldName(): TokenKind {
    if (this.source[this.offset] !== '"') {
      this.#unexpected('was expecting double-quote to start field name');
    }
    this.offset++;
    const { text, end } = readString(this, 'name');
    this.name = text;
    this.offset = end;
    const colon = this.#skipSpace();
    if (colon === '') this.fail('Unexpected end-of-input within/between Object entries');
    if (colon !== ':') this.#unexpected('was expecting a colon to separate field name and value');
    this.offset++;
    if (this.#skipSpace() === '') this.fail('Unexpected end-of-input within/between Object entries');
    this.#pending = this.#value();
    return (this.kind = 'fieldName');
  }

  /** Takes the first token of a value: of a string only the opening quote. */
  #value(): TokenKind {
    const c = this.source[this.offset] ?? '';
    this.#text = c;
    switch (c) {
      case '"':
        this.offset++;
        this.#unreadString = true;
        return 'string';
      case '{':
        this.offset++;
        return 'objectStart';
      case '[':
        this.offset++;
        return 'arrayStart';
    }
    if (c === '-' || (c >= '0' && c <= '9')) {
      const start = this.offset;
      this.offset = readNumberEnd(this);
      this.#text = this.source.slice(start, this.offset);
      return 'number';
    }
    const word = readToken(this);
    if (word === undefined)
      this.#unexpected(c === '}' ? 'expected a value' : `expected a valid value ${VALUES}`);
    this.#text = word;
    if (word === 'true' || word === 'false' || word === 'null') return word;
    return this.fail(`Unrecognized token '${word}': was expecting ${VALUES}`);
  }

  /** Opens the scope of a bracket once its token becomes current. */
  #enter(): void {
    if (this.kind !== 'objectStart' && this.kind !== 'arrayStart') return;
    if (this.#scopes.length >= MAX_PATTERN_DEPTH) {
      this.fail(`Nesting is deeper than ${MAX_PATTERN_DEPTH} levels`);
    }
    const kind = this.kind === 'objectStart' ? 'Object' : 'Array';
    this.#scopes.push({ kind, start: this.offset - 1, entries: 0 });
  }

  #unexpected(comment: string): never {
    throw unexpectedCharacter(this, this.offset, comment);
  }
}
