import { numberKey } from '../json/number.ts';
import { reachNumber } from './reach.ts';
import type { Condition, View } from './operator.ts';

/** Numbers by value, or by spelling where no double holds them. */
export const numberView: View = { name: 'number', of: (value) => value.number };

/** Equality with a number, whatever its spelling; where a double cannot hold it, equality of the spelling. */
export function literalNumber(text: string): Condition {
  const key = numberKey(text);
  return {
    operator: 'literal',
    key: `number:${typeof key}:${key}`,
    test: (value) => value.number === key,
    describe: () => `the number ${text}`,
    index: typeof key === 'number' ? undefined : { view: numberView, key },
    reach: typeof key === 'number' ? reachNumber(key) : undefined,
    comparesWith: text,
  };
}
