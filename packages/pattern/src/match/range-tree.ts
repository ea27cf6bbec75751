/**
 * Ranges of numbers that stay as they are, found by where a number lies among all their bounds.
 *
 * The bounds cut the numbers into slots, even ones between bounds and odd ones for the bounds themselves. Every range
 * covers a run of slots. Above them stand levels of nodes that cover four of the level below each, and a range is listed
 * at the few nodes that make up its run. So a number costs the search for its slot and the way from there to the top.
 */
import type { EventValue } from '../event-value.ts';
import type { NumberRange } from '../operators/number-range.ts';
import type { FieldCondition } from './field.ts';
import type { ConditionSink } from './value-index.ts';

/** A range, and the condition that it belongs to. */
export interface HeldRange {
  readonly reach: NumberRange;
  readonly condition: FieldCondition;
}

/** Two bits of a slot's number for each level. */
const LEVEL = 2;
const WITHIN_NODE = 3;

export class RangeTree {
  readonly ranges: readonly HeldRange[];
  /** The finite bounds, ascending. */
  readonly #bounds: Float64Array;
  /** The numbers from the first bound to the last, in as many equal parts as there are bounds: the first bound in each. */
  readonly #parts: Int32Array;
  /** Parts a unit. */
  readonly #scale: number;
  readonly #slots: number;
  /** Where the list of each node begins, level by level. */
  readonly #starts: Int32Array;
  readonly #listed: FieldCondition[];

  constructor(ranges: readonly HeldRange[]) {
    this.ranges = ranges;
    this.#bounds = boundsOf(ranges);
    const { length } = this.#bounds;
    this.#slots = 2 * length + 1;
    const width = length < 2 ? 0 : this.#bounds[length - 1]! - this.#bounds[0]!;
    this.#scale = width > 0 && width < Infinity ? (length - 1) / width : 0;
    this.#parts = new Int32Array(length + 1).fill(length);
    for (let i = length - 1; i >= 0; i--) this.#parts[this.#part(this.#bounds[i]!)] = i;
    for (let i = length - 1; i >= 0; i--) this.#parts[i] = Math.min(this.#parts[i]!, this.#parts[i + 1]!);
    const places: number[] = [];
    for (const { reach } of ranges) places.push(this.#first(reach), this.#end(reach));
    const starts = new Int32Array(nodesOver(this.#slots) + 1);
    cover(places, this.#slots, (node) => starts[node + 1]!++);
    for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
    this.#listed = Array.from({ length: starts[starts.length - 1]! });
    const filled = starts.slice();
    cover(places, this.#slots, (node, range) => {
      this.#listed[filled[node]!++] = ranges[range]!.condition;
    });
    this.#starts = starts;
  }

  /** The first slot of a range. */
  #first({ low, openLow }: NumberRange): number {
    return low === -Infinity ? 0 : this.#slot(low) + (openLow ? 1 : 0);
  }

  /** The slot behind a range. */
  #end({ high, openHigh }: NumberRange): number {
    return high === Infinity ? this.#slots : this.#slot(high) + (openHigh ? 0 : 1);
  }

  /** The part that a number lies in, or the one next to it. */
  #part(number: number): number {
    const at = (number - this.#bounds[0]!) * this.#scale;
    const last = this.#bounds.length - 1;
    return at >= 1 ? Math.min(Math.floor(at), last) : 0;
  }

  #slot(number: number): number {
    const bounds = this.#bounds;
    if (bounds.length === 0) return 0;
    const part = this.#part(number);
    let from = this.#parts[part]!;
    let to = this.#parts[part + 1]!;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (bounds[middle]! < number) from = middle + 1;
      else to = middle;
    }
    return from < bounds.length && bounds[from] === number ? 2 * from + 1 : 2 * from;
  }

  /** Hands the conditions whose ranges hold the number to `sink`. */
  find(number: number, value: EventValue, sink: ConditionSink): void {
    const starts = this.#starts;
    const listed = this.#listed;
    let node = this.#slot(number);
    let level = 0;
    for (let size = this.#slots; ; size = (size + WITHIN_NODE) >> LEVEL) {
      const end = starts[level + node + 1]!;
      for (let i = starts[level + node]!; i < end; i++) sink.found(listed[i]!, value, true);
      if (size === 1) return;
      level += size;
      node >>= LEVEL;
    }
  }
}

function boundsOf(ranges: readonly HeldRange[]): Float64Array {
  const bounds = new Float64Array(2 * ranges.length);
  ranges.forEach(({ reach }, index) => {
    bounds[2 * index] = reach.low;
    bounds[2 * index + 1] = reach.high;
  });
  bounds.sort();
  return bounds.filter((bound, index) => Number.isFinite(bound) && bound !== bounds[index - 1]);
}

/** How many nodes there are on all levels, slots among them. */
function nodesOver(slots: number): number {
  let count = slots;
  for (let size = slots; size > 1; count += size) size = (size + WITHIN_NODE) >> LEVEL;
  return count;
}

/** Takes, for each run of slots, the nodes that make it up, with the run's number. */
function cover(places: readonly number[], slots: number, take: (node: number, run: number) => void): void {
  for (let run = 0; 2 * run < places.length; run++) {
    let left = places[2 * run]!;
    let right = places[2 * run + 1]!;
    let level = 0;
    for (let size = slots; left < right; size = (size + WITHIN_NODE) >> LEVEL) {
      while (left < right && (left & WITHIN_NODE) > 0) take(level + left++, run);
      while (left < right && (right & WITHIN_NODE) > 0) take(level + --right, run);
      left >>= LEVEL;
      right >>= LEVEL;
      level += size;
    }
  }
}
