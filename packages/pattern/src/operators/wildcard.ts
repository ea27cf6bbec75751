import type { EventValue } from '../event-value.ts';
import type { TokenReader } from '../json/token-reader.ts';
import { fitsGlob, parseGlob } from '../wildcard/glob.ts';
import type { Glob } from '../wildcard/glob.ts';
import { closeExpression } from './expression.ts';
import type { Condition, Operator, Reach } from './operator.ts';
import { reachGlob } from './reach.ts';

/** The reason given for an argument that is no string. */
export const NOT_A_TEXT = 'wildcard match pattern must be a string';

/** A string that fits a text with wildcards. */
export class WildcardCondition implements Condition {
  readonly comparesWith: string;
  readonly #glob: Glob;

  /** A fault of the text is reported where the reader stands. */
  constructor(reader: TokenReader, text: string) {
    this.comparesWith = text;
    const glob = parseGlob(text);
    this.#glob = typeof glob === 'string' ? reader.fail(glob) : glob;
  }

  get operator(): string {
    return 'wildcard';
  }

  get key(): string {
    return `wildcard:${this.comparesWith}`;
  }

  get globs(): readonly Glob[] {
    return [this.#glob];
  }

  get reach(): Reach | undefined {
    return reachGlob(this.#glob);
  }

  test(value: EventValue): boolean {
    return value.kind === 'string' && fitsGlob(value.text, this.#glob);
  }

  describe(): string {
    return `a string that fits the wildcard ${JSON.stringify(this.comparesWith)}`;
  }
}

/** A string that fits the argument, in which `*` stands for any run of characters: `"arn:*:order/*"`. */
export const wildcard: Operator = (reader) => {
  if (reader.next() !== 'string') reader.fail(NOT_A_TEXT);
  const condition = new WildcardCondition(reader, reader.text());
  closeExpression(reader);
  return condition;
};
