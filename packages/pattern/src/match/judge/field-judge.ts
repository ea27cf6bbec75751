/**
 * Judges a field's values by what few looks tell, without trying the conditions on each of them.
 *
 * A string is followed through an automaton to its closing quote, and a number by its first digits to its place among
 * the bounds. Either way leads to a verdict: the conditions that all such values satisfy. It was found by trying
 * the conditions on the first of these values, so that an operator is defined in one place only.
 */
import { EventValue, kindOf } from '../../event-value.ts';
import type { ValueKind } from '../../event-value.ts';
import { exactDouble } from '../../json/exact-double.ts';
import type { NumberKey } from '../../json/number.ts';
import type { Condition, Reach } from '../../operators/operator.ts';
import type { Field, FieldCondition } from '../field.ts';
import type { JsonCursor } from '../json-cursor.ts';
import { passDigits } from '../pass.ts';
import { TextAutomaton, UNKNOWN } from './text-automaton.ts';
import type { Shape } from './text-automaton.ts';
import { Verdict } from './verdict.ts';
import type { VerdictSink } from './verdict.ts';

const QUOTE = 34;
const MINUS = 45;
const DOT = 46;
const BACKSLASH = 92;
const LETTER_E = 101;
/** Or, less 32, an opening bracket. */
const OPEN_BRACE = 123;

const MOST_CONDITIONS = 64;
const MOST_BYTES = 4096;

/** Bytes of a number that are remembered. */
const LONG_BYTES = 8;
/** What begins no number: nothing was remembered, or nothing could be. */
const NO_NUMBER = 0;
const TRIED = 1;

/** Integers below this leave a double room for four decimals and more. */
const MOST_WHOLE = 1e9;
const DECIMALS = 1e-4;
/** What a sum of such may be off, and more. */
const MARGIN = 1e-6;

/** Conditions that only the kind of a value tells apart. */
const WORDS = new Set(['true', 'false', 'null']);

/** What a condition tells apart. */
interface Looks {
  readonly shapes: Shape[];
  readonly bounds: number[];
}

export class FieldJudge {
  readonly field: Field;
  readonly #conditions: readonly FieldCondition[];
  readonly #texts: TextAutomaton;
  readonly #value = new EventValue();
  /** By what their conditions are. */
  readonly #verdicts: Verdict[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #byWord = new Map<ValueKind, Verdict>();
  readonly #bounds: Float64Array;
  /** By place: even ones lie between bounds, odd ones are the bounds, and the last one is for what no double holds. */
  readonly #byPlace: (Verdict | undefined)[];
  /** The event whose last number lay between these bounds. */
  round = 0;
  #low = NaN;
  #high = NaN;
  /** Its first four bytes, and four bytes from `lastAt` on, that show as much; generated readers look at them. */
  first = NO_NUMBER;
  lastAt = 0;
  last = 0;

  private constructor(field: Field, looks: Looks) {
    this.field = field;
    this.#conditions = [...field.conditions.values()];
    this.#texts = new TextAutomaton(looks.shapes);
    this.#bounds = Float64Array.from(new Set(looks.bounds)).toSorted();
    this.#byPlace = Array.from({ length: 2 * this.#bounds.length + 2 });
  }

  /** Answers nothing where values have to be looked at more closely. */
  static of(field: Field): FieldJudge | null {
    const looks: Looks = { shapes: [], bounds: [] };
    if (field.conditions.size > MOST_CONDITIONS) return null;
    for (const { condition } of field.conditions.values()) if (!takeLooks(condition, looks)) return null;
    const bytes = looks.shapes.reduce((sum, { parts }) => sum + parts.join().length, 0);
    return bytes > MOST_BYTES ? null : new FieldJudge(field, looks);
  }

  /** Reads and judges the value that starts with `c`, and answers where it ends; 0 if it takes a closer look. */
  read(cursor: JsonCursor, from: number, c: number, sink: VerdictSink): number {
    if (c === QUOTE) return this.#string(cursor, from + 1, sink);
    if (c <= 57) return this.#number(cursor, from, sink);
    if ((c | 32) === OPEN_BRACE) return 0;
    const end = cursor.skipScalar(from, c);
    const kind = kindOf(c);
    let verdict = this.#byWord.get(kind);
    if (verdict === undefined) {
      verdict = this.#verdicts[this.#try(kind, cursor, from, end)]!;
      this.#byWord.set(kind, verdict);
    }
    give(verdict, sink);
    return end;
  }

  #string(cursor: JsonCursor, from: number, sink: VerdictSink): number {
    const { bytes } = cursor;
    const texts = this.#texts;
    const { columns } = texts;
    let { table } = texts;
    let row = 0;
    for (let i = from; ;) {
      let next = table[row + columns[bytes[i]!]!]!;
      while (next >= 0) {
        row = next;
        next = table[row + columns[bytes[++i]!]!]!;
      }
      if (next < UNKNOWN) {
        give(this.#verdicts[UNKNOWN - 1 - next]!, sink);
        return i + 1;
      }
      const c = bytes[i]!;
      if (c < 32 || c === BACKSLASH) return 0;
      if (c === QUOTE) table[row] = UNKNOWN - 1 - this.#try('string', cursor, from, i);
      else if (texts.follow(row, c) === UNKNOWN) return 0;
      ({ table } = texts);
    }
  }

  #number(cursor: JsonCursor, from: number, sink: VerdictSink): number {
    const { bytes, words } = cursor;
    const negative = bytes[from]! === MINUS;
    let i = negative ? from + 1 : from;
    let c = bytes[i]!;
    if (c < 48 || c > 57) return 0;
    let whole = 0;
    do {
      whole = whole * 10 + c - 48;
      c = bytes[++i]!;
    } while (c >= 48 && c <= 57 && whole > 0);
    if (whole >= MOST_WHOLE || (c >= 48 && c <= 57)) return 0;
    let width = 1;
    if (c === DOT) {
      const decimals = fourDigits(words.getInt32(i + 1, true));
      if (decimals >= 0) {
        whole += decimals * DECIMALS;
        width = DECIMALS;
      }
      const end = passDigits(words, i + 1);
      if (end === i + 1) return 0;
      i = end;
      c = bytes[i]!;
    }
    if ((c | 32) === LETTER_E) return 0;
    const near = negative ? -whole - width : whole;
    if (this.round === sink.round && near - MARGIN > this.#low && near + width + MARGIN < this.#high) {
      if (this.first === NO_NUMBER) this.#remember(cursor, from, i, near, near + width);
    } else {
      this.#place(cursor, from, i, sink);
    }
    return i;
  }

  /** Judges a number by its place. */
  #place(cursor: JsonCursor, from: number, end: number, sink: VerdictSink): void {
    let number: NumberKey | undefined = exactDouble(cursor.bytes, from, end);
    if (Number.isNaN(number)) {
      this.#value.place('number', cursor, from, end, null);
      ({ number } = this.#value);
    }
    const bounds = this.#bounds;
    const place = typeof number === 'number' ? placeOf(number, bounds) : bounds.length * 2 + 1;
    this.#byPlace[place] ??= this.#verdicts[this.#try('number', cursor, from, end)]!;
    give(this.#byPlace[place], sink);
    if ((place & 1) !== 0) return;
    this.round = sink.round;
    this.first = NO_NUMBER;
    this.#low = place === 0 ? -Infinity : bounds[place / 2 - 1]!;
    this.#high = place === 2 * bounds.length ? Infinity : bounds[place / 2]!;
  }

  /** Remembers as few first bytes of a number as show that it lies between the bounds at hand. */
  #remember({ bytes, words }: JsonCursor, from: number, end: number, low: number, high: number): void {
    this.first = TRIED;
    let unit = 0;
    for (let count = 1; count <= LONG_BYTES && from + count <= end; count++) {
      if (unit > 0) unit /= 10;
      else if (bytes[from + count - 1]! === DOT) unit = 1;
      // Numbers that begin alike are less than a unit apart; a little more makes up for what sums are off.
      const apart = 1.01 * unit;
      if (unit === 0 || count < 4 || low - apart <= this.#low || high + apart >= this.#high) continue;
      this.lastAt = count - 4;
      this.first = words.getInt32(from, true);
      this.last = words.getInt32(from + this.lastAt, true);
      return;
    }
  }

  /** The number of the verdict on all values that look like this one. */
  #try(kind: ValueKind, cursor: JsonCursor, start: number, end: number): number {
    const value = this.#value;
    value.place(kind, cursor, start, end, null);
    const held = this.#conditions.filter(({ condition }) => condition.test(value));
    const key = held.map(({ condition }) => condition.key).join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#verdicts.push(new Verdict(held)) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}

function give(verdict: Verdict, sink: VerdictSink): void {
  if (verdict.round !== sink.round) sink.grant(verdict);
}

/** The number that four digits in a row are; negative if they are none. */
function fourDigits(word: number): number {
  if ((((word + 0x46464646) | (word - 0x30303030) | word) & 0x80808080) !== 0) return -1;
  const digits = word & 0x0f0f0f0f;
  const pairs = digits * 10 + (digits >>> 8);
  return (pairs & 255) * 100 + ((pairs >>> 16) & 255);
}

function placeOf(number: number, bounds: Float64Array): number {
  let place = 0;
  while (place < bounds.length && bounds[place]! < number) place++;
  return place < bounds.length && bounds[place] === number ? 2 * place + 1 : 2 * place;
}

/** Adds what a condition tells apart; answers whether that is all. */
function takeLooks({ reach, globs, operator, key, index }: Condition, looks: Looks): boolean {
  if (globs !== undefined) {
    for (const parts of globs) looks.shapes.push({ parts, ignoresCase: false });
    return true;
  }
  if (reach !== undefined) return takeReach(reach, looks);
  return operator === 'exists' || (index === undefined && WORDS.has(key));
}

function takeReach(reach: Reach, looks: Looks): boolean {
  switch (reach.by) {
    case 'range':
      looks.bounds.push(...[reach.low, reach.high].filter(Number.isFinite));
      return true;
    case 'other':
      return reach.than.every((each) => takeReach(each, looks));
    case 'infix':
      return false;
  }
  const { by, text, ignoresCase, suffices } = reach;
  looks.shapes.push({
    parts: by === 'text' ? [text] : by === 'prefix' ? [text, ''] : ['', text],
    ignoresCase,
  });
  return suffices;
}
