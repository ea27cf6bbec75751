import { CaseInsensitiveText } from '../case-folding.ts';
import { PatternError } from '../errors.ts';
import { numberKey } from '../json/number.ts';
import type { NumberKey } from '../json/number.ts';
import type { TokenKind, TokenReader } from '../json/token-reader.ts';
import type { Glob } from '../wildcard/glob.ts';
import { closeExpression, either } from './expression.ts';
import type { Condition, Operator, Reach } from './operator.ts';
import { reachByText, reachGlob, reachNumber, reachOther } from './reach.ts';
import { requireGlob } from './wildcard.ts';

const TOO_MANY = 'Too many elements in numeric expression';
const NOT_SUPPORTED = 'Inside anything but list, start|null|boolean is not supported.';
const MIXED = 'Inside anything but list, either all values are number or string, mixed type is not supported';
const NO_LIST = 'Value of anything-but must be an array or single string/number value.';

/** A way to exclude strings, such as all that start with one of the arguments. */
interface Form {
  readonly name: string;
  /** The reason given for an argument that is no string. */
  readonly notAString: string;
  readonly refusesEmpty?: boolean;
  /** Follows "anything but". */
  readonly phrase: string;
  readonly exclude: (reader: TokenReader, texts: readonly string[]) => Exclusion;
}

interface Exclusion {
  excludes(text: string): boolean;
  readonly reaches: readonly (Reach | undefined)[];
  globs?: readonly Glob[];
}

const AFFIX = { notAString: 'prefix/suffix match pattern must be a string', refusesEmpty: true };

const FORMS: readonly Form[] = [
  {
    ...AFFIX,
    name: 'prefix',
    phrase: 'a string that starts with ',
    exclude: (_, texts) => ({
      excludes: (text) => texts.some((affix) => text.startsWith(affix)),
      reaches: texts.map((affix) => reachByText('prefix', affix)),
    }),
  },
  {
    ...AFFIX,
    name: 'suffix',
    phrase: 'a string that ends with ',
    exclude: (_, texts) => ({
      excludes: (text) => texts.some((affix) => text.endsWith(affix)),
      reaches: texts.map((affix) => reachByText('suffix', affix)),
    }),
  },
  {
    name: 'equals-ignore-case',
    notAString: 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
    phrase: 'in any case ',
    exclude(_, texts) {
      const folded = texts.map((text) => new CaseInsensitiveText(text));
      return {
        excludes: (text) => folded.some((other) => other.equals(text)),
        reaches: texts.map((text) => reachByText('text', text, { ignoresCase: true })),
      };
    },
  },
  {
    name: 'wildcard',
    notAString: 'wildcard match pattern must be a string',
    phrase: 'a string that fits the wildcard ',
    exclude(reader, texts) {
      const globs = texts.map((text) => requireGlob(reader, text));
      return {
        excludes: (text) => globs.some((glob) => glob.matches(text)),
        reaches: globs.map(reachGlob),
        globs,
      };
    },
  },
];

/** Runs `body`; its errors, already located or not, have the position added that is current when they occur. */
function addingPosition<T>(reader: TokenReader, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof PatternError) throw reader.relocate(error);
    throw error;
  }
}

function readComparable(reader: TokenReader): NumberKey {
  const key = numberKey(reader.text());
  if (typeof key !== 'number') throw new PatternError(`Cannot compare number : ${reader.text()}`);
  return key;
}

/** Reads the plain form: strings, or numbers, to be excluded themselves. */
function parsePlain(reader: TokenReader, kind: TokenKind): Condition {
  const strings: string[] = [];
  const numbers = new Map<NumberKey, string>();
  const take = (each: TokenKind): void => {
    if (each === 'string') strings.push(reader.text());
    else if (each === 'number') numbers.set(readComparable(reader), reader.text());
    else reader.fail(NOT_SUPPORTED);
  };
  if (kind !== 'arrayStart') {
    take(kind);
  } else {
    addingPosition(reader, () => {
      for (let each = reader.next(); each !== 'arrayEnd'; each = reader.next()) take(each);
    });
    if (strings.length > 0 === numbers.size > 0) reader.fail(MIXED);
  }
  closeExpression(reader, TOO_MANY);
  return numbers.size > 0 ? excludingNumbers(numbers) : excludingStrings(strings);
}

function excludingNumbers(numbers: ReadonlyMap<NumberKey, string>): Condition {
  return {
    operator: 'anything-but',
    key: `anything-but-number:${keyOf([...numbers.keys()].map(String))}`,
    test: (value) => value.number === undefined || !numbers.has(value.number),
    reach: reachOther(
      [...numbers.keys()].map((key) => (typeof key === 'number' ? reachNumber(key) : undefined)),
    ),
    describe: () => `anything but the number ${either([...numbers.values()])}`,
  };
}

function excludingStrings(strings: readonly string[]): Condition {
  const excluded = new Set(strings);
  return {
    operator: 'anything-but',
    key: `anything-but-string:${keyOf(strings)}`,
    test: (value) => value.kind !== 'string' || !excluded.has(value.text),
    reach: reachOther(strings.map((text) => reachByText('text', text))),
    describe: () => `anything but the string ${quoteAll(strings)}`,
  };
}

/** Reads a form with an inner operator, from behind the brace that opens it. */
function parseForm(reader: TokenReader): Condition {
  if (reader.next() !== 'fieldName') reader.fail('Anything-But expression name not found');
  const form = FORMS.find(({ name }) => name === reader.name);
  if (form === undefined) return reader.fail(`Unsupported anything-but pattern: ${reader.name}`);
  const kind = reader.next();
  if (kind !== 'arrayStart' && kind !== 'string' && kind !== 'number') reader.fail(NO_LIST);
  const texts: string[] = [];
  const take = (each: TokenKind): void => {
    if (each !== 'string') reader.fail(form.notAString);
    const text = reader.text();
    if (text === '' && form.refusesEmpty === true) reader.fail('Null prefix/suffix not allowed');
    texts.push(text);
  };
  if (kind !== 'arrayStart') {
    take(kind);
  } else {
    addingPosition(reader, () => {
      for (let each = reader.next(); each !== 'arrayEnd'; each = reader.next()) take(each);
    });
    if (texts.length === 0) reader.fail(MIXED);
  }
  const exclusion = form.exclude(reader, texts);
  closeExpression(reader, TOO_MANY);
  closeExpression(reader, TOO_MANY);
  return {
    operator: 'anything-but',
    key: `anything-but-${form.name}:${keyOf(texts)}`,
    test: (value) => value.kind !== 'string' || !exclusion.excludes(value.text),
    describe: () => `anything but ${form.phrase}${quoteAll(texts)}`,
    globs: exclusion.globs,
    reach: reachOther(exclusion.reaches),
  };
}

function keyOf(texts: readonly string[]): string {
  return JSON.stringify([...new Set(texts)].toSorted());
}

function quoteAll(texts: readonly string[]): string {
  return either(texts.map((text) => JSON.stringify(text)));
}

export const anythingBut: Operator = {
  name: 'anything-but',
  summary:
    'A value that is not among, or not like, the arguments; values of other JSON types always satisfy it.',
  example: '["test", "staging"]',
  parse(reader) {
    const kind = reader.next();
    if (kind === 'objectStart') return parseForm(reader);
    if (kind !== 'arrayStart' && kind !== 'string' && kind !== 'number') reader.fail(NO_LIST);
    return parsePlain(reader, kind);
  },
};
