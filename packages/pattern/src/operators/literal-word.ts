import type { TokenKind } from '../json/token-reader.ts';
import type { Condition } from './operator.ts';

/** Equality with `true`, `false` or `null`. */
export function literalWord(word: TokenKind): Condition {
  return {
    operator: 'literal',
    key: word,
    test: (value) => value.kind === word,
    describe: () => word,
    comparesWith: word,
  };
}
