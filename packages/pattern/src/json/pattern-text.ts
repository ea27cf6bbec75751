import { PatternError } from '../errors.ts';
import { MAX_QUOTED_SOURCE, MAX_QUOTED_TOKEN } from '../limits.ts';

const SPACE = /[ \n\r\t]*/y;
/** A piece of a string's content, which is taken piece by piece: a repeated group takes stack. */
const CONTENT = /[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const FAULTY_ESCAPE = /u[0-9a-fA-F]*/y;
const DIGITS = /[0-9]+/y;
const SUPERFLUOUS_ZERO = /-?0(?=[0-9])/y;
/** Characters of two UTF-16 units belong to no word. */
const WORD = /(?=[\p{ID_Start}$_])(?:(?![^\0-\uffff])[\p{ID_Continue}$])*/uy;
const LINE_END = /\n|\r(?!\n)/;

/** The parts of a number by what they start with, and what is said where the digits behind that are missing. */
const NUMBER_PARTS: readonly [RegExp, string][] = [
  [/-/y, 'expected digit (0-9) to follow minus sign, for valid numeric value'],
  [/\./y, 'Decimal point not followed by a digit'],
  [/[eE][+-]?/y, 'Exponent indicator not followed by a digit'],
];

/** A pattern text that is taken piece by piece. Every error names the next unread character. */
export class PatternText {
  readonly source: string;
  /** Index of the next unread character. */
  offset = 0;

  constructor(source: string) {
    this.source = source;
  }

  /** The next character; '' at the end. */
  get character(): string {
    return this.source.charAt(this.offset);
  }

  /** Takes what a sticky expression matches; '' if that is nothing. */
  take(what: RegExp): string {
    what.lastIndex = this.offset;
    const taken = what.exec(this.source)?.[0] ?? '';
    this.offset += taken.length;
    return taken;
  }

  /** Skips white space and answers the next character without taking it. */
  skipSpace(): string {
    this.take(SPACE);
    return this.character;
  }

  /** Takes a string from behind its opening quote, and answers its content. */
  takeString(isName: boolean): string {
    const start = this.offset;
    while (this.take(CONTENT) !== '');
    const content = this.source.slice(start, this.offset);
    const c = this.character;
    if (c === '') {
      this.unexpected('', isName ? ' in field name' : ': was expecting closing quote for a string value');
    }
    this.offset++;
    if (c === '"') return JSON.parse(`"${content}"`) as string;
    if (c < ' ') {
      const what = isName ? 'name' : 'string value';
      this.fail(
        `Illegal unquoted character (${describe(c)}): has to be escaped using backslash to be included in ${what}`,
      );
    }
    return this.#refuseEscape();
  }

  /** Throws the error for what stands behind a backslash. */
  #refuseEscape(): never {
    const letter = this.character;
    if (letter !== '' && letter !== 'u') {
      this.offset++;
      this.fail(`Unrecognized character escape ${describe(letter)}`);
    }
    this.take(FAULTY_ESCAPE);
    return this.unexpected(
      'expected a hex-digit for character escape sequence',
      ' in character escape sequence',
    );
  }

  /** Takes a number, and answers it as it is written. */
  takeNumber(): string {
    const start = this.offset;
    if (this.take(SUPERFLUOUS_ZERO) !== '') this.fail('Invalid numeric value: Leading zeroes not allowed');
    for (const [sign, comment] of NUMBER_PARTS) {
      const signed = this.take(sign) !== '';
      if (this.take(DIGITS) === '' && signed) {
        this.unexpected(comment, ' within numeric value', ' in numeric value');
      }
    }
    return this.source.slice(start, this.offset);
  }

  /** Takes a run of identifier characters, cut off where it is longer than errors tell. */
  takeWord(): string {
    const start = this.offset;
    const word = this.take(WORD);
    if (word.length < MAX_QUOTED_TOKEN) return word;
    this.offset = start + MAX_QUOTED_TOKEN;
    return `${word.slice(0, MAX_QUOTED_TOKEN)}...`;
  }

  /** Throws a `PatternError` that tells the current position behind what is `told`. */
  fail(reason: string, told = reason): never {
    const position = this.positionAt(this.offset);
    throw new PatternError(reason, { ...position, located: `${told}\n at ${position.located}` });
  }

  /** Throws the error for a character that cannot stand where it does, or for the end of the text. */
  unexpected(comment: string, atEnd: string, place = ''): never {
    const c = this.character;
    return this.fail(
      c === ''
        ? `Unexpected end-of-input${atEnd}`
        : `Unexpected character (${describe(c)})${place}: ${comment}`,
    );
  }

  /** Line and column of a character, which count from 1, and these in brackets, with the beginning of the text. */
  positionAt(offset: number): { line: number; column: number; located: string } {
    const { source } = this;
    let line = 1;
    let column = offset + 1;
    for (const { length } of source.split(LINE_END)) {
      if (column <= length + 1) break;
      line++;
      column -= length + 1;
    }
    const hidden = source.length - MAX_QUOTED_SOURCE;
    const truncated = hidden > 0 ? `[truncated ${hidden} chars]` : '';
    const quoted = `"${source.slice(0, MAX_QUOTED_SOURCE)}"${truncated}`;
    return { line, column, located: `[Source: (String)${quoted}; line: ${line}, column: ${column}]` };
  }
}

/** A character as JSON syntax errors name it. */
function describe(c: string): string {
  const code = c.charCodeAt(0);
  if (code < 32 || (code >= 127 && code < 160)) return `(CTRL-CHAR, code ${code})`;
  return `'${c}' (code ${code}${code > 255 ? ` / 0x${code.toString(16)}` : ''})`;
}
