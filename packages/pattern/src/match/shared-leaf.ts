import type { Condition } from '../operators/operator.ts';
import type { Combined } from './combined.ts';
import type { Field, FieldCondition } from './field.ts';

/** A leaf, shared by all patterns that state the same alternatives for the same field. */
export class SharedLeaf {
  readonly key: string;
  readonly field: Field;
  readonly conditions: readonly FieldCondition[];
  /** The leaf holds where the field has no value. */
  readonly acceptsAbsence: boolean;
  /** All alternatives are looked up by the value itself, and few values have them. */
  readonly exact: boolean;
  /** How many combinations hold the leaf. */
  references = 0;
  /** The combinations that are found through this leaf. */
  readonly entries: Combined[] = [];
  #generation = 0;
  #satisfied = false;
  #visited = 0;

  constructor(key: string, field: Field, conditions: readonly FieldCondition[]) {
    this.key = key;
    this.field = field;
    this.conditions = conditions;
    this.acceptsAbsence = conditions.some(({ condition }) => condition.acceptsAbsence === true);
    this.exact = !this.acceptsAbsence && conditions.every(({ condition }) => isExact(condition));
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
    if (field.count === 0 || field.holdsElements) {
      if (acceptsAbsence) return true;
      if (field.count === 0) return false;
    }
    const { conditions } = this;
    for (let i = 0; i < conditions.length; i++) {
      if (conditions[i]!.satisfied(generation)) return true;
    }
    return false;
  }

  /** Whether some value satisfies the leaf, or, if it accepts that, there is none at all. */
  holdsAlone(generation: number): boolean {
    if (this.field.count === 0) return this.acceptsAbsence;
    for (const condition of this.conditions) {
      if (condition.satisfying(generation).length > 0) return true;
    }
    return false;
  }

  /** Whether this is the first visit in the event. */
  visit(generation: number): boolean {
    const first = this.#visited !== generation;
    this.#visited = generation;
    return first;
  }
}

function isExact({ reach, index }: Condition): boolean {
  if (reach === undefined) return index !== undefined;
  return reach.by === 'text' || (reach.by === 'range' && reach.low === reach.high);
}
