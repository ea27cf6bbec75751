import type { EventValue } from '../event-value.ts';
import { parsePattern } from '../parse-pattern.ts';
import type { Combination, Pattern } from '../pattern.ts';
import { canAgree } from './array-consistency.ts';
import { noteShared } from './combined.ts';
import type { Combined, RuleState } from './combined.ts';
import type { Contract } from './contract.ts';
import { EventScanner } from './event-scanner.ts';
import type { FieldCondition } from './field.ts';
import { LeafStore } from './leaf-store.ts';
import { Pile } from './pile.ts';
import type { SharedLeaf } from './shared-leaf.ts';
import type { ConditionSink } from './value-index.ts';
import { RuleList } from './rule-list.ts';

/** Many patterns, matched against one event at a time. */
export interface Matcher<Id> {
  /** The number of ids. */
  readonly size: number;
  /**
   * Adds a pattern, or replaces the one that `id` has. Throws `PatternError` for an invalid text; then a former
   * pattern of `id` stays.
   */
  add(id: Id, pattern: string | Pattern): void;
  /** Removes the pattern of `id`; answers whether there was one. */
  remove(id: Id): boolean;
  /**
   * The ids whose patterns match the event, in the order in which they were added. The event is a JSON object as
   * text or in UTF-8. Throws `EventError` if it is anything else; the matcher stays usable.
   */
  match(event: string | Uint8Array): Id[];
}

interface Rule<Id> extends RuleState {
  readonly id: Id;
  readonly combinations: Combined[];
}

/** How a matcher is made. */
export interface MatcherOptions {
  /** What the matcher may take for granted about events; `scan` unless stated. */
  readonly contract?: Contract;
}

/** Creates a matcher without patterns. Ids are compared as keys of a `Map`. */
export function createMatcher<Id>({ contract = 'scan' }: MatcherOptions = {}): Matcher<Id> {
  return new IndexedMatcher<Id>(contract);
}

/** Whether one pattern matches one event. Throws `PatternError` or `EventError`. */
export function matchesPattern(pattern: string | Pattern, event: string | Uint8Array): boolean {
  const matcher = createMatcher<true>({ contract: 'strict' });
  matcher.add(true, pattern);
  return matcher.match(event).length > 0;
}

/**
 * Conditions and leaves that patterns have in common exist once. Every combination is found through one of its
 * leaves, its entry, preferably one that few values satisfy; only then are its other leaves looked at. An event
 * therefore costs its own size plus the combinations whose entry holds, however many others there are. Nothing is reset
 * between events: whatever is found carries the number of the event.
 */
class IndexedMatcher<Id> implements Matcher<Id>, ConditionSink {
  readonly #rules = new Map<Id, Rule<Id>>();
  readonly #leaves = new LeafStore(false);
  /** The combinations that may match an event which has none of their fields. */
  readonly #absent: Combined[] = [];
  readonly #scanner: EventScanner;
  /** The leaves that hold in the event and lead to combinations. */
  readonly #visited = new Pile<SharedLeaf>();
  readonly #matched = new RuleList<Rule<Id>>();
  /** Numbers the events. */
  round = 0;
  #sequence = 0;

  constructor(contract: Contract) {
    this.#scanner = new EventScanner(contract);
  }

  get size(): number {
    return this.#rules.size;
  }

  add(id: Id, pattern: string | Pattern): void {
    const parsed = typeof pattern === 'string' ? parsePattern(pattern) : pattern;
    this.remove(id);
    const rule: Rule<Id> = { id, combinations: [], sequence: this.#sequence++, matched: 0 };
    for (const combination of parsed.combinations) rule.combinations.push(this.#combine(combination, rule));
    this.#rules.set(id, rule);
  }

  remove(id: Id): boolean {
    const rule = this.#rules.get(id);
    if (rule === undefined) return false;
    this.#rules.delete(id);
    for (const combined of rule.combinations) this.#dissolve(combined);
    return true;
  }

  match(event: string | Uint8Array): Id[] {
    this.round++;
    const matched = this.#matched;
    matched.clear();
    try {
      this.#scanner.scan(event, this.#leaves.root);
      this.#collect();
    } finally {
      this.#scanner.release();
      this.#visited.clear();
    }
    const rules = matched.inOrder();
    const ids: Id[] = [];
    for (let i = 0; i < rules.count; i++) ids.push(rules.items[i]!.id);
    return ids;
  }

  wants(condition: FieldCondition): boolean {
    return condition.hit !== this.round;
  }

  found(condition: FieldCondition, value: EventValue, suffices: boolean): void {
    const generation = this.round;
    if (condition.hit === generation) return;
    if (!suffices && !condition.condition.test(value)) return;
    condition.hit = generation;
    condition.visitLeaves(generation, this.#visited);
  }

  #collect(): void {
    const { touched } = this.#scanner;
    for (let i = 0; i < touched.count; i++) touched.items[i]!.probe(this);
    const visited = this.#visited;
    for (let i = 0; i < visited.count; i++) this.#enter(visited.items[i]!.entries);
    if (this.#absent.length > 0) this.#enter(this.#absent);
  }

  #enter(combinations: readonly Combined[]): void {
    const generation = this.round;
    for (let i = 0; i < combinations.length; i++) {
      const combined = combinations[i]!;
      const rule = combined.rule as Rule<Id>;
      if (rule.matched === generation || !this.#holds(combined, generation)) continue;
      rule.matched = generation;
      this.#matched.add(rule);
    }
  }

  #holds(combined: Combined, generation: number): boolean {
    const { leaves } = combined;
    // The only leaf is the one that led here, if it does not accept absence.
    if (leaves.length > 1 || combined.entry === null) {
      for (let i = 0; i < leaves.length; i++) {
        if (!leaves[i]!.satisfied(generation)) return false;
      }
    }
    const { holdsElements, repeatsArrays } = this.#scanner;
    if (!holdsElements) return true;
    if (combined.mayShareArrays) return canAgree(leaves, generation, repeatsArrays);
    return leaves.every((leaf) => leaf.holdsAlone(generation));
  }

  #combine(combination: Combination, rule: RuleState): Combined {
    const leaves = combination.map((leaf) => this.#leaves.share(leaf));
    let entry: SharedLeaf | null = null;
    for (const leaf of leaves) {
      if (!leaf.acceptsAbsence && (entry === null || leadsBetter(leaf, entry))) entry = leaf;
    }
    const list = entry?.entries ?? this.#absent;
    const combined: Combined = {
      leaves,
      mayShareArrays: noteShared(leaves, 1),
      rule,
      entry,
      place: list.length,
    };
    if (entry !== null && entry.entries.length === 0) openEntry(entry);
    list.push(combined);
    return combined;
  }

  #dissolve(combined: Combined): void {
    const { entry } = combined;
    const list = entry?.entries ?? this.#absent;
    const last = list.pop()!;
    if (last !== combined) {
      list[combined.place] = last;
      last.place = combined.place;
    }
    if (entry !== null && list.length === 0) closeEntry(entry);
    if (combined.mayShareArrays) noteShared(combined.leaves, -1);
    for (const leaf of combined.leaves) this.#leaves.unshare(leaf);
  }
}

/** Whether `leaf` is the better way to find a combination: looked up by value first, then less crowded. */
function leadsBetter(leaf: SharedLeaf, than: SharedLeaf): boolean {
  if (leaf.exact !== than.exact) return leaf.exact;
  if (leaf.entries.length !== than.entries.length) return leaf.entries.length < than.entries.length;
  return leaf.references < than.references;
}

function openEntry(leaf: SharedLeaf): void {
  for (const condition of leaf.conditions) condition.lead(leaf);
}

function closeEntry(leaf: SharedLeaf): void {
  for (const condition of leaf.conditions) condition.unlead(leaf);
}
