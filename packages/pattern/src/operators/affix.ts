import { NO_STRING_IN_ANY_CASE } from './equals-ignore-case.ts';
import { closeExpression, readStringArgument, takeStringArgument } from './expression.ts';
import type { Operator } from './operator.ts';
import { TextCondition } from './text-condition.ts';
import type { TextForm } from './text-condition.ts';

/** The operator that compares a string's beginning or end; its argument is a string, or one within `equals-ignore-case`. */
export function affixOperator(form: TextForm, title: string): Operator {
  const { by } = form;
  const inAnyCase = { ...form, ignoresCase: true };
  return (reader) => {
    if (reader.next() !== '{') {
      return new TextCondition(form, takeStringArgument(reader, `${by} match pattern must be a string`));
    }
    if (reader.next() !== 'name') reader.fail(`${title} expression name not found`);
    if (reader.name !== 'equals-ignore-case') reader.fail(`Unsupported ${by} pattern: ${reader.name}`);
    const condition = new TextCondition(inAnyCase, readStringArgument(reader, NO_STRING_IN_ANY_CASE));
    closeExpression(reader);
    return condition;
  };
}
