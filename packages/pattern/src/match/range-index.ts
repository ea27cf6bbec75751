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

/** More ranges than these do not stand beside the trees; none do while there are fewer than `MANY` in all. */
const FEW = 32;
const MANY = 100;

export class RangeIndex {
  /** How many ranges there are. */
  size = 0;
  /** The largest stands first. */
  #trees: RangeTree[] = [];
  #beside: HeldRange[] = [];
  /** Conditions whose ranges have left, while a tree may hold some. */
  readonly #gone = new Set<FieldCondition>();

  add(reach: NumberRange, condition: FieldCondition): void {
    if (this.#gone.has(condition)) this.#build(Infinity);
    this.#beside.push({ reach, condition });
    this.size++;
  }

  /** Removes one range of the condition; the others must follow. */
  remove(condition: FieldCondition): void {
    this.#gone.add(condition);
    this.size--;
  }

  /** See `RangeTree.knows`. */
  knows(words: DataView, start: number, round: number): number {
    if (this.#beside.length > 0 || this.#trees.length !== 1) return 0;
    return this.#trees[0]!.knows(words, start, round);
  }

  find(value: EventValue, sink: ConditionSink): void {
    const { number } = value;
    // What no double holds lies in no range.
    if (typeof number !== 'number') return;
    const beside = this.#beside;
    if (this.#gone.size > MANY + this.size) this.#build(Infinity);
    else if (beside.length > (this.size < MANY ? 0 : FEW)) this.#build(2);
    for (const { reach, condition } of this.#beside) {
      if (reach.holds(number)) sink.found(condition, value, true);
    }
    const trees = this.#trees;
    for (let i = 0; i < trees.length; i++) trees[i]!.find(number, value, sink);
  }

  /** Makes a tree of the ranges beside, together with each tree that has at most `times` as many as have come before it. */
  #build(times: number): void {
    let ranges = this.#beside;
    while (this.#trees.length > 0 && this.#trees.at(-1)!.ranges.length <= times * ranges.length) {
      ranges = ranges.concat(this.#trees.pop()!.ranges);
    }
    const left = ranges.filter(({ condition }) => !this.#gone.has(condition));
    if (left.length > 0) this.#trees.push(new RangeTree(left));
    this.#beside = [];
    if (this.#trees.length < 2) this.#gone.clear();
  }
}
