import type { EventValue } from '../event-value.ts';
import type { Condition, View } from '../operators/operator.ts';
import { ElementIndex } from './element-index.ts';
import type { PathNode } from './path-trie.ts';
import type { SharedLeaf } from './shared-leaf.ts';

/** One path that patterns read: its values in the event at hand, and the conditions that are tried on them. */
export class Field {
  readonly node: PathNode;
  /** The values in the event at hand, in the order of its text. */
  readonly values: EventValue[] = [];
  /** Whether a value lies within an array of objects. */
  holdsElements = false;
  /** The conditions on this field, by key. */
  readonly conditions = new Map<string, FieldCondition>();
  /** Conditions to be looked up by a view's key, for the leaves that lead to a pattern. */
  readonly #lookups = new Map<View, Map<string | number, FieldCondition[]>>();
  /** Conditions to be tried on every value, for the leaves that lead to a pattern. */
  readonly #trials: FieldCondition[] = [];
  /** Conditions that hold lists of the event's values. */
  readonly #tested: FieldCondition[] = [];
  readonly #leafElements = new Map<SharedLeaf, ElementIndex>();
  #generation = 0;
  #elements: ElementIndex | undefined;

  constructor(node: PathNode) {
    this.node = node;
  }

  /** Takes a value of the event numbered `generation`; answers whether it is the event's first one here. */
  add(value: EventValue, generation: number): boolean {
    const first = this.#generation !== generation;
    if (first) {
      this.clear();
      this.#generation = generation;
    }
    this.values.push(value);
    if (value.element !== null) this.holdsElements = true;
    return first;
  }

  /** Lets go of everything that belongs to the event. */
  clear(): void {
    this.values.length = 0;
    this.holdsElements = false;
    this.#elements = undefined;
    if (this.#leafElements.size > 0) this.#leafElements.clear();
    for (const condition of this.#tested) condition.forget();
    this.#tested.length = 0;
  }

  /** Has the condition forget its result when the event is over. */
  remember(condition: FieldCondition): void {
    this.#tested.push(condition);
  }

  /** The array elements that the values lie in. */
  get elements(): ElementIndex {
    this.#elements ??= new ElementIndex(this.values);
    return this.#elements;
  }

  /** The array elements of the values that satisfy one of the field's leaves. */
  elementsOf(leaf: SharedLeaf, generation: number): ElementIndex {
    if (this.values.length === 0) return this.elements;
    let elements = this.#leafElements.get(leaf);
    if (elements === undefined) {
      const satisfying = leaf.conditions.flatMap((condition) => condition.satisfying(generation));
      elements = new ElementIndex(satisfying.map((index) => this.values[index]!));
      this.#leafElements.set(leaf, elements);
    }
    return elements;
  }

  /** Makes the condition reachable by its values. */
  list(condition: FieldCondition): void {
    const hint = condition.condition.index;
    if (hint === undefined) {
      condition.place = this.#trials.push(condition) - 1;
      return;
    }
    let byKey = this.#lookups.get(hint.view);
    if (byKey === undefined) this.#lookups.set(hint.view, (byKey = new Map()));
    const listed = byKey.get(hint.key);
    if (listed === undefined) byKey.set(hint.key, [condition]);
    else listed.push(condition);
  }

  /** Undoes `list`. */
  unlist(condition: FieldCondition): void {
    const hint = condition.condition.index;
    if (hint === undefined) {
      const last = this.#trials.pop()!;
      if (last === condition) return;
      this.#trials[condition.place] = last;
      last.place = condition.place;
      return;
    }
    const byKey = this.#lookups.get(hint.view)!;
    const left = byKey.get(hint.key)!.filter((other) => other !== condition);
    if (left.length > 0) byKey.set(hint.key, left);
    else byKey.delete(hint.key);
    if (byKey.size === 0) this.#lookups.delete(hint.view);
  }

  /** Calls `visit` for every listed condition that some value satisfies, at least once. */
  probe(generation: number, visit: (condition: FieldCondition) => void): void {
    for (const [view, byKey] of this.#lookups) {
      for (const value of this.values) {
        const key = view.of(value);
        const found = key === undefined ? undefined : byKey.get(key);
        if (found === undefined) continue;
        for (const condition of found) {
          if (condition.satisfying(generation).length > 0) visit(condition);
        }
      }
    }
    for (const condition of this.#trials) {
      if (condition.satisfying(generation).length > 0) visit(condition);
    }
  }
}

const NONE: readonly number[] = [];
const ONLY: readonly number[] = [0];

/** A condition on a field, shared by all patterns that state it. It is tested once on each value of an event. */
export class FieldCondition {
  readonly condition: Condition;
  readonly field: Field;
  /** The leaves that hold the condition and lead to a pattern. */
  readonly leaves = new Set<SharedLeaf>();
  /** How many leaves hold the condition, whether they lead to a pattern or not. */
  references = 0;
  /** Where the field lists the condition, if it tries it on every value. */
  place = 0;
  #generation = 0;
  #satisfying = NONE;

  constructor(condition: Condition, field: Field) {
    this.condition = condition;
    this.field = field;
  }

  /** Which of the field's values satisfy the condition, by index. */
  satisfying(generation: number): readonly number[] {
    if (this.#generation !== generation) {
      this.#generation = generation;
      this.#satisfying = this.#test();
    }
    return this.#satisfying;
  }

  #test(): readonly number[] {
    const { values } = this.field;
    if (values.length === 1) return this.condition.test(values[0]!) ? ONLY : NONE;
    let found = NONE as number[];
    for (let i = 0; i < values.length; i++) {
      if (!this.condition.test(values[i]!)) continue;
      if (found === NONE) found = [];
      found.push(i);
    }
    if (found !== NONE) this.field.remember(this);
    return found;
  }

  /** Lets go of the result. */
  forget(): void {
    this.#satisfying = NONE;
    this.#generation = 0;
  }
}
