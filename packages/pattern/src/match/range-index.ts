/**
 * Conditions on ranges of numbers, held by trees that are made when they are first needed.
 *
 * Changes do not throw a tree away. New ranges stand beside it and are tried one by one; many of them become a tree of
 * their own, together with those trees that are not much larger, so that there are few. Ranges that have left are found on,
 * which does no harm to anyone, until there are enough of them.
 */
import type { EventValue } from '../event-value.ts';
import type { NumberRange } from '../operators/number-range.ts';
import type { FieldCondition } from './field.ts';
import { RangeTree } from './range-tree.ts';
import type { HeldRange } from './range-tree.ts';
import type { ConditionSink } from './value-index.ts';

/** More ranges than these do not stand beside the trees. */
const FEW = 32;
/** No tree holds more, so that making one keeps an event waiting for some milliseconds only. */
const MOST_IN_TREE = 16_384;

export class RangeIndex {
  /** How many ranges there are. */
  size = 0;
  /** The largest stands first. */
  #trees: RangeTree[] = [];
  #beside: HeldRange[] = [];
  /** Conditions whose ranges have left, while a tree may hold some. */
  readonly #gone = new Set<FieldCondition>();

  add(reach: NumberRange, condition: FieldCondition): void {
    if (this.#gone.has(condition)) this.#takeApart();
    this.#beside.push({ reach, condition });
    this.size++;
  }

  /** Removes one range of the condition; the others must follow. */
  remove(condition: FieldCondition): void {
    this.#gone.add(condition);
    this.size--;
  }

  find(value: EventValue, sink: ConditionSink): void {
    const { number } = value;
    // What no double holds lies in no range.
    if (typeof number !== 'number') return;
    if (this.#gone.size > FEW + this.size) this.#takeApart();
    if (this.#beside.length > FEW) this.#build();
    for (const { reach, condition } of this.#beside) {
      if (reach.holds(number)) sink.found(condition, value, true);
    }
    const trees = this.#trees;
    for (let i = 0; i < trees.length; i++) trees[i]!.find(number, value, sink);
  }

  /** Makes a tree of ranges beside, together with the trees that have at most twice as many as have come before them. */
  #build(): void {
    const trees = this.#trees;
    let ranges = this.#beside.splice(-MOST_IN_TREE);
    while (trees.length > 0) {
      const { length } = trees.at(-1)!.ranges;
      if (length > 2 * ranges.length || length + ranges.length > MOST_IN_TREE) break;
      ranges = ranges.concat(trees.pop()!.ranges);
    }
    const left = this.#without(ranges);
    if (left.length > 0) trees.push(new RangeTree(left));
    if (trees.length < 2 && this.#beside.length === 0) this.#gone.clear();
  }

  /** Puts all ranges beside, and forgets those that have left. */
  #takeApart(): void {
    this.#beside = this.#without(this.#trees.flatMap(({ ranges }) => ranges).concat(this.#beside));
    this.#trees = [];
    this.#gone.clear();
  }

  #without(ranges: readonly HeldRange[]): HeldRange[] {
    return ranges.filter(({ condition }) => !this.#gone.has(condition));
  }
}
