import { TokenReader } from './json/token-reader.ts';
import { MAX_OR_COMBINATIONS } from './limits.ts';
import { operators } from './operators/list.ts';
import { LiteralNumber } from './operators/literal-number.ts';
import { literalString } from './operators/literal-string.ts';
import { literalWord } from './operators/literal-word.ts';
import type { Condition } from './operators/operator.ts';
import { Pattern, refuseComplexWildcards } from './pattern.ts';
import type { Leaf } from './pattern.ts';

const OR = '$or';

/** Names that a branch of `$or` may not use for fields, so that it is never mistaken for a match expression. */
const RESERVED_IN_OR = new Set(
  (
    'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex ' +
    'not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before ' +
    'in-date-range ip-address-in-range ip-address-not-in-range'
  ).split(' '),
);

const operatorsByName = new Map(operators.map((operator) => [operator.name, operator]));

/** A combination that is still being read: leaves by path. A leaf written later replaces an earlier one. */
type Draft = Map<string, Leaf>;

/**
 * Reads a pattern text.
 *
 * Errors: `PatternError`, with the reason and the position that EventBridge reports. Text behind the closing brace
 * is ignored, as the engine behind EventBridge does. The caller bounds the length of the text.
 */
export function parsePattern(text: string): Pattern {
  const reader = new TokenReader(text);
  if (reader.next() !== 'objectStart') reader.fail('Filter is not an object');
  const drafts: Draft[] = [];
  parseObject(reader, drafts, '', false);
  const combinations = drafts.map((draft) =>
    [...draft.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  );
  refuseComplexWildcards(combinations);
  return new Pattern(text, combinations);
}

/** Reads the fields of an object into every draft. `prefix` is the object's path with a trailing dot. */
function parseObject(reader: TokenReader, drafts: Draft[], prefix: string, insideOr: boolean): void {
  let fields = 0;
  while (reader.next() !== 'objectEnd') {
    fields++;
    const { name } = reader;
    if (name === OR) {
      parseOr(reader, drafts, prefix);
      continue;
    }
    if (insideOr && RESERVED_IN_OR.has(name)) {
      reader.fail(`${name} is Ruler reserved fieldName which cannot be used inside ${OR}.`);
    }
    const kind = reader.next();
    const path = prefix + name;
    if (kind === 'objectStart') {
      parseObject(reader, drafts, `${path}.`, insideOr);
    } else if (kind === 'arrayStart') {
      const leaf = { path, conditions: parseAlternatives(reader) };
      if (drafts.length === 0) drafts.push(new Map());
      for (const draft of drafts) draft.set(path, leaf);
    } else {
      reader.fail(`"${name}" must be an object or an array`);
    }
  }
  if (fields === 0) reader.fail('Empty objects are not allowed');
}

/** Reads an `$or` group: every draft so far is continued once with each branch. */
function parseOr(reader: TokenReader, drafts: Draft[], prefix: string): void {
  const before = drafts.splice(0);
  if (reader.next() !== 'arrayStart') reader.fail(`It must be an Array followed with ${OR}.`);
  let branches = 0;
  for (let kind = reader.next(); kind !== 'arrayEnd'; kind = reader.next()) {
    branches++;
    if (kind !== 'objectStart') {
      reader.fail(`Only JSON object is allowed in array of ${OR} relationship.`);
    }
    // Refused before the copies are made, so that nested groups cannot multiply memory.
    if (drafts.length + Math.max(before.length, 1) > MAX_OR_COMBINATIONS) refuseCombinations(reader);
    const branch = before.length === 0 ? [new Map<string, Leaf>()] : before.map((draft) => new Map(draft));
    parseObject(reader, branch, prefix, true);
    if (drafts.length + branch.length > MAX_OR_COMBINATIONS) refuseCombinations(reader);
    drafts.push(...branch);
  }
  if (branches < 2) reader.fail(`There must have at least 2 Objects in ${OR} relationship.`);
}

function refuseCombinations(reader: TokenReader): never {
  reader.fail(`Rule is too complex - ${OR} must not expand to more than ${MAX_OR_COMBINATIONS} combinations`);
}

function parseAlternatives(reader: TokenReader): Condition[] {
  const conditions = new Map<string, Condition>();
  for (let kind = reader.next(); kind !== 'arrayEnd'; kind = reader.next()) {
    const condition = parseAlternative(reader);
    conditions.set(condition.key, condition);
  }
  if (conditions.size === 0) reader.fail('Empty arrays are not allowed');
  return [...conditions.values()];
}

function parseAlternative(reader: TokenReader): Condition {
  switch (reader.kind) {
    case 'string':
      return literalString(reader.text());
    case 'number':
      return new LiteralNumber(reader.text());
    case 'true':
    case 'false':
    case 'null':
      return literalWord(reader.kind);
    case 'objectStart':
      return parseExpression(reader);
    default:
      return reader.fail('Match value must be String, number, true, false, or null');
  }
}

function parseExpression(reader: TokenReader): Condition {
  if (reader.next() !== 'fieldName') reader.fail('Match expression name not found');
  const operator = operatorsByName.get(reader.name);
  if (operator === undefined) return reader.fail(`Unrecognized match type ${reader.name}`);
  return operator.parse(reader);
}
