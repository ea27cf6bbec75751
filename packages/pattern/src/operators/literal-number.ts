import type { EventValue } from '../event-value.ts';
import { numberKey } from '../json/number.ts';
import type { NumberKey } from '../json/number.ts';
import { NumberRange } from './number-range.ts';
import type { Condition, IndexHint, Reach, View } from './operator.ts';

/** Numbers by value, or by spelling where no double holds them. */
const numberView: View = { name: 'number', of: (value) => value.number };

/** Equality with a number, whatever its spelling; where a double cannot hold it, equality of the spelling. */
export class LiteralNumber implements Condition {
  readonly comparesWith: string;
  readonly number: NumberKey;

  constructor(text: string) {
    this.comparesWith = text;
    this.number = numberKey(text);
  }

  get operator(): string {
    return 'literal';
  }

  get key(): string {
    return `number:${typeof this.number}:${this.number}`;
  }

  get index(): IndexHint | undefined {
    const key = this.number;
    return typeof key === 'number' ? undefined : { view: numberView, key };
  }

  get reach(): Reach | undefined {
    const key = this.number;
    return typeof key === 'number' ? new NumberRange(key, key) : undefined;
  }

  test(value: EventValue): boolean {
    return value.number === this.number;
  }

  describe(): string {
    return `the number ${this.comparesWith}`;
  }
}
