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
      return new TextCondition(form, takeStringArgument(reader, by));
    }
    if (reader.next() !== 'name') reader.fail(`${title} expression name not found`);
    if (reader.name !== 'equals-ignore-case') reader.fail(`Unsupported ${by} pattern: ${reader.name}`);
    const condition = new TextCondition(inAnyCase, readStringArgument(reader, reader.name));
    closeExpression(reader);
    return condition;
  };
}
