import { MAX_PATTERN_DEPTH } from '../limits.ts';
import { PatternText } from './pattern-text.ts';

/** Kinds of JSON tokens: brackets go by themselves, `name` is a field's; '' is the end of the text. */
export type TokenKind = '{' | '}' | '[' | ']' | 'name' | 'string' | 'number' | 'true' | 'false' | 'null' | '';

interface Scope {
  kind: 'Object' | 'Array' | 'root';
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
  kind: TokenKind = '';
  /** The name of the field whose name or value is the current token. Reading it does not finish a string value. */
  name = '';
  #text = '';
  #unreadString = false;
  #pending: TokenKind | undefined;
  readonly #scopes: Scope[] = [{ kind: 'root', start: 0, entries: 0 }];

  /** Moves to the next token and answers its kind. Only then a bracket opens its scope. */
  next(): TokenKind {
    const pending = this.#pending;
    this.#pending = undefined;
    const kind = pending ?? this.#read();
    this.kind = kind;
    if (kind === '{' || kind === '[') {
      if (this.#scopes.length > MAX_PATTERN_DEPTH) {
        this.fail(`Nesting is deeper than ${MAX_PATTERN_DEPTH} levels`);
      }
      this.#scopes.push({ kind: kind === '{' ? 'Object' : 'Array', start: this.offset - 1, entries: 0 });
    }
    return kind;
  }

  /** The token's text: a field's name, a string's content, a number as written, or the token itself. */
  text(): string {
    if (this.#unreadString) {
      this.#unreadString = false;
      this.#text = this.takeString(false);
    }
    return this.#text;
  }

  #read(): TokenKind {
    this.text();
    const c = this.skipSpace();
    const scope = this.#scopes.at(-1)!;
    const { kind } = scope;
    const start = (): string => this.positionAt(scope.start).located;
    if (c === '}' || c === ']') {
      this.offset++;
      const expected = kind === 'Object' ? '}' : ']';
      if (c !== expected || kind === 'root') {
        this.fail(
          `Unexpected close marker '${c}': expected '${expected}' (for ${kind} starting at ${start()})`,
        );
      }
      this.#scopes.pop();
      this.#text = c;
      return c;
    }
    if (kind === 'root') return c === '' ? c : this.#value();
    if (c === '') this.unexpected('', `: expected close marker for ${kind} (start marker at ${start()})`);
    const within = ` within/between ${kind} entries`;
    if (scope.entries++ > 0) {
      if (c !== ',') this.unexpected(`was expecting comma to separate ${kind} entries`, '');
      this.#skip(within);
    }
    if (kind === 'Array') return this.#value();
    if (this.character !== '"') this.unexpected('was expecting double-quote to start field name', '');
    this.offset++;
    this.name = this.takeString(true);
    if (this.skipSpace() !== ':') {
      this.unexpected('was expecting a colon to separate field name and value', within);
    }
    this.#skip(within);
    this.#pending = this.#value();
    return 'name';
  }

  /** Takes a character, and the white space behind it, which something must follow. */
  #skip(within: string): void {
    this.offset++;
    if (this.skipSpace() === '') this.unexpected('', within);
  }

  /** Takes the first token of a value: of a string only the opening quote. */
  #value(): TokenKind {
    const c = this.character;
    this.#text = c;
    if (/[-0-9]/.test(c)) {
      this.#text = this.takeNumber();
      return 'number';
    }
    if (c === '"' || c === '{' || c === '[') {
      this.offset++;
      this.#unreadString = c === '"';
      return c === '"' ? 'string' : c;
    }
    const word = this.takeWord();
    this.#text = word;
    if (word === 'true' || word === 'false' || word === 'null') return word;
    if (word === '') this.unexpected(c === '}' ? 'expected a value' : `expected a valid value ${VALUES}`, '');
    return this.fail(`Unrecognized token '${word}': was expecting ${VALUES}`);
  }
}
