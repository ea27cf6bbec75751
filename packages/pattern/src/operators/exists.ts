import { closeExpression } from './expression.ts';
import type { Operator } from './operator.ts';

/** Whether the field has a value, that is a string, number, `true`, `false` or `null`: `true`. */
export const exists: Operator = (reader) => {
  const kind = reader.next();
  if (kind !== 'true' && kind !== 'false') {
    reader.fail('exists match pattern must be either true or false.');
  }
  closeExpression(reader);
  const wanted = kind === 'true';
  return {
    operator: 'exists',
    key: `exists:${kind}`,
    test: () => wanted,
    describe: () => (wanted ? 'any value' : 'no value at all'),
    acceptsAbsence: !wanted,
  };
};
