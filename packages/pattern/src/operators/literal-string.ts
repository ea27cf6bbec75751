import { addressKey } from '../address.ts';
import { reachByText } from './reach.ts';
import type { Condition, View } from './operator.ts';

const textView: View = {
  name: 'text',
  of: (value) => (value.kind === 'string' ? value.text : undefined),
};

const addressView: View = {
  name: 'address',
  of: (value) => (value.kind === 'string' ? addressKey(value.text) : undefined),
};

/** Equality with a string; a string that is an IP address equals every spelling of that address. */
export function literalString(text: string): Condition {
  const address = addressKey(text);
  const key = `literal:${JSON.stringify(text)}`;
  if (address !== undefined) {
    return {
      operator: 'literal',
      key,
      literal: text,
      test: (value) => value.kind === 'string' && addressKey(value.text) === address,
      describe: () => `the IP address ${text}`,
      index: { view: addressView, key: address },
      comparesWith: text,
    };
  }
  const reach = reachByText('text', text);
  return {
    operator: 'literal',
    key,
    literal: text,
    test: (value) => value.kind === 'string' && value.text === text,
    describe: () => `the string ${JSON.stringify(text)}`,
    index: reach === undefined ? { view: textView, key: text } : undefined,
    reach,
    comparesWith: text,
  };
}
