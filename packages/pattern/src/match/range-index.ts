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
import { CERTAIN_DIGITS, FEW_DIGITS, NumberEstimate } from '../json/number-estimate.ts';
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

const estimate = new NumberEstimate();

export class RangeIndex {
  readonly #ranges = new Map<FieldCondition, Range[]>();
  /** Ranges that the tree does not hold yet. */
  #beside: Range[] = [];
  #size = 0;
  #removed = 0;
  #bounds = new Float64Array(0);
  #leaves = 1;
  #tree: (Range[] | undefined)[] = [];
  /** In this round, numbers between these two were settled. */
  #round = 0;
  #above = 0;
  #below = 0;

  get size(): number {
    return this.#size;
  }

  add(reach: RangeReach, condition: FieldCondition): void {
    const range = { reach, condition, removed: false };
    const known = this.#ranges.get(condition);
    if (known === undefined) this.#ranges.set(condition, [range]);
    else known.push(range);
    this.#beside.push(range);
    this.#round = 0;
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

  find(value: EventValue, sink: ConditionSink): void {
    if (this.#beside.length > 0 || this.#removed > 0) this.#tidy();
    const { bytes, start, end } = value;
    const { round } = sink;
    estimate.read(bytes, start, end, FEW_DIGITS);
    let { low, exact } = estimate;
    // Values of one array often lie close together, and one of them has told all that there is to tell.
    if (this.#round === round && low > this.#above && estimate.high < this.#below) return;
    let slot = this.#slot(low);
    if (!exact && !this.#holdsBetween(slot, low, estimate.high)) {
      estimate.read(bytes, start, end, CERTAIN_DIGITS);
      ({ low, exact } = estimate);
      slot = this.#slot(low);
    }
    if (!exact && !this.#holdsBetween(slot, low, estimate.high)) {
      // A bound is too near to tell without the last digit.
      if (typeof value.number !== 'number') return;
      low = value.number;
      exact = true;
      slot = this.#slot(low);
    }
    for (let node = slot + this.#leaves; node > 0; node >>= 1) {
      const ranges = this.#tree[node];
      if (ranges === undefined) continue;
      for (let i = 0; i < ranges.length; i++) {
        const { condition, removed } = ranges[i]!;
        if (removed || !sink.wants(condition)) continue;
        // What no double holds lies in no range.
        if (!exact && !isDouble(value)) return;
        exact = true;
        sink.found(condition, value, true);
      }
    }
    if (this.#beside.length > 0) this.#try(value, sink);
    else this.#settle(slot, round);
  }

  /** Whether nothing but the space between two bounds lies between two numbers, of which the lower is in `slot`. */
  #holdsBetween(slot: number, low: number, high: number): boolean {
    if ((slot & 1) === 1) return false;
    const next = slot >> 1;
    return low < high && (next === this.#bounds.length || high < this.#bounds[next]!);
  }

  /** Notes that other numbers in the slot tell nothing new in this round. */
  #settle(slot: number, round: number): void {
    const bounds = this.#bounds;
    if ((slot & 1) === 1) return;
    const next = slot >> 1;
    this.#round = round;
    this.#above = next === 0 ? Number.NEGATIVE_INFINITY : bounds[next - 1]!;
    this.#below = next === bounds.length ? Number.POSITIVE_INFINITY : bounds[next]!;
  }

  #tidy(): void {
    const spare = this.#size < MANY ? 0 : Math.sqrt(this.#size);
    if (this.#beside.length > spare || this.#removed > spare) this.#build();
  }

  #try(value: EventValue, sink: ConditionSink): void {
    const number = value.number;
    if (typeof number !== 'number') return;
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

/** Whether a double holds exactly the number that is written. */
function isDouble(value: EventValue): boolean {
  estimate.read(value.bytes, value.start, value.end, CERTAIN_DIGITS);
  return estimate.exact || typeof value.number === 'number';
}
