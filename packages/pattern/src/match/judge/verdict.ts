import type { FieldCondition } from '../field.ts';
import type { SharedLeaf } from '../shared-leaf.ts';

/** What becomes of verdicts. */
export interface VerdictSink {
  /** Numbers the events. */
  readonly round: number;
  /** Some value outside of all arrays of objects has led to the verdict. */
  grant(verdict: Verdict): void;
}

/** The conditions on one field that a value satisfies, and what follows from them. Valid until rules change. */
export class Verdict {
  /** The last event in which it was granted. */
  round = 0;
  /** The rules that match because of it alone: which words of their bits, and the bits in these. */
  readonly words: number[] = [];
  readonly bits: number[] = [];
  /** The conditions that patterns of several leaves ask for. */
  readonly asked: FieldCondition[] = [];

  constructor(conditions: readonly FieldCondition[]) {
    for (const condition of conditions) {
      const leaves = leavesOf(condition);
      // Leaves that lead nowhere are asked for once another one has led to their pattern.
      let asked = condition.references > leaves.length;
      for (const leaf of leaves) {
        for (const { rule } of leaf.alone) this.#include(rule);
        if (leaf.references > leaf.alone.length) asked = true;
      }
      if (asked) this.asked.push(condition);
    }
  }

  #include(bit: number): void {
    let at = this.words.indexOf(bit >> 5);
    if (at < 0) at = this.words.push(bit >> 5) - 1;
    this.bits[at] = this.bits[at]! | (1 << (bit & 31));
  }
}

function leavesOf({ leaf, moreLeaves }: FieldCondition): readonly SharedLeaf[] {
  return leaf === null ? [] : [leaf, ...(moreLeaves ?? [])];
}
