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
  const shared = { operator: 'literal', key: `literal:${JSON.stringify(text)}`, literal: text };
  if (address !== undefined) {
    return {
      ...shared,
      test: (value) => value.kind === 'string' && addressKey(value.text) === address,
      describe: () => `the IP address ${text}`,
      index: { view: addressView, key: address },
      comparesWith: [text],
    };
  }
  return {
    ...shared,
    test: (value) => value.kind === 'string' && value.text === text,
    describe: () => `the string ${JSON.stringify(text)}`,
    index: { view: textView, key: text },
    reach: reachByText('text', text),
    comparesWith: [text],
  };
}
