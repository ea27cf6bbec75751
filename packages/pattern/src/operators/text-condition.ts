import { occursIgnoringCase, foldedKey } from '../case-folding.ts';
import type { EventValue } from '../event-value.ts';
import type { Condition, IndexHint, Reach, View } from './operator.ts';
import { reachByText } from './reach.ts';

/** What conditions have in common that compare a string, or one of its ends, with a text. */
export interface TextForm {
  readonly operator: string;
  readonly by: 'text' | 'prefix' | 'suffix';
  /** The text is told in place of the dollar sign. */
  readonly phrase: string;
  readonly ignoresCase?: boolean;
}

const foldedView: View = {
  name: 'folded',
  of: (value) => (value.kind === 'string' ? foldedKey(value.text) : undefined),
};

/** Made by the hundred thousand: what follows from the form and the text is not kept. */
export class TextCondition implements Condition {
  readonly form: TextForm;
  readonly comparesWith: string;

  constructor(form: TextForm, text: string) {
    this.form = form;
    this.comparesWith = text;
  }

  get operator(): string {
    return this.form.operator;
  }

  get key(): string {
    const { operator, ignoresCase } = this.form;
    return `${operator}${ignoresCase === true ? '~' : ':'}${this.comparesWith}`;
  }

  get literal(): string | undefined {
    return this.operator === 'literal' ? this.comparesWith : undefined;
  }

  get reach(): Reach | undefined {
    return reachByText(this.form.by, this.comparesWith, this.form.ignoresCase);
  }

  get index(): IndexHint | undefined {
    const { by, ignoresCase } = this.form;
    return ignoresCase === true && by === 'text'
      ? { view: foldedView, key: foldedKey(this.comparesWith) }
      : undefined;
  }

  test(value: EventValue): boolean {
    if (value.kind !== 'string') return false;
    const { by, ignoresCase } = this.form;
    const { comparesWith: text } = this;
    const room = value.text.length - text.length;
    if (room < 0 || (by === 'text' && room > 0)) return false;
    const start = by === 'suffix' ? room : 0;
    return ignoresCase === true
      ? occursIgnoringCase(text, value.text, start)
      : value.text.startsWith(text, start);
  }

  describe(): string {
    const { phrase, ignoresCase } = this.form;
    const told = phrase.replace('$', () => JSON.stringify(this.comparesWith));
    return ignoresCase === true ? `${told} in any case` : told;
  }
}
