import { affixOperator } from './affix.ts';
import type { TextForm } from './text-condition.ts';

export const suffixForm: TextForm = { operator: 'suffix', by: 'suffix', phrase: 'a string that ends with $' };

/** A string that ends with the argument, or in any case with the one of `equals-ignore-case` in it: `".png"`. */
export const suffix = affixOperator(suffixForm, 'Suffix');
