import { PatternError } from '../errors.ts';
import type { EventValue } from '../event-value.ts';
import type { NumberKey } from '../json/number.ts';
import type { TokenKind, TokenReader } from '../json/token-reader.ts';
import type { Glob } from '../wildcard/glob.ts';
import { inAnyCase } from './equals-ignore-case.ts';
import { closeExpression, either, TOO_MANY } from './expression.ts';
import { LiteralNumber } from './literal-number.ts';
import { literalForm } from './literal-string.ts';
import type { Condition, Operator, Reach } from './operator.ts';
import { prefixForm } from './prefix.ts';
import { reachOther } from './reach.ts';
import { suffixForm } from './suffix.ts';
import { TextCondition } from './text-condition.ts';
import type { TextForm } from './text-condition.ts';
import { NOT_A_TEXT, WildcardCondition } from './wildcard.ts';

const NOT_SUPPORTED = 'Inside anything but list, start|null|boolean is not supported.';
const MIXED = 'Inside anything but list, either all values are number or string, mixed type is not supported';
const NO_LIST = 'Value of anything-but must be an array or single string/number value.';
const AFFIX = 'prefix/suffix match pattern must be a string';

/** A way to exclude strings, such as all that start with one of the arguments. */
interface Form {
  /** The reason given for an argument that is no string. */
  readonly notAString: string;
  /** What strings are excluded for fulfilling; wildcards if it is missing. */
  readonly by?: TextForm;
}

const IN_ANY_CASE =
  'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.';

const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['prefix', { notAString: AFFIX, by: prefixForm }],
  ['suffix', { notAString: AFFIX, by: suffixForm }],
  ['equals-ignore-case', { notAString: IN_ANY_CASE, by: inAnyCase }],
  ['wildcard', { notAString: NOT_A_TEXT }],
]);

/** Values that satisfy none of some conditions, whatever their kind. */
class Exclusion implements Condition {
  readonly #than: readonly Condition[];
  /** The texts or numbers, where values are compared with these and nothing else. */
  readonly #plain: ReadonlyMap<NumberKey, Condition> | undefined;

  constructor(than: readonly Condition[], plain?: ReadonlyMap<NumberKey, Condition>) {
    this.#than = than;
    this.#plain = plain;
  }

  get operator(): string {
    return 'anything-but';
  }

  get key(): string {
    return `anything-but:${JSON.stringify([...new Set(this.#than.map(({ key }) => key))].toSorted())}`;
  }

  get reach(): Reach | undefined {
    return reachOther(this.#than.map(({ reach }) => reach));
  }

  get globs(): readonly Glob[] | undefined {
    const globs = this.#than.flatMap((condition) => condition.globs ?? []);
    return globs.length > 0 ? globs : undefined;
  }

  test(value: EventValue): boolean {
    if (this.#plain === undefined) return !this.#than.some((condition) => condition.test(value));
    const { number } = value;
    if (value.kind === 'string') return !this.#plain.has(value.text);
    return typeof number !== 'number' || !this.#plain.has(number);
  }

  describe(): string {
    return `anything but ${either(this.#than.map((condition) => condition.describe()))}`;
  }
}

/** Reads one argument or a list of them. Errors in a list have the position added. */
function readArguments(reader: TokenReader, take: (kind: TokenKind) => void): void {
  const { kind } = reader;
  if (kind === 'string' || kind === 'number') return take(kind);
  if (kind !== '[') reader.fail(NO_LIST);
  try {
    for (let each = reader.next(); each !== ']'; each = reader.next()) take(each);
  } catch (error) {
    if (error instanceof PatternError) reader.fail(error.reason, error.located);
    throw error;
  }
}

/** Reads the plain form: strings, or numbers, to be excluded themselves. */
function parsePlain(reader: TokenReader): Condition {
  const plain = new Map<NumberKey, Condition>();
  const kinds = new Set<TokenKind>();
  readArguments(reader, (kind) => {
    const text = reader.text();
    kinds.add(kind);
    if (kind === 'string') {
      plain.set(text, new TextCondition(literalForm, text));
    } else if (kind === 'number') {
      const literal = new LiteralNumber(text);
      if (typeof literal.number !== 'number') throw new PatternError(`Cannot compare number : ${text}`);
      plain.set(literal.number, literal);
    } else {
      reader.fail(NOT_SUPPORTED);
    }
  });
  if (kinds.size !== 1) reader.fail(MIXED);
  closeExpression(reader, TOO_MANY);
  return new Exclusion([...plain.values()], plain);
}

/** Reads a form with an inner operator, from behind the brace that opens it. */
function parseForm(reader: TokenReader): Condition {
  if (reader.next() !== 'name') reader.fail('Anything-But expression name not found');
  const form = FORMS.get(reader.name);
  if (form === undefined) return reader.fail(`Unsupported anything-but pattern: ${reader.name}`);
  const { by, notAString } = form;
  const texts: string[] = [];
  reader.next();
  readArguments(reader, (kind) => {
    if (kind !== 'string') reader.fail(notAString);
    const text = reader.text();
    if (text === '' && notAString === AFFIX) reader.fail('Null prefix/suffix not allowed');
    texts.push(text);
  });
  if (texts.length === 0) reader.fail(MIXED);
  const than = texts.map((text) =>
    by === undefined ? new WildcardCondition(reader, text) : new TextCondition(by, text),
  );
  closeExpression(reader, TOO_MANY);
  closeExpression(reader, TOO_MANY);
  return new Exclusion(than);
}

/** A value that is not among, or not like, the arguments; values of other JSON types always satisfy it: `["test", "staging"]`. */
export const anythingBut: Operator = (reader) =>
  reader.next() === '{' ? parseForm(reader) : parsePlain(reader);
