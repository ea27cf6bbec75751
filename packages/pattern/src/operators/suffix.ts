import { parseAffix } from './affix.ts';
import type { Affix } from './affix.ts';
import type { Operator } from './operator.ts';

/** The end of a string. */
export const suffixAffix: Affix = {
  name: 'suffix',
  verb: 'ends with',
  has: (text, affix) => text.endsWith(affix),
  start: (text, affix) => text.length - affix.length,
};

export const suffix: Operator = {
  name: 'suffix',
  summary: 'A string that ends with the argument; inside equals-ignore-case, in any case.',
  example: '".png"',
  parse: (reader) => parseAffix(reader, suffixAffix),
};
