import { invalidParameter } from '../errors.ts';
import { JsonScanner } from './json-scanner.ts';
import type { Literal } from './json-scanner.ts';
import { valuesAt } from './property-path.ts';
import { starMatcher } from './star-match.ts';

type Condition = (root: unknown) => boolean;
type ValueTest = (value: unknown) => boolean;

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/** Longer operators first, so that `<=` is not taken for `<`. */
const OPERATORS = ['!=', '<=', '>=', '=', '<', '>'] as const;
type Operator = (typeof OPERATORS)[number];

const numberTests: Readonly<Record<Operator, (value: number, literal: number) => boolean>> = {
  '=': (value, literal) => value === literal,
  '!=': (value, literal) => value !== literal,
  '<': (value, literal) => value < literal,
  '<=': (value, literal) => value <= literal,
  '>': (value, literal) => value > literal,
  '>=': (value, literal) => value >= literal,
};

/**
 * `{ $.a = "x*" && ($.b > 3 || $.c NOT EXISTS) }`: conditions on the members of messages that are JSON. A member that is
 * missing satisfies `NOT EXISTS` only. `&&` binds more tightly than `||`.
 */
export function compileJsonSelector(pattern: string): (message: string) => boolean {
  const scanner = new JsonScanner(pattern);
  scanner.expect('{');
  const condition = anyOf(scanner);
  scanner.expect('}');
  if (!scanner.atEnd) scanner.fail();
  return (message) => {
    const root = parse(message);
    return root !== undefined && condition(root);
  };
}

function parse(message: string): unknown {
  // Most messages of a mixed group are no JSON: an exception for each would be expensive.
  if (!/^\s*[[{]/.test(message)) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function anyOf(scanner: JsonScanner): Condition {
  const conditions = [allOf(scanner)];
  while (scanner.take('||')) conditions.push(allOf(scanner));
  return (root) => conditions.some((condition) => condition(root));
}

function allOf(scanner: JsonScanner): Condition {
  const conditions = [single(scanner)];
  while (scanner.take('&&')) conditions.push(single(scanner));
  return (root) => conditions.every((condition) => condition(root));
}

function single(scanner: JsonScanner): Condition {
  if (scanner.take('(')) {
    const inner = anyOf(scanner);
    scanner.expect(')');
    return inner;
  }
  const path = scanner.path();
  if (scanner.takeWord('NOT')) {
    if (!scanner.takeWord('EXISTS')) scanner.fail();
    return (root) => valuesAt(root, path).length === 0;
  }
  const test = scanner.takeWord('IS') ? isTest(scanner) : comparison(scanner);
  return (root) => valuesAt(root, path).some(test);
}

function isTest(scanner: JsonScanner): ValueTest {
  if (scanner.takeWord('NULL')) return (value) => value === null;
  if (scanner.takeWord('TRUE')) return (value) => value === true;
  if (scanner.takeWord('FALSE')) return (value) => value === false;
  return scanner.fail();
}

function comparison(scanner: JsonScanner): ValueTest {
  const operator = OPERATORS.find((each) => scanner.take(each)) ?? scanner.fail();
  const literal = scanner.literal();
  if (!literal.quoted && NUMBER.test(literal.text)) {
    const number = Number(literal.text);
    const test = numberTests[operator];
    return (value) => typeof value === 'number' && test(value, number);
  }
  return textTest(operator, literal);
}

function textTest(operator: Operator, { text, quoted }: Literal): ValueTest {
  if (!quoted && text.startsWith('%')) throw noRegularExpressions();
  if (operator !== '=' && operator !== '!=') {
    throw invalidParameter(`Invalid filter pattern: ${operator} compares with numbers only.`);
  }
  const matches = starMatcher(text);
  return (value) => typeof value === 'string' && matches(value) === (operator === '=');
}

export const noRegularExpressions = () =>
  invalidParameter('Busbar does not support regular expressions in filter patterns.');
