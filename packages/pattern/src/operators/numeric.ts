import { numberKey } from '../json/number.ts';
import type { TokenReader } from '../json/token-reader.ts';
import { closeExpression } from './expression.ts';
import type { Condition, Operator } from './operator.ts';

const TOO_MANY = 'Too many elements in numeric expression';

interface Bound {
  readonly value: number;
  readonly inclusive: boolean;
  readonly text: string;
}

/** Takes the current number token as a value that doubles can be compared with. */
function readNumber(reader: TokenReader): { text: string; key: ReturnType<typeof numberKey> } {
  const text = reader.text();
  return { text, key: numberKey(text) };
}

function comparable(reader: TokenReader, number: { text: string; key: number | string }): number {
  if (typeof number.key === 'number') return number.key;
  return reader.fail(`Cannot compare number : ${number.text}`);
}

function requireNumber(reader: TokenReader, operator: string): void {
  if (reader.next() !== 'number') reader.fail(`Value of ${operator} must be numeric`);
}

function parseEquality(reader: TokenReader): Condition {
  requireNumber(reader, 'equals');
  const number = readNumber(reader);
  if (reader.next() !== 'arrayEnd') reader.fail(TOO_MANY);
  return rangeCondition(boundOf(reader, number, true), boundOf(reader, number, true));
}

function boundOf(
  reader: TokenReader,
  number: { text: string; key: number | string },
  inclusive: boolean,
): Bound {
  return { value: comparable(reader, number), inclusive, text: number.text };
}

function parseUpper(reader: TokenReader, operator: string): Condition {
  requireNumber(reader, operator);
  const number = readNumber(reader);
  if (reader.next() !== 'arrayEnd') reader.fail(TOO_MANY);
  return rangeCondition(undefined, boundOf(reader, number, operator === '<='));
}

function parseLower(reader: TokenReader, operator: string): Condition {
  requireNumber(reader, operator);
  const bottom = readNumber(reader);
  const kind = reader.next();
  if (kind === 'arrayEnd') return rangeCondition(boundOf(reader, bottom, operator === '>='), undefined);
  if (kind !== 'string') reader.fail(`Bad value in numeric range: ${reader.text()}`);
  const second = reader.text();
  if (second !== '<' && second !== '<=') reader.fail(`Bad numeric range operator: ${second}`);
  requireNumber(reader, second);
  const top = readNumber(reader);
  if (reader.next() !== 'arrayEnd') reader.fail('Too many terms in numeric range expression');
  const lower = boundOf(reader, bottom, operator === '>=');
  const upper = boundOf(reader, top, second === '<=');
  if (lower.value >= upper.value) reader.fail('Bottom must be less than top');
  return rangeCondition(lower, upper);
}

function rangeCondition(lower: Bound | undefined, upper: Bound | undefined): Condition {
  const low = lower?.value ?? Number.NEGATIVE_INFINITY;
  const high = upper?.value ?? Number.POSITIVE_INFINITY;
  const openLow = lower?.inclusive === false;
  const openHigh = upper?.inclusive === false;
  return {
    operator: 'numeric',
    key: `numeric:${openLow ? '(' : '['}${low},${high}${openHigh ? ')' : ']'}`,
    test(value) {
      const number = value.number;
      if (typeof number !== 'number' || number < low || number > high) return false;
      return !(openLow && number === low) && !(openHigh && number === high);
    },
    describe: () => describeRange(lower, upper),
    reach: { by: 'range', low, high, openLow, openHigh },
    comparesWith: null,
  };
}

function describeRange(lower: Bound | undefined, upper: Bound | undefined): string {
  if (lower !== undefined && lower.value === upper?.value) return `a number equal to ${lower.text}`;
  const parts: string[] = [];
  if (lower !== undefined) parts.push(`${lower.inclusive ? '>=' : '>'} ${lower.text}`);
  if (upper !== undefined) parts.push(`${upper.inclusive ? '<=' : '<'} ${upper.text}`);
  return `a number ${parts.join(' and ')}`;
}

export const numeric: Operator = {
  name: 'numeric',
  summary: 'A number equal to the argument, or within a range of which either end may be open.',
  example: '[">=", 10, "<", 20]',
  parse(reader) {
    if (reader.next() !== 'arrayStart') reader.fail('Value of numeric must be an array.');
    const kind = reader.next();
    if (kind !== 'string') reader.fail(`Invalid member in numeric match: ${reader.text()}`);
    const operator = reader.text();
    const condition = parseComparison(reader, operator);
    closeExpression(reader, TOO_MANY);
    return condition;
  },
};

function parseComparison(reader: TokenReader, operator: string): Condition {
  switch (operator) {
    case '=':
      return parseEquality(reader);
    case '<':
    case '<=':
      return parseUpper(reader, operator);
    case '>':
    case '>=':
      return parseLower(reader, operator);
  }
  reader.next();
  return reader.fail(`Unrecognized numeric range operator: ${operator}`);
}
