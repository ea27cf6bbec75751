import { parseAffix } from './affix.ts';
import type { Affix } from './affix.ts';
import type { Operator } from './operator.ts';

/** The start of a string. */
export const prefixAffix: Affix = {
  name: 'prefix',
  verb: 'starts with',
  has: (text, affix) => text.startsWith(affix),
  start: () => 0,
};

export const prefix: Operator = {
  name: 'prefix',
  summary: 'A string that starts with the argument; inside equals-ignore-case, in any case.',
  example: '"order-"',
  parse: (reader) => parseAffix(reader, prefixAffix),
};
