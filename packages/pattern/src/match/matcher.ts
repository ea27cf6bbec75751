import { parsePattern } from '../parse-pattern.ts';
import type { Combination, Pattern } from '../pattern.ts';
import { canAgree } from './array-consistency.ts';
import { mayShareArrays } from './combined.ts';
import type { Combined, RuleState } from './combined.ts';
import { EventScanner } from './event-scanner.ts';
import { LeafStore } from './leaf-store.ts';
import type { SharedLeaf } from './shared-leaf.ts';

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

/** Creates a matcher without patterns. Ids are compared as keys of a `Map`. */
export function createMatcher<Id>(): Matcher<Id> {
  return new IndexedMatcher<Id>();
}

/** Whether one pattern matches one event. Throws `PatternError` or `EventError`. */
export function matchesPattern(pattern: string | Pattern, event: string | Uint8Array): boolean {
  const matcher = createMatcher<true>();
  matcher.add(true, pattern);
  return matcher.match(event).length > 0;
}

/**
 * Conditions and leaves that patterns have in common exist once. Every combination is found through one of its
 * leaves, its entry, preferably one that is looked up by the value itself; only then are its other leaves tested. An
 * event therefore costs its own size plus the combinations whose entry holds, however many others there are.
 */
class IndexedMatcher<Id> implements Matcher<Id> {
  readonly #rules = new Map<Id, Rule<Id>>();
  readonly #leaves = new LeafStore(false);
  /** The combinations that may match an event which has none of their fields. */
  readonly #absent: Combined[] = [];
  readonly #scanner = new EventScanner();
  #generation = 0;
  #sequence = 0;

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
    const generation = ++this.#generation;
    const matched: Rule<Id>[] = [];
    try {
      this.#scanner.scan(event, this.#leaves.root, generation);
      this.#collect(generation, matched);
    } finally {
      this.#scanner.release();
    }
    if (matched.length > 1) matched.sort((a, b) => a.sequence - b.sequence);
    return matched.map((rule) => rule.id);
  }

  #collect(generation: number, matched: Rule<Id>[]): void {
    const enter = (combined: Combined): void => {
      const rule = combined.rule as Rule<Id>;
      if (rule.matched === generation || !this.#holds(combined, generation)) return;
      rule.matched = generation;
      matched.push(rule);
    };
    for (const field of this.#scanner.touched) {
      field.probe(generation, (condition) => {
        for (const leaf of condition.leaves) {
          if (leaf.visit(generation)) leaf.entries.forEach(enter);
        }
      });
    }
    this.#absent.forEach(enter);
  }

  #holds(combined: Combined, generation: number): boolean {
    const { leaves } = combined;
    for (const leaf of leaves) {
      if (!leaf.satisfied(generation)) return false;
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
      mayShareArrays: mayShareArrays(leaves),
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
  for (const condition of leaf.conditions) {
    if (condition.leaves.size === 0) leaf.field.list(condition);
    condition.leaves.add(leaf);
  }
}

function closeEntry(leaf: SharedLeaf): void {
  for (const condition of leaf.conditions) {
    condition.leaves.delete(leaf);
    if (condition.leaves.size === 0) leaf.field.unlist(condition);
  }
}
