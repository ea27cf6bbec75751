import { closeExpression } from './expression.ts';
import type { Operator } from './operator.ts';

export const exists: Operator = {
  name: 'exists',
  summary: 'Whether the field has a value: a string, number, true, false or null.',
  example: 'true',
  parse(reader) {
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
  },
};
