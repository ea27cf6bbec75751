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
  /** The bits of the rules that match because of it alone. */
  readonly rules: number[] = [];
  /** The conditions that patterns of several leaves ask for. */
  readonly asked: FieldCondition[] = [];

  constructor(conditions: readonly FieldCondition[]) {
    for (const condition of conditions) {
      const leaves = leavesOf(condition);
      // Leaves that lead nowhere are asked for once another one has led to their pattern.
      let asked = condition.references > leaves.length;
      for (const leaf of leaves) {
        for (const { rule } of leaf.alone) this.rules.push(rule);
        if (leaf.references > leaf.alone.length) asked = true;
      }
      if (asked) this.asked.push(condition);
    }
  }
}

function leavesOf({ leaf, moreLeaves }: FieldCondition): readonly SharedLeaf[] {
  return leaf === null ? [] : [leaf, ...(moreLeaves ?? [])];
}
