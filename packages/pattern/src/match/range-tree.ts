/**
 * Ranges of numbers that stay as they are, found by where a number lies among all their bounds.
 *
 * The bounds cut the numbers into slots, even ones between bounds and odd ones for the bounds themselves. Every range
 * covers a run of slots. Above them stand levels of nodes that cover four of the level below each, and a range is listed
 * at the few nodes that make up its run. So a number costs the search for its slot and the way from there to the top.
 */
import type { EventValue } from '../event-value.ts';
import { exactDouble, POWERS_OF_TEN } from '../json/exact-double.ts';
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

/** Beginnings of numbers whose slot is remembered; a power of two. */
const BEGINNINGS = 256;
const LONG_BYTES = 8;
const SHORT_BYTES = 6;
/** What is left of the second word of a short beginning. No long one looks like it. */
const SHORT = 0xffff;
/** With more bounds than these, few beginnings lie between two of them. */
const MOST_BOUNDS = 64;
const DOT = 46;

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
  /** For each slot, the last round in which a number there has told all that there is to tell. */
  readonly #settled: Float64Array;
  /** By a hash: the first bytes of numbers, as two words, and the slot in which all that begin so lie. */
  readonly #beginnings: Int32Array;
  #recalled = 0;

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
    this.#settled = new Float64Array(length > MOST_BOUNDS ? 0 : this.#slots);
    this.#beginnings = new Int32Array(length > MOST_BOUNDS ? 0 : 3 * BEGINNINGS);
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
    const slot = this.#slot(number);
    if (this.#settled.length > 0) {
      if (this.#settled[slot] === sink.round) return;
      this.#settle(value, slot, sink.round);
    }
    const starts = this.#starts;
    const listed = this.#listed;
    let node = slot;
    let level = 0;
    for (let size = this.#slots; ; size = (size + WITHIN_NODE) >> LEVEL) {
      const end = starts[level + node + 1]!;
      for (let i = starts[level + node]!; i < end; i++) sink.found(listed[i]!, value, true);
      if (size === 1) return;
      level += size;
      node >>= LEVEL;
    }
  }

  /**
   * How many first bytes of a number show that it would tell nothing new in this round, unless it has an exponent; 0 if
   * they do not. Values of one array often lie close together, and one of them has told what there is to tell.
   */
  knows(words: DataView, start: number, round: number): number {
    if (this.#beginnings.length === 0) return 0;
    const found = this.#recall(words.getInt32(start, true), words.getInt32(start + 4, true));
    return found === 0 || this.#settled[this.#recalled]! !== round ? 0 : found;
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

  /** Notes that other numbers in the slot tell nothing new in this round, and how to know such by their beginning. */
  #settle({ bytes, start, end }: EventValue, slot: number, round: number): void {
    this.#settled[slot] = round;
    if (end - start <= LONG_BYTES) return;
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

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Where a beginning of a number is remembered. */
function placeOf(first: number, second: number): number {
  return 3 * (Math.imul(first ^ Math.imul(second, 0x85ebca6b), 0x9e3779b1) >>> 24);
}
