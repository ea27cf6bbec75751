import { MAX_PATTERN_DEPTH } from '../limits.ts';
import { PatternText } from './pattern-text.ts';

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
export class TokenReader extends PatternText {
  kind: TokenKind = 'end';
  /** The name of the field whose name or value is the current token. Reading it does not finish a string value. */
  name = '';
  #text = '';
  #unreadString = false;
  #pending: TokenKind | undefined;
  readonly #scopes: Scope[] = [];

  /** Moves to the next token and answers its kind. */
  next(): TokenKind {
    const pending = this.#pending;
    this.#pending = undefined;
    this.kind = pending ?? this.#read();
    if (this.kind === 'objectStart' || this.kind === 'arrayStart') this.#enter();
    return this.kind;
  }

  /** The token's text: a field's name, a string's content, a number as written, or the token itself. */
  text(): string {
    this.#finishString();
    return this.#text;
  }

  #finishString(): void {
    if (!this.#unreadString) return;
    this.#unreadString = false;
    this.#text = this.takeString(false);
  }

  #read(): TokenKind {
    this.#finishString();
    const c = this.skipSpace();
    const scope = this.#scopes.at(-1);
    if (c === '') {
      if (scope === undefined) return 'end';
      return this.fail(
        `Unexpected end-of-input: expected close marker for ${scope.kind} (start marker at ${this.positionAt(scope.start).located})`,
      );
    }
    if (c === '}' || c === ']') return this.#closeScope(c);
    if (scope === undefined) return this.#value();
    const within = `within/between ${scope.kind} entries`;
    if (scope.entries++ > 0) {
      if (c !== ',') this.unexpected(`was expecting comma to separate ${scope.kind} entries`);
      this.#skip(within);
    }
    return scope.kind === 'Object' ? this.#fieldName(within) : this.#value();
  }

  #closeScope(c: '}' | ']'): TokenKind {
    this.offset++;
    const scope = this.#scopes.pop();
    const expected = scope?.kind === 'Object' ? '}' : ']';
    if (scope === undefined || c !== expected) {
      const place = `${scope?.kind ?? 'root'} starting at ${this.positionAt(scope?.start ?? 0).located}`;
      return this.fail(`Unexpected close marker '${c}': expected '${expected}' (for ${place})`);
    }
    this.#text = c;
    return c === '}' ? 'objectEnd' : 'arrayEnd';
  }

  /** Takes a character, and the white space behind it, which something must follow. */
  #skip(within: string): void {
    this.offset++;
    if (this.skipSpace() === '') this.fail(`Unexpected end-of-input ${within}`);
  }

  #fieldName(within: string): TokenKind {
    if (this.character !== '"') this.unexpected('was expecting double-quote to start field name');
    this.offset++;
    this.name = this.takeString(true);
    const colon = this.skipSpace();
    if (colon === '') this.fail(`Unexpected end-of-input ${within}`);
    if (colon !== ':') this.unexpected('was expecting a colon to separate field name and value');
    this.#skip(within);
    this.#pending = this.#value();
    return 'fieldName';
  }

  /** Takes the first token of a value: of a string only the opening quote. */
  #value(): TokenKind {
    const c = this.character;
    this.#text = c;
    if (c === '-' || (c >= '0' && c <= '9')) {
      this.#text = this.takeNumber();
      return 'number';
    }
    const kind = c === '"' ? 'string' : c === '{' ? 'objectStart' : c === '[' ? 'arrayStart' : undefined;
    if (kind !== undefined) {
      this.offset++;
      this.#unreadString = c === '"';
      return kind;
    }
    const word = this.takeWord();
    if (word === '') this.unexpected(c === '}' ? 'expected a value' : `expected a valid value ${VALUES}`);
    this.#text = word;
    if (word === 'true' || word === 'false' || word === 'null') return word;
    return this.fail(`Unrecognized token '${word}': was expecting ${VALUES}`);
  }

  /** Opens the scope of a bracket once its token becomes current. */
  #enter(): void {
    if (this.#scopes.length >= MAX_PATTERN_DEPTH) {
      this.fail(`Nesting is deeper than ${MAX_PATTERN_DEPTH} levels`);
    }
    const kind = this.kind === 'objectStart' ? 'Object' : 'Array';
    this.#scopes.push({ kind, start: this.offset - 1, entries: 0 });
  }
}
