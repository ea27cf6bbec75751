import type { Condition } from '../operators/operator.ts';
import type { Combined } from './combined.ts';
import type { Field, FieldCondition } from './field.ts';
import { putIn, takeOut } from './placed.ts';

/** A leaf, shared by all patterns that state the same alternatives for the same field. */
export class SharedLeaf {
  /** By which the field finds the leaf, if it has several conditions. */
  readonly key: string;
  readonly field: Field;
  readonly conditions: readonly FieldCondition[];
  /** The leaf holds where the field has no value. */
  readonly acceptsAbsence: boolean;
  /** What it costs to find combinations through this leaf, measured in combinations that are found in vain. */
  readonly cost: number;
  /** How many combinations hold the leaf. */
  references = 0;
  /** The combinations of several leaves that are found through this one. */
  entries: Combined[] = NONE;
  /** The combinations that consist of this leaf. */
  alone: Combined[] = NONE;
  /** The bit of the only rule that the leaf leads to, if that needs nothing else to match; -1 otherwise. */
  rule = -1;
  /** The last event in which the leaf was found to hold. */
  visited = 0;
  #generation = 0;
  #satisfied = false;

  constructor(key: string, field: Field, conditions: readonly FieldCondition[]) {
    this.key = key;
    this.field = field;
    this.conditions = conditions;
    this.acceptsAbsence = conditions.some(({ condition }) => condition.acceptsAbsence === true);
    this.cost = costOf(conditions);
  }

  /**
   * Whether the leaf can hold. One that accepts absence can where its values lie in arrays of objects: the field
   * may be absent within the element that counts.
   */
  satisfied(generation: number): boolean {
    if (this.#generation !== generation) {
      this.#generation = generation;
      this.#satisfied = this.#canHold(generation);
    }
    return this.#satisfied;
  }

  #canHold(generation: number): boolean {
    const { field, acceptsAbsence } = this;
    const { present } = field;
    if (!present || field.holdsElements) {
      if (acceptsAbsence) return true;
      if (!present) return false;
    }
    const { conditions } = this;
    for (let i = 0; i < conditions.length; i++) {
      if (conditions[i]!.satisfied(generation)) return true;
    }
    return false;
  }

  /** How many combinations are found through this leaf. */
  get led(): number {
    return this.entries.length + this.alone.length;
  }

  /** Lists a combination that is found through this leaf. */
  enlist(combined: Combined): void {
    const list = combined.leaves.length === 1 ? this.alone : this.entries;
    // A list of one is the most common by far, and made like this it has no spare room.
    if (list.length > 0) putIn(list, combined);
    else if (combined.leaves.length === 1) this.alone = [combined];
    else this.entries = [combined];
    this.renumber();
  }

  /** Undoes `enlist`. */
  discharge(combined: Combined): void {
    takeOut(combined.leaves.length === 1 ? this.alone : this.entries, combined);
    this.renumber();
  }

  /** Takes note that rules have come, have gone, or have other bits. */
  renumber(): void {
    this.rule = this.led === 1 && this.alone.length === 1 ? this.alone[0]!.rule : -1;
  }
}

/** Never filled: an empty list costs nothing. */
const NONE: Combined[] = [];

/** Least if all alternatives are looked up by the value itself, since few values have them. */
function costOf(conditions: readonly FieldCondition[]): number {
  if (conditions.every(({ condition }) => isExact(condition))) return 0;
  return conditions.every(({ eager }) => eager) ? COST_OF_REACH : Infinity;
}

const COST_OF_REACH = 8;

function isExact({ operator, reach, index }: Condition): boolean {
  if (reach === undefined) return index !== undefined || operator === 'literal';
  return reach.by === 'text' || (reach.by === 'range' && reach.low === reach.high);
}
