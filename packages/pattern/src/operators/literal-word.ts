import type { Condition, View } from './operator.ts';

const wordView: View = {
  name: 'word',
  of: (value) => (value.kind === 'string' || value.kind === 'number' ? undefined : value.kind),
};

/** Equality with `true`, `false` or `null`. */
export function literalWord(word: 'true' | 'false' | 'null'): Condition {
  return {
    operator: 'literal',
    key: word,
    test: (value) => value.kind === word,
    describe: () => word,
    index: { view: wordView, key: word },
    comparesWith: word,
  };
}
