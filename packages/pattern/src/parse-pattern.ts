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

/** Names besides the operators' that a branch of `$or` may not use for fields, so that it is never mistaken for a match expression. */
const RESERVED_IN_OR =
  /^([<>]=?|=|regex|not-wildcard|not-equals-ignore-case|date-(after|before|on-or-(after|before))|in-date-range|ip-address-(not-)?in-range)$/;

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
  if (reader.next() !== '{') reader.fail('Filter is not an object');
  const drafts: Draft[] = [new Map()];
  parseObject(reader, drafts, '', false);
  const combinations = drafts.map((draft) =>
    [...draft.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  );
  refuseComplexWildcards(combinations);
  return new Pattern(text, combinations);
}

/** Reads the fields of an object into every draft. `prefix` is the object's path with a trailing dot. */
function parseObject(reader: TokenReader, drafts: Draft[], prefix: string, insideOr: boolean): void {
  if (reader.next() === '}') reader.fail('Empty objects are not allowed');
  do {
    const { name } = reader;
    if (name === OR) {
      parseOr(reader, drafts, prefix);
      continue;
    }
    if (insideOr && (operators.has(name) || RESERVED_IN_OR.test(name))) {
      reader.fail(`${name} is Ruler reserved fieldName which cannot be used inside ${OR}.`);
    }
    const kind = reader.next();
    const path = prefix + name;
    if (kind === '{') {
      parseObject(reader, drafts, `${path}.`, insideOr);
    } else if (kind === '[') {
      const leaf = { path, conditions: parseAlternatives(reader) };
      for (const draft of drafts) draft.set(path, leaf);
    } else {
      reader.fail(`"${name}" must be an object or an array`);
    }
  } while (reader.next() !== '}');
}

/** Reads an `$or` group: every draft so far is continued once with each branch. */
function parseOr(reader: TokenReader, drafts: Draft[], prefix: string): void {
  const before = drafts.splice(0);
  if (reader.next() !== '[') reader.fail(`It must be an Array followed with ${OR}.`);
  let branches = 0;
  while (reader.next() !== ']') {
    branches++;
    if (reader.kind !== '{') reader.fail(`Only JSON object is allowed in array of ${OR} relationship.`);
    // Refused before the copies are made, so that nested groups cannot multiply memory.
    refuseMore(reader, drafts.length + before.length);
    const branch = before.map((draft) => new Map(draft));
    parseObject(reader, branch, prefix, true);
    refuseMore(reader, drafts.length + branch.length);
    drafts.push(...branch);
  }
  if (branches < 2) reader.fail(`There must have at least 2 Objects in ${OR} relationship.`);
}

function refuseMore(reader: TokenReader, combinations: number): void {
  if (combinations <= MAX_OR_COMBINATIONS) return;
  reader.fail(`Rule is too complex - ${OR} must not expand to more than ${MAX_OR_COMBINATIONS} combinations`);
}

function parseAlternatives(reader: TokenReader): Condition[] {
  if (reader.next() === ']') reader.fail('Empty arrays are not allowed');
  const conditions = new Map<string, Condition>();
  do {
    const condition = parseAlternative(reader);
    conditions.set(condition.key, condition);
  } while (reader.next() !== ']');
  return [...conditions.values()];
}

function parseAlternative(reader: TokenReader): Condition {
  switch (reader.kind) {
    case 'string':
      return literalString(reader.text());
    case 'number':
      return new LiteralNumber(reader.text());
    case '{':
      return parseExpression(reader);
    case '[':
      return reader.fail('Match value must be String, number, true, false, or null');
    default:
      return literalWord(reader.kind);
  }
}

function parseExpression(reader: TokenReader): Condition {
  if (reader.next() !== 'name') reader.fail('Match expression name not found');
  const operator = operators.get(reader.name) ?? reader.fail(`Unrecognized match type ${reader.name}`);
  return operator(reader);
}
