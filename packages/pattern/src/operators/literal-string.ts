import { addressKey } from '../address.ts';
import type { Condition, View } from './operator.ts';
import { TextCondition } from './text-condition.ts';
import type { TextForm } from './text-condition.ts';

export const literalForm: TextForm = { operator: 'literal', by: 'text', phrase: 'the string $' };

const addressView: View = {
  name: 'address',
  of: (value) => (value.kind === 'string' ? addressKey(value.text) : undefined),
};

/** Equality with a string; a string that is an IP address equals every spelling of that address. */
export function literalString(text: string): Condition {
  const address = addressKey(text);
  if (address === undefined) return new TextCondition(literalForm, text);
  return {
    operator: 'literal',
    key: `literal:${text}`,
    literal: text,
    test: (value) => addressView.of(value) === address,
    describe: () => `the IP address ${text}`,
    index: { view: addressView, key: address },
    comparesWith: text,
  };
}
