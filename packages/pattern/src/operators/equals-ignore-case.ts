import { CaseInsensitiveText, foldedKey } from '../case-folding.ts';
import { readStringArgument } from './expression.ts';
import { reachByText } from './reach.ts';
import type { Operator, View } from './operator.ts';

const foldedView: View = {
  name: 'folded',
  of: (value) => (value.kind === 'string' ? foldedKey(value.text) : undefined),
};

export const equalsIgnoreCase: Operator = {
  name: 'equals-ignore-case',
  summary: 'A string equal to the argument when upper and lower case are not told apart.',
  example: '"ORDER-placed"',
  parse(reader) {
    const text = readStringArgument(reader, 'equals-ignore-case match pattern must be a string');
    const reach = reachByText('text', text, { ignoresCase: true });
    const folded = new CaseInsensitiveText(text);
    return {
      operator: 'equals-ignore-case',
      key: `equals-ignore-case:${JSON.stringify(text)}`,
      test: (value) => value.kind === 'string' && folded.equals(value.text),
      describe: () => `the string ${JSON.stringify(text)} in any case`,
      reach,
      index: reach === undefined ? { view: foldedView, key: foldedKey(text) } : undefined,
      comparesWith: text,
    };
  },
};
