/**
 * Collects the rules that an event matches and puts them into the order in which they were added.
 *
 * Rules are often found in that order already, or in a few runs of it, so that runs are merged instead of sorted.
 */
import type { RuleState } from './combined.ts';
import { Pile } from './pile.ts';

export class RuleList<Rule extends RuleState> {
  #rules = new Pile<Rule>();
  #spare = new Pile<Rule>();
  /** Where runs of ascending rules start. */
  readonly #runs = new Pile<number>();
  #last = 0;

  clear(): void {
    this.#rules.clear();
    this.#spare.clear();
    this.#runs.clear();
  }

  add(rule: Rule): void {
    const rules = this.#rules;
    if (rules.count === 0 || this.#last > rule.sequence) this.#runs.add(rules.count);
    this.#last = rule.sequence;
    rules.add(rule);
  }

  /** The rules in their order; valid until the next call. */
  inOrder(): Pile<Rule> {
    const runs = this.#runs;
    while (runs.count > 1) {
      const starts = runs.count;
      const { count } = this.#rules;
      this.#spare.clear();
      runs.count = 0;
      for (let i = 0; i < starts; i += 2) {
        const start = runs.items[i]!;
        const middle = i + 1 < starts ? runs.items[i + 1]! : count;
        this.#merge(start, middle, i + 2 < starts ? runs.items[i + 2]! : count);
        runs.add(start);
      }
      const merged = this.#spare;
      this.#spare = this.#rules;
      this.#rules = merged;
    }
    return this.#rules;
  }

  /** Merges the run from `start` with the one from `middle` into the spare list. */
  #merge(start: number, middle: number, end: number): void {
    const from = this.#rules.items;
    const to = this.#spare;
    let left = start;
    let right = middle;
    for (let i = start; i < end; i++) {
      const takesLeft = right >= end || (left < middle && from[left]!.sequence < from[right]!.sequence);
      to.add(from[takesLeft ? left++ : right++]!);
    }
  }
}
