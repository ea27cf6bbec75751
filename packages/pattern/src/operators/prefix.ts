import { affixOperator } from './affix.ts';
import type { TextForm } from './text-condition.ts';

export const prefixForm: TextForm = {
  operator: 'prefix',
  by: 'prefix',
  phrase: 'a string that starts with $',
};

export const prefix = affixOperator(prefixForm, 'Prefix', '"order-"');
