/**
 * Conditions on ranges of numbers, found by where a number lies among all their bounds.
 *
 * The bounds cut the numbers into slots, every range covers a run of them, and a tree over the slots holds each range at
 * the few nodes that make up its run. A number costs a binary search and the way from its slot to the root.
 *
 * The tree is made when it is first needed. Changes do not throw it away: some ranges beside it are tried one by
 * one, and those that left are passed over, until there are enough of them.
 */
import type { EventValue } from '../event-value.ts';
import { exactDouble, POWERS_OF_TEN } from '../json/exact-double.ts';
import type { Reach } from '../operators/operator.ts';
import type { FieldCondition } from './field.ts';
import type { ConditionSink } from './value-index.ts';

export type RangeReach = Extract<Reach, { by: 'range' }>;

interface Range {
  readonly reach: RangeReach;
  readonly condition: FieldCondition;
  removed: boolean;
}

/** Fewer ranges than these are put into a new tree at once. */
const MANY = 100;

/** Beginnings of numbers whose slot is remembered; a power of two. */
const BEGINNINGS = 256;
const LONG_BYTES = 8;
const SHORT_BYTES = 6;
/** What is left of the second word of a short beginning. No long one looks like it. */
const SHORT = 0xffff;
/** With more bounds than these, few beginnings lie between two of them. */
const MOST_BOUNDS = 64;
const DOT = 46;

export class RangeIndex {
  readonly #ranges = new Map<FieldCondition, Range[]>();
  /** Ranges that the tree does not hold yet. */
  #beside: Range[] = [];
  #size = 0;
  #removed = 0;
  #bounds = new Float64Array(0);
  #leaves = 1;
  #tree: (Range[] | undefined)[] = [];
  /** For each slot, the last round in which a number there has told all that there is to tell. */
  #settled = new Float64Array(1);
  /** By a hash: the first bytes of numbers, as two words, and the slot in which all that begin so lie. */
  #beginnings = new Int32Array(0);
  #recalled = 0;

  get size(): number {
    return this.#size;
  }

  add(reach: RangeReach, condition: FieldCondition): void {
    const range = { reach, condition, removed: false };
    const known = this.#ranges.get(condition);
    if (known === undefined) this.#ranges.set(condition, [range]);
    else known.push(range);
    this.#beside.push(range);
    this.#size++;
  }

  /** Removes all ranges of the condition. */
  remove(condition: FieldCondition): void {
    for (const range of this.#ranges.get(condition) ?? []) {
      range.removed = true;
      this.#size--;
      this.#removed++;
    }
    this.#ranges.delete(condition);
  }

  /**
   * How many first bytes of a number show that it would tell nothing new in this round, unless it has an exponent; 0 if
   * they do not. Values of one array often lie close together, and one of them has told what there is to tell.
   */
  knows(words: DataView, start: number, round: number): number {
    if (this.#beginnings.length === 0 || this.#beside.length > 0) return 0;
    const found = this.#recall(words.getInt32(start, true), words.getInt32(start + 4, true));
    if (found === 0 || this.#settled[this.#recalled]! !== round) return 0;
    return found;
  }

  /** How many bytes of a number's beginning tell its slot, which is `#recalled` then; 0 if they do not. */
  #recall(first: number, second: number): number {
    const beginnings = this.#beginnings;
    const short = second & SHORT;
    let at = placeOf(first, short);
    let found = SHORT_BYTES;
    if (beginnings[at]! !== first || beginnings[at + 1]! !== short) {
      at = placeOf(first, second);
      if (beginnings[at]! !== first || beginnings[at + 1]! !== second) return 0;
      found = LONG_BYTES;
    }
    this.#recalled = beginnings[at + 2]!;
    return found;
  }

  find(value: EventValue, sink: ConditionSink): void {
    const { number } = value;
    // What no double holds lies in no range.
    if (typeof number !== 'number') return;
    if (this.#beside.length > 0 || this.#removed > 0) this.#tidy();
    const slot = this.#slot(number);
    if (this.#beside.length > 0) this.#try(number, value, sink);
    else if (this.#settled[slot]! === sink.round) return;
    for (let node = slot + this.#leaves; node > 0; node >>= 1) {
      const ranges = this.#tree[node];
      if (ranges === undefined) continue;
      for (let i = 0; i < ranges.length; i++) {
        if (!ranges[i]!.removed) sink.found(ranges[i]!.condition, value, true);
      }
    }
    if (this.#beside.length === 0) this.#settle(value, slot, sink.round);
  }

  /** Notes that other numbers in the slot tell nothing new in this round, and how to know such by their beginning. */
  #settle({ bytes, start, end }: EventValue, slot: number, round: number): void {
    this.#settled[slot] = round;
    if (end - start <= LONG_BYTES || this.#beginnings.length === 0) return;
    const first = wordAt(bytes, start);
    const second = wordAt(bytes, start + 4);
    if (this.#recall(first, second) > 0) return;
    if (this.#coversBeginning(bytes, start, SHORT_BYTES, slot)) this.#remember(first, second & SHORT, slot);
    else if (this.#coversBeginning(bytes, start, LONG_BYTES, slot)) this.#remember(first, second, slot);
  }

  /** Whether all numbers that begin with some bytes, a decimal point among them, lie in one slot between bounds. */
  #coversBeginning(bytes: Uint8Array, start: number, count: number, slot: number): boolean {
    let decimals = count - 1;
    while (decimals >= 0 && bytes[start + count - 1 - decimals]! !== DOT) decimals--;
    if (decimals < 1) return false;
    const number = exactDouble(bytes, start, start + count);
    // A little wider on both sides, for what the sums are off.
    const width = 2 / POWERS_OF_TEN[decimals]!;
    return (slot & 1) === 0 && this.#slot(number - width) === slot && this.#slot(number + width) === slot;
  }

  #remember(first: number, second: number, slot: number): void {
    const at = placeOf(first, second);
    this.#beginnings[at] = first;
    this.#beginnings[at + 1] = second;
    this.#beginnings[at + 2] = slot;
  }

  #tidy(): void {
    const spare = this.#size < MANY ? 0 : Math.sqrt(this.#size);
    if (this.#beside.length > spare || this.#removed > spare) this.#build();
  }

  #try(number: number, value: EventValue, sink: ConditionSink): void {
    for (const { reach, condition, removed } of this.#beside) {
      if (removed || number < reach.low || number > reach.high) continue;
      if ((reach.openLow && number === reach.low) || (reach.openHigh && number === reach.high)) continue;
      sink.found(condition, value, true);
    }
  }

  /** Even slots lie between bounds, odd ones are the bounds themselves. */
  #slot(number: number): number {
    const bounds = this.#bounds;
    let from = 0;
    let to = bounds.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (bounds[middle]! < number) from = middle + 1;
      else to = middle;
    }
    return from < bounds.length && bounds[from] === number ? 2 * from + 1 : 2 * from;
  }

  #build(): void {
    const all = [...this.#ranges.values()].flat();
    const bounds = all.flatMap(({ reach }) => [reach.low, reach.high]).filter(Number.isFinite);
    this.#bounds = Float64Array.from(new Set(bounds)).toSorted();
    this.#leaves = 2 * this.#bounds.length + 1;
    this.#tree = Array.from({ length: 2 * this.#leaves });
    for (const range of all) this.#insert(range);
    this.#settled = new Float64Array(this.#leaves);
    this.#beginnings = new Int32Array(bounds.length > MOST_BOUNDS ? 0 : 3 * BEGINNINGS);
    this.#beside = [];
    this.#removed = 0;
  }

  #insert(range: Range): void {
    const { low, high, openLow, openHigh } = range.reach;
    let left = this.#leaves + (low === Number.NEGATIVE_INFINITY ? 0 : this.#slot(low) + (openLow ? 1 : 0));
    let right = this.#leaves;
    right += high === Number.POSITIVE_INFINITY ? this.#leaves : this.#slot(high) + (openHigh ? 0 : 1);
    for (; left < right; left >>= 1, right >>= 1) {
      if (left & 1) this.#hold(left++, range);
      if (right & 1) this.#hold(--right, range);
    }
  }

  #hold(node: number, range: Range): void {
    const held = this.#tree[node];
    if (held === undefined) this.#tree[node] = [range];
    else held.push(range);
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Where a beginning of a number is remembered. */
function placeOf(first: number, second: number): number {
  return 3 * (Math.imul(first ^ Math.imul(second, 0x85ebca6b), 0x9e3779b1) >>> 24);
}
