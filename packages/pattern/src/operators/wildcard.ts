import type { TokenReader } from '../json/token-reader.ts';
import { Glob, parseGlob } from '../wildcard/glob.ts';
import { closeExpression } from './expression.ts';
import { reachGlob } from './reach.ts';
import type { Operator } from './operator.ts';

/** Parses a wildcard text; a fault is reported where the reader stands. */
export function requireGlob(reader: TokenReader, text: string): Glob {
  const glob = parseGlob(text);
  if (glob instanceof Glob) return glob;
  return reader.fail(glob.fault);
}

export const wildcard: Operator = {
  name: 'wildcard',
  summary: 'A string that fits the argument, in which * stands for any run of characters.',
  example: '"arn:*:order/*"',
  parse(reader) {
    if (reader.next() !== 'string') reader.fail('wildcard match pattern must be a string');
    const glob = requireGlob(reader, reader.text());
    closeExpression(reader);
    return {
      operator: 'wildcard',
      key: `wildcard:${JSON.stringify(glob.text)}`,
      test: (value) => value.kind === 'string' && glob.matches(value.text),
      describe: () => `a string that fits the wildcard ${JSON.stringify(glob.text)}`,
      globs: [glob],
      reach: reachGlob(glob),
      comparesWith: glob.text,
    };
  },
};
