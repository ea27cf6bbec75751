import { affixOperator } from './affix.ts';
import type { TextForm } from './text-condition.ts';

export const prefixForm: TextForm = {
  operator: 'prefix',
  by: 'prefix',
  phrase: 'a string that starts with $',
};

/** A string that starts with the argument, or in any case with the one of `equals-ignore-case` in it: `"order-"`. */
export const prefix = affixOperator(prefixForm, 'Prefix');
