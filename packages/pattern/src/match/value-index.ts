/**
 * Finds the conditions on one field that a value satisfies, of those that say what their values look like.
 *
 * Texts, beginnings and ends are found by hashes, ranges of numbers by their place among all bounds. A condition that
 * excludes values is found unless its exceptions are: these are looked up first, and the rest is told apart by a stamp.
 */
import type { EventValue } from '../event-value.ts';
import type { Reach } from '../operators/operator.ts';
import type { FieldCondition } from './field.ts';
import { putIn, takeOut } from './placed.ts';
import { RangeIndex } from './range-index.ts';
import { TextIndex } from './text-index.ts';

/** What becomes of conditions that are found. */
export interface ConditionSink {
  /** What is found again within one round tells nothing new. Never zero while something is looked up. */
  readonly round: number;
  /** `value` satisfies the condition, or, if it does not suffice to be found, may satisfy it. */
  found(condition: FieldCondition, value: EventValue, suffices: boolean): void;
}

export class ValueIndex {
  readonly #texts: TextIndex[] = [];
  #ranges: RangeIndex | undefined;
  /** Conditions that exclude values. */
  readonly #others: FieldCondition[] = [];
  #exceptions: Exceptions | undefined;

  add(reach: Reach, condition: FieldCondition): void {
    if (reach.by === 'range') {
      this.#ranges ??= new RangeIndex();
      this.#ranges.add(reach, condition);
    } else if (reach.by === 'other') {
      putIn(this.#others, condition);
      this.#exceptions ??= new Exceptions();
      for (const exception of reach.than) this.#exceptions.index.add(exception, condition);
    } else {
      let index = this.#texts.find((each) => each.takes(reach));
      if (index === undefined) this.#texts.push((index = new TextIndex(reach)));
      index.add(reach, condition);
    }
  }

  remove(reach: Reach, condition: FieldCondition): void {
    if (reach.by === 'range') {
      this.#ranges?.remove(condition);
      if (this.#ranges?.size === 0) this.#ranges = undefined;
    } else if (reach.by === 'other') {
      takeOut(this.#others, condition);
      for (const exception of reach.than) this.#exceptions!.index.remove(exception, condition);
    } else {
      const at = this.#texts.findIndex((each) => each.takes(reach));
      this.#texts[at]!.remove(reach, condition);
      if (this.#texts[at]!.size === 0) this.#texts.splice(at, 1);
    }
  }

  find(value: EventValue, sink: ConditionSink): void {
    const { kind } = value;
    if (kind === 'string') {
      const texts = this.#texts;
      for (let i = 0; i < texts.length; i++) texts[i]!.find(value, sink);
    } else if (kind === 'number') {
      this.#ranges?.find(value, sink);
    }
    const others = this.#others;
    if (others.length === 0) return;
    const stamp = this.#exceptions!.mark(value);
    for (let i = 0; i < others.length; i++) {
      if (others[i]!.excluded !== stamp) sink.found(others[i]!, value, true);
    }
  }
}

/** Marks the conditions that exclude a value. */
class Exceptions implements ConditionSink {
  readonly index = new ValueIndex();
  round = 0;

  /** Answers what the conditions that exclude the value are marked with. */
  mark(value: EventValue): number {
    this.round++;
    this.index.find(value, this);
    return this.round;
  }

  found(condition: FieldCondition, value: EventValue, suffices: boolean): void {
    if (suffices || !condition.condition.test(value)) condition.excluded = this.round;
  }
}
