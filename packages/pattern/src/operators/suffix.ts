import { affixOperator } from './affix.ts';
import type { TextForm } from './text-condition.ts';

export const suffixForm: TextForm = { operator: 'suffix', by: 'suffix', phrase: 'a string that ends with $' };

export const suffix = affixOperator(suffixForm, 'Suffix', '".png"');
