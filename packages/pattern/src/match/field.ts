import { EventValue } from '../event-value.ts';
import type { Condition, View } from '../operators/operator.ts';
import { ElementIndex } from './element-index.ts';
import type { ElementNode } from './element-node.ts';
import type { PathNode } from './path-trie.ts';
import { putIn, takeOut } from './placed.ts';
import type { SharedLeaf } from './shared-leaf.ts';
import { ValueIndex } from './value-index.ts';
import type { ConditionSink } from './value-index.ts';
import type { FieldJudge } from './judge/field-judge.ts';

/** Of a field without values: not to be kept with the field, which nobody clears after an event that has none for it. */
const NO_ELEMENTS = new ElementIndex([], false);

/** Values kept to be used again, for each field. */
const KEPT_VALUES = 1024;

/** One path that patterns read: its values in the event at hand, and the conditions that are tried on them. */
export class Field {
  readonly node: PathNode;
  /** How many values of the event at hand are kept. */
  count = 0;
  /** Whether the event at hand has values here that were judged at once instead of being kept. */
  judged = false;
  /** How many conditions are not listed, so that values have to be kept until they are asked for. */
  unlisted = 0;
  /** Judges values outside of arrays of objects, once the rules have been the same for a while. */
  judge: FieldJudge | null = null;
  /** Whether a value lies within an array of objects. */
  holdsElements = false;
  /** The conditions on this field, by key. */
  readonly conditions = new Map<string, FieldCondition>();
  /** The leaves of several conditions on this field, by key. */
  readonly leaves = new Map<string, SharedLeaf>();
  /** The value that is being judged. */
  readonly #passing = new EventValue();
  /** The first `count` are the values in the event at hand, the others are left from earlier ones. */
  readonly #values: EventValue[] = [];
  /** Conditions to be looked up by the looks of a value. */
  readonly #index = new ValueIndex();
  /** Conditions to be looked up by a view's key, for the leaves that lead to a pattern. */
  readonly #lookups = new Map<View, Map<string | number, FieldCondition[]>>();
  /** Conditions to be tried on every value, for the leaves that lead to a pattern. */
  readonly #trials: FieldCondition[] = [];
  /** Conditions that hold lists of the event's values. */
  readonly #tested: FieldCondition[] = [];
  #leafElements: Map<SharedLeaf, ElementIndex> | undefined;
  #elements: ElementIndex | undefined;

  constructor(node: PathNode) {
    this.node = node;
  }

  /** Whether the event at hand has a value here. */
  get present(): boolean {
    return this.count > 0 || this.judged;
  }

  /** The place for a value that is judged by `judgePassing` once it is filled in. */
  pass(): EventValue {
    this.judged = true;
    return this.#passing;
  }

  /** Hands every listed condition that the passing value may satisfy to `sink`. */
  judgePassing(sink: ConditionSink): void {
    this.#find(this.#passing, sink);
  }

  /** Makes room for a value to be kept, which the caller fills in. */
  add(element: ElementNode | null): EventValue {
    if (element !== null) this.holdsElements = true;
    if (this.count === this.#values.length) this.#values.push(new EventValue());
    return this.#values[this.count++]!;
  }

  /** One of the values in the event at hand, in the order of its text. */
  at(index: number): EventValue {
    return this.#values[index]!;
  }

  /** The values in the event at hand, in the order of its text. */
  get values(): readonly EventValue[] {
    return this.#values.slice(0, this.count);
  }

  /** Lets go of everything that belongs to the event. */
  clear(): void {
    for (let i = 0; i < this.count; i++) this.#values[i]!.release();
    if (this.count > KEPT_VALUES) this.#values.length = KEPT_VALUES;
    this.count = 0;
    if (this.judged) this.#passing.release();
    this.judged = false;
    this.holdsElements = false;
    this.#elements = undefined;
    this.#leafElements = undefined;
    if (this.#tested.length === 0) return;
    for (const condition of this.#tested) condition.forget();
    this.#tested.length = 0;
  }

  /** Has the condition forget its result when the event is over. */
  remember(condition: FieldCondition): void {
    this.#tested.push(condition);
  }

  /** The array elements that the values lie in. */
  get elements(): ElementIndex {
    if (!this.present) return NO_ELEMENTS;
    this.#elements ??= new ElementIndex(this.values, this.judged);
    return this.#elements;
  }

  /** The array elements of the values that satisfy one of the field's leaves. */
  elementsOf(leaf: SharedLeaf, generation: number): ElementIndex {
    if (!this.present) return NO_ELEMENTS;
    this.#leafElements ??= new Map();
    let elements = this.#leafElements.get(leaf);
    if (elements === undefined) {
      const satisfying = leaf.conditions.flatMap((condition) => condition.satisfying(generation));
      elements = new ElementIndex(
        satisfying.map((index) => this.at(index)),
        leaf.conditions.some((condition) => condition.judged === generation),
      );
      this.#leafElements.set(leaf, elements);
    }
    return elements;
  }

  /** Makes the condition reachable by its values. */
  list(condition: FieldCondition): void {
    const { reach, index } = condition.condition;
    if (reach !== undefined) {
      this.#index.add(reach, condition);
    } else if (index === undefined) {
      putIn(this.#trials, condition);
    } else {
      let byKey = this.#lookups.get(index.view);
      if (byKey === undefined) this.#lookups.set(index.view, (byKey = new Map()));
      let listed = byKey.get(index.key);
      if (listed === undefined) byKey.set(index.key, (listed = []));
      putIn(listed, condition);
    }
  }

  /** Undoes `list`. */
  unlist(condition: FieldCondition): void {
    const { reach, index } = condition.condition;
    if (reach !== undefined) {
      this.#index.remove(reach, condition);
    } else if (index === undefined) {
      takeOut(this.#trials, condition);
    } else {
      const byKey = this.#lookups.get(index.view)!;
      const listed = byKey.get(index.key)!;
      takeOut(listed, condition);
      if (listed.length === 0) byKey.delete(index.key);
      if (byKey.size === 0) this.#lookups.delete(index.view);
    }
  }

  /** Hands every listed condition that some kept value may satisfy to `sink`, at least once. */
  probe(sink: ConditionSink): void {
    for (let i = 0; i < this.count; i++) this.#find(this.#values[i]!, sink);
  }

  #find(value: EventValue, sink: ConditionSink): void {
    this.#index.find(value, sink);
    if (this.#lookups.size > 0) this.#lookUp(value, sink);
    const trials = this.#trials;
    for (let i = 0; i < trials.length; i++) sink.found(trials[i]!, value, false);
  }

  #lookUp(value: EventValue, sink: ConditionSink): void {
    for (const [view, byKey] of this.#lookups) {
      const key = view.of(value);
      if (key === undefined) continue;
      for (const condition of byKey.get(key) ?? []) sink.found(condition, value, false);
    }
  }
}

const NONE: readonly number[] = [];
const ONLY: readonly number[] = [0];

/** A condition on a field, shared by all patterns that state it. It is tested at most once on each value of an event. */
export class FieldCondition {
  readonly condition: Condition;
  readonly field: Field;
  /** The leaves that hold the condition and lead to a pattern: most often one. */
  leaf: SharedLeaf | null = null;
  moreLeaves: Set<SharedLeaf> | null = null;
  /** The leaf that consists of this condition. */
  single: SharedLeaf | null = null;
  /** How many leaves hold the condition, whether they lead to a pattern or not. */
  references = 0;
  /** Where the field lists the condition, unless it is found by its values' looks. */
  place = 0;
  /** The last event in which the field found the condition satisfied. */
  hit = 0;
  /** The last event in which a value that was judged at once satisfied the condition. */
  judged = 0;
  /** What marks the last value that the condition excludes; see `ValueIndex`. */
  excluded = 0;
  /** The field finds the condition in every event that satisfies it, so that `hit` tells. */
  readonly eager: boolean;
  #generation = 0;
  #satisfying = NONE;

  constructor(condition: Condition, field: Field) {
    this.condition = condition;
    this.field = field;
    this.eager = isCheapToFind(condition);
    if (this.eager) field.list(this);
    else field.unlisted++;
  }

  /** Whether no leaf leads from the condition to a pattern. */
  get leadsNowhere(): boolean {
    return this.leaf === null && this.moreLeaves === null;
  }

  /** Has the condition lead to the leaf. */
  lead(leaf: SharedLeaf): void {
    if (this.leadsNowhere && !this.eager) {
      this.field.unlisted--;
      this.field.list(this);
    }
    if (this.leaf === null) this.leaf = leaf;
    else (this.moreLeaves ??= new Set()).add(leaf);
  }

  /** Undoes `lead`. */
  unlead(leaf: SharedLeaf): void {
    if (this.leaf === leaf) this.leaf = null;
    else this.moreLeaves?.delete(leaf);
    if (this.moreLeaves?.size === 0) this.moreLeaves = null;
    if (!this.leadsNowhere || this.eager) return;
    this.field.unlisted++;
    this.field.unlist(this);
  }

  /** Takes the condition out of the field. */
  leave(): void {
    if (this.eager) this.field.unlist(this);
    else this.field.unlisted--;
  }

  /** Whether some value satisfies the condition, once the field was probed. */
  satisfied(generation: number): boolean {
    if (this.hit === generation) return true;
    return !this.eager && this.leadsNowhere && this.satisfying(generation).length > 0;
  }

  /** Which of the field's kept values satisfy the condition, by index. */
  satisfying(generation: number): readonly number[] {
    if (this.#generation !== generation) {
      this.#generation = generation;
      this.#satisfying = this.#test();
    }
    return this.#satisfying;
  }

  #test(): readonly number[] {
    const { field, condition } = this;
    if (field.count === 1) return condition.test(field.at(0)) ? ONLY : NONE;
    let found = NONE as number[];
    for (let i = 0; i < field.count; i++) {
      if (!condition.test(field.at(i))) continue;
      if (found === NONE) found = [];
      found.push(i);
    }
    if (found !== NONE) field.remember(this);
    return found;
  }

  /** Lets go of the result. */
  forget(): void {
    this.#satisfying = NONE;
    this.#generation = 0;
  }
}

/** Whether a condition costs an event that does not satisfy it next to nothing, even if nothing else asks for it. */
function isCheapToFind({ reach }: Condition): boolean {
  if (reach === undefined || reach.by === 'other') return false;
  return reach.by === 'range' || (reach.by !== 'infix' && reach.suffices);
}
