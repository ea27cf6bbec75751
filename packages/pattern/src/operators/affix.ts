import { CaseInsensitiveText } from '../case-folding.ts';
import type { TokenReader } from '../json/token-reader.ts';
import { closeExpression } from './expression.ts';
import { reachByText } from './reach.ts';
import type { Condition } from './operator.ts';

const NOT_A_STRING = 'equals-ignore-case match pattern must be a string';

/** What tells `prefix` and `suffix` apart. */
export interface Affix {
  readonly name: 'prefix' | 'suffix';
  /** Follows "a string that". */
  readonly verb: string;
  has(text: string, affix: string): boolean;
  /** Where the affix has to start in a text. */
  start(text: string, affix: string): number;
}

/** Reads the argument of `prefix` or `suffix`: a string, or `{ "equals-ignore-case": string }`. */
export function parseAffix(reader: TokenReader, affix: Affix): Condition {
  const kind = reader.next();
  if (kind === 'objectStart') return parseIgnoringCase(reader, affix);
  if (kind !== 'string') reader.fail(`${affix.name} match pattern must be a string`);
  const text = reader.text();
  closeExpression(reader);
  return {
    operator: affix.name,
    key: `${affix.name}:${JSON.stringify(text)}`,
    test: (value) => value.kind === 'string' && affix.has(value.text, text),
    reach: reachByText(affix.name, text),
    describe: () => `a string that ${affix.verb} ${JSON.stringify(text)}`,
    comparesWith: text,
  };
}

function parseIgnoringCase(reader: TokenReader, affix: Affix): Condition {
  const title = affix.name === 'prefix' ? 'Prefix' : 'Suffix';
  if (reader.next() !== 'fieldName') reader.fail(`${title} expression name not found`);
  if (reader.name !== 'equals-ignore-case') {
    reader.fail(`Unsupported ${affix.name} pattern: ${reader.name}`);
  }
  if (reader.next() !== 'string') reader.fail(NOT_A_STRING);
  const text = reader.text();
  closeExpression(reader);
  closeExpression(reader);
  const folded = new CaseInsensitiveText(text);
  return {
    operator: affix.name,
    key: `${affix.name}-ignoring-case:${JSON.stringify(text)}`,
    reach: reachByText(affix.name, text, { ignoresCase: true }),
    test: (value) => value.kind === 'string' && folded.occursAt(value.text, affix.start(value.text, text)),
    describe: () => `a string that ${affix.verb} ${JSON.stringify(text)} in any case`,
    comparesWith: text,
  };
}
