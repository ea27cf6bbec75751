import { numberKey } from '../json/number.ts';
import type { TokenReader } from '../json/token-reader.ts';
import { closeExpression, TOO_MANY } from './expression.ts';
import { NumberRange } from './number-range.ts';
import type { Operator } from './operator.ts';

/** Reads a number, and answers it as it is written. */
function readTerm(reader: TokenReader, operator: string): string {
  if (reader.next() !== 'number') reader.fail(`Value of ${operator} must be numeric`);
  return reader.text();
}

/** The term as a value that doubles can be compared with. */
function comparable(reader: TokenReader, term: string): number {
  const key = numberKey(term);
  return typeof key === 'number' ? key : reader.fail(`Cannot compare number : ${term}`);
}

/** Reads the upper bound that may follow a lower one. */
function readUpper(reader: TokenReader, from: string, openLow: boolean): NumberRange {
  if (reader.kind !== 'string') reader.fail(`Bad value in numeric range: ${reader.text()}`);
  const operator = reader.text();
  if (operator !== '<' && operator !== '<=') reader.fail(`Bad numeric range operator: ${operator}`);
  const to = readTerm(reader, operator);
  if (reader.next() !== ']') reader.fail('Too many terms in numeric range expression');
  const low = comparable(reader, from);
  const high = comparable(reader, to);
  if (low >= high) reader.fail('Bottom must be less than top');
  return new NumberRange(low, high, openLow, operator === '<');
}

function readRange(reader: TokenReader): NumberRange {
  const operator = reader.text();
  if (!/^([<>]=?|=)$/.test(operator)) {
    reader.next();
    reader.fail(`Unrecognized numeric range operator: ${operator}`);
  }
  const term = readTerm(reader, operator === '=' ? 'equals' : operator);
  const open = !operator.endsWith('=');
  if (reader.next() !== ']') {
    if (!operator.startsWith('>')) reader.fail(TOO_MANY);
    return readUpper(reader, term, open);
  }
  const number = comparable(reader, term);
  return new NumberRange(
    operator.startsWith('<') ? -Infinity : number,
    operator.startsWith('>') ? Infinity : number,
    operator === '>',
    operator === '<',
  );
}

/** A number equal to the argument, or within a range of which either end may be open: `[">=", 10, "<", 20]`. */
export const numeric: Operator = (reader) => {
  if (reader.next() !== '[') reader.fail('Value of numeric must be an array.');
  if (reader.next() !== 'string') reader.fail(`Invalid member in numeric match: ${reader.text()}`);
  const range = readRange(reader);
  closeExpression(reader, TOO_MANY);
  return range;
};
