/**
 * The pattern language, read as plainly as possible: flatten the event, expand the pattern, try every choice. It
 * shares no code with `src/` and knows nothing of speed. It expects valid patterns without duplicate keys.
 */
import { BlockList, isIP, isIPv6 } from 'node:net';

type Json = string | boolean | null | NumberText | Json[] | { [name: string]: Json };

interface Entry {
  path: string;
  value: Json;
  /** For every array around the value, the index of the element that it came from. */
  arrays: Map<number, number>;
}

/** A number as it is written. */
class NumberText {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

function parse(text: string): Json {
  type Reviver = (this: unknown, key: string, value: unknown, context: { source: string }) => unknown;
  const revive: Reviver = (_, value, { source }) =>
    typeof value === 'number' ? new NumberText(source) : value;
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as Json;
}

function isObject(value: Json): value is { [name: string]: Json } {
  return (
    value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof NumberText)
  );
}

function flatten(event: Json): Entry[] {
  const entries: Entry[] = [];
  let arrayCount = 0;
  const visit = (value: Json, path: string, arrays: Map<number, number>): void => {
    if (isObject(value)) {
      for (const [name, inner] of Object.entries(value))
        visit(inner, path === '' ? name : `${path}.${name}`, arrays);
    } else if (Array.isArray(value)) {
      const id = arrayCount++;
      value.forEach((inner, index) => {
        const holds = isObject(inner) || Array.isArray(inner);
        visit(inner, path, holds ? new Map([...arrays, [id, index]]) : arrays);
      });
    } else {
      entries.push({ path, value, arrays });
    }
  };
  visit(event, '', new Map());
  return entries;
}

/** The combinations of a pattern: paths with their alternatives. */
function expand(pattern: Json): Map<string, Json[]>[] {
  let combinations: Map<string, Json[]>[] = [new Map()];
  const visit = (node: Json, prefix: string): void => {
    for (const [name, inner] of Object.entries(node as { [name: string]: Json })) {
      if (name === '$or') {
        const before = combinations;
        const after: Map<string, Json[]>[] = [];
        for (const branch of inner as Json[]) {
          combinations = before.map((combination) => new Map(combination));
          visit(branch, prefix);
          after.push(...combinations);
        }
        combinations = after;
      } else if (Array.isArray(inner)) {
        for (const combination of combinations) combination.set(prefix + name, inner);
      } else {
        visit(inner, `${prefix}${name}.`);
      }
    }
  };
  visit(pattern, '');
  return combinations;
}

/** Whether the pattern matches the event. */
export function referenceMatches(patternText: string, eventText: string): boolean {
  const entries = flatten(parse(eventText));
  return expand(parse(patternText)).some((combination) => {
    const paths = [...combination.keys()].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const choose = (index: number, chosen: Map<number, number>): boolean => {
      if (index === paths.length) return true;
      const path = paths[index]!;
      const alternatives = combination.get(path)!;
      const here = entries.filter((entry) => entry.path === path && agree(entry.arrays, chosen));
      if (here.length === 0 && alternatives.some(wantsAbsence)) return choose(index + 1, chosen);
      return here.some(
        (entry) =>
          alternatives.some((alternative) => satisfies(entry.value, alternative)) &&
          choose(index + 1, new Map([...chosen, ...entry.arrays])),
      );
    };
    return choose(0, new Map());
  });
}

function agree(a: Map<number, number>, b: Map<number, number>): boolean {
  for (const [id, index] of a) if (b.has(id) && b.get(id) !== index) return false;
  return true;
}

function wantsAbsence(alternative: Json): boolean {
  return isObject(alternative) && alternative['exists'] === false;
}

function satisfies(value: Json, alternative: Json): boolean {
  if (!isObject(alternative)) return equals(value, alternative);
  const [operator, argument] = Object.entries(alternative)[0]!;
  switch (operator) {
    case 'exists':
      return argument === true;
    case 'exactly':
      return equals(value, argument);
    case 'anything-but':
      return !excluded(value, argument);
    case 'numeric':
      return value instanceof NumberText && inRange(value, argument as Json[]);
    case 'cidr':
      return typeof value === 'string' && inBlock(value, argument as string);
    default:
      return typeof value === 'string' && fits(value, operator, argument);
  }
}

function equals(value: Json, wanted: Json): boolean {
  if (value instanceof NumberText) return wanted instanceof NumberText && sameNumber(value, wanted);
  if (typeof value === 'string' && typeof wanted === 'string') {
    return value === wanted || sameAddress(value, wanted);
  }
  return value === wanted;
}

function excluded(value: Json, argument: Json): boolean {
  if (isObject(argument)) {
    const [operator, inner] = Object.entries(argument)[0]!;
    const list = Array.isArray(inner) ? inner : [inner];
    return typeof value === 'string' && list.some((each) => fits(value, operator, each));
  }
  const list = Array.isArray(argument) ? argument : [argument];
  return list.some((each) =>
    each instanceof NumberText ? value instanceof NumberText && sameNumber(value, each) : value === each,
  );
}

function fits(text: string, operator: string, argument: Json): boolean {
  if (isObject(argument)) {
    const wanted = argument['equals-ignore-case'] as string;
    const start = operator === 'prefix' ? 0 : text.length - wanted.length;
    return start >= 0 && sameIgnoringCase(text.slice(start, start + wanted.length), wanted);
  }
  const wanted = argument as string;
  if (operator === 'prefix') return text.slice(0, wanted.length) === wanted;
  if (operator === 'suffix') return wanted === '' || text.slice(-wanted.length) === wanted;
  if (operator === 'equals-ignore-case') return sameIgnoringCase(text, wanted);
  return fitsWildcard(text, wanted);
}

function sameIgnoringCase(text: string, wanted: string): boolean {
  const left = Array.from(text);
  const right = Array.from(wanted);
  const forms = (c: string): string[] =>
    [c.toLowerCase(), c.toUpperCase()].map((form) => (form.length === c.length ? form : c));
  return left.length === right.length && left.every((c, index) => forms(right[index]!).includes(c));
}

/** Fills the table of which beginnings of the text fit which beginnings of the wildcard. */
function fitsWildcard(text: string, wildcard: string): boolean {
  let row = Array.from({ length: text.length + 1 }, (_, length) => length === 0);
  for (let i = 0; i < wildcard.length; i++) {
    const star = wildcard[i] === '*';
    if (wildcard[i] === '\\') i++;
    const next = Array.from({ length: text.length + 1 }, () => false);
    for (let length = 0; length <= text.length; length++) {
      if (star) next[length] = row[length]! || (length > 0 && next[length - 1]!);
      else next[length] = length > 0 && row[length - 1]! && text[length - 1] === wildcard[i];
    }
    row = next;
  }
  return row[text.length]!;
}

/** A decimal as an integer times a power of ten. */
function toDecimal(source: string): { units: bigint; exponent: number } {
  const [mantissa = '', exponentText = '0'] = source.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return {
    units: BigInt(whole.replace('-', '') + fraction),
    exponent: Number(exponentText) - fraction.length,
  };
}

/** The double that stands for exactly the written decimal, if there is one. */
function exactDouble(number: NumberText): number | undefined {
  const double = Number(number.source);
  if (!Number.isFinite(double)) return undefined;
  const written = toDecimal(number.source);
  const held = toDecimal(String(double));
  const exponent = Math.min(written.exponent, held.exponent);
  const scale = (decimal: { units: bigint; exponent: number }): bigint =>
    decimal.units * 10n ** BigInt(decimal.exponent - exponent);
  return scale(written) === scale(held) ? double : undefined;
}

function sameNumber(a: NumberText, b: NumberText): boolean {
  const left = exactDouble(a);
  return left === undefined ? a.source === b.source : left === exactDouble(b);
}

function inRange(value: NumberText, terms: Json[]): boolean {
  const number = exactDouble(value);
  if (number === undefined) return false;
  for (let i = 0; i < terms.length; i += 2) {
    const bound = Number((terms[i + 1] as NumberText).source);
    const holds = {
      '=': number === bound,
      '<': number < bound,
      '<=': number <= bound,
      '>': number > bound,
      '>=': number >= bound,
    }[terms[i] as '='];
    if (!holds) return false;
  }
  return true;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

function sameAddress(a: string, b: string): boolean {
  if (isIP(a) === 0 || isIP(a) !== isIP(b)) return false;
  const list = new BlockList();
  list.addAddress(b, familyOf(b));
  return list.check(a, familyOf(a));
}

function inBlock(value: string, block: string): boolean {
  const [address = '', bits = ''] = block.split('/');
  if (isIP(value) === 0 || isIP(value) !== isIP(address)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), familyOf(address));
  return list.check(value, familyOf(value));
}
