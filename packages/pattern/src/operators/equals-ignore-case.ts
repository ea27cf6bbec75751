import { readStringArgument } from './expression.ts';
import type { Operator } from './operator.ts';
import { TextCondition } from './text-condition.ts';
import type { TextForm } from './text-condition.ts';

export const inAnyCase: TextForm = {
  operator: 'equals-ignore-case',
  by: 'text',
  phrase: 'the string $',
  ignoresCase: true,
};

/** A string equal to the argument when upper and lower case are not told apart: `"ORDER-placed"`. */
export const equalsIgnoreCase: Operator = (reader) =>
  new TextCondition(inAnyCase, readStringArgument(reader, reader.name));
