import type { EventValue } from '../event-value.ts';
import { parsePattern } from '../parse-pattern.ts';
import type { Combination, Pattern } from '../pattern.ts';
import { canAgree } from './array-consistency.ts';
import { noteShared } from './combined.ts';
import type { Combined } from './combined.ts';
import type { Contract } from './contract.ts';
import { EventScanner } from './event-scanner.ts';
import type { FieldCondition } from './field.ts';
import { LeafStore } from './leaf-store.ts';
import { MatchedRules } from './matched-rules.ts';
import { Pile } from './pile.ts';
import { putIn, takeOut } from './placed.ts';
import type { SharedLeaf } from './shared-leaf.ts';
import { FIRST_WAIT, Settled } from './settled.ts';
import type { ConditionSink } from './value-index.ts';
import type { Verdict, VerdictSink } from './judge/verdict.ts';

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

/** How a matcher is made. */
export interface MatcherOptions {
  /** What the matcher may take for granted about events; `scan` unless stated. */
  readonly contract?: Contract;
  /**
   * Whether the matcher may make a program from text for its rules; `true` unless stated. Without, or where that is
   * forbidden, it reads events at some two thirds of the speed.
   */
  readonly generate?: boolean;
  /** After how many events with the same rules the matcher prepares for more of them; 256 unless stated. */
  readonly settleAfter?: number;
}

/** Creates a matcher without patterns. Ids are compared as keys of a `Map`. */
export function createMatcher<Id>(options: MatcherOptions = {}): Matcher<Id> {
  return new IndexedMatcher<Id>(options);
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
class IndexedMatcher<Id> implements Matcher<Id>, ConditionSink, VerdictSink {
  readonly #rules = new MatchedRules<Id>();
  readonly #leaves = new LeafStore(false);
  /** The combinations that may match an event which has none of their fields. */
  readonly #absent: Combined[] = [];
  readonly #scanner: EventScanner;
  readonly #settled: Settled;
  /** The leaves that hold in the event and lead to combinations of several. */
  readonly #visited = new Pile<SharedLeaf>();
  /** Numbers the events. */
  round = 0;

  constructor({ contract = 'scan', generate = true, settleAfter = FIRST_WAIT }: MatcherOptions) {
    this.#scanner = new EventScanner(contract, this);
    this.#settled = new Settled(this.#scanner, this.#leaves.root, generate, settleAfter);
  }

  get size(): number {
    return this.#rules.size;
  }

  add(id: Id, pattern: string | Pattern): void {
    const parsed = typeof pattern === 'string' ? parsePattern(pattern) : pattern;
    this.#settled.unsettle();
    this.remove(id);
    let rule: Combined | null = null;
    for (const combination of parsed.combinations) rule = this.#combine(combination, rule);
    this.#rules.set(id, rule!);
  }

  remove(id: Id): boolean {
    const rule = this.#rules.get(id);
    if (rule === undefined) return false;
    this.#settled.unsettle();
    this.#rules.delete(id);
    for (let combined: Combined | null = rule; combined !== null; combined = combined.next) {
      this.#dissolve(combined);
    }
    return true;
  }

  match(event: string | Uint8Array): Id[] {
    this.round++;
    this.#settled.tick();
    let complete = false;
    try {
      this.#scanner.scan(event, this.#leaves.root);
      this.#collect();
      complete = true;
    } finally {
      this.#scanner.release();
      this.#visited.clear();
      if (!complete) this.#rules.take();
    }
    return this.#rules.take();
  }

  found(condition: FieldCondition, value: EventValue, suffices: boolean): void {
    const { round } = this;
    if (condition.hit === round) return;
    if (!suffices && !condition.condition.test(value)) return;
    if (value.element === null) condition.judged = round;
    this.#hold(condition, round);
  }

  grant(verdict: Verdict): void {
    const { round } = this;
    verdict.round = round;
    const { rules, asked } = verdict;
    for (let i = 0; i < rules.length; i++) this.#rules.add(rules[i]!);
    for (let i = 0; i < asked.length; i++) {
      asked[i]!.judged = round;
      if (asked[i]!.hit !== round) this.#hold(asked[i]!, round);
    }
  }

  #hold(condition: FieldCondition, round: number): void {
    condition.hit = round;
    if (condition.leaf !== null) this.#visit(condition.leaf, round);
    if (condition.moreLeaves !== null) for (const leaf of condition.moreLeaves) this.#visit(leaf, round);
  }

  /** A pattern of one leaf matches at once; others wait until all of the event is read. */
  #visit(leaf: SharedLeaf, round: number): void {
    if (leaf.rule >= 0) {
      this.#rules.add(leaf.rule);
      return;
    }
    if (leaf.visited === round) return;
    leaf.visited = round;
    const { alone } = leaf;
    for (let i = 0; i < alone.length; i++) this.#rules.add(alone[i]!.rule);
    if (leaf.entries.length > 0) this.#visited.add(leaf);
  }

  #collect(): void {
    const { touched } = this.#scanner;
    for (let i = 0; i < touched.count; i++) touched.items[i]!.probe(this);
    const visited = this.#visited;
    for (let i = 0; i < visited.count; i++) this.#enter(visited.items[i]!.entries);
    if (this.#absent.length > 0) this.#enter(this.#absent);
  }

  #enter(combinations: readonly Combined[]): void {
    const { round } = this;
    for (let i = 0; i < combinations.length; i++) {
      const combined = combinations[i]!;
      if (!this.#rules.has(combined.rule) && this.#holds(combined, round)) this.#rules.add(combined.rule);
    }
  }

  #holds(combined: Combined, generation: number): boolean {
    const { leaves } = combined;
    for (let i = 0; i < leaves.length; i++) {
      if (!leaves[i]!.satisfied(generation)) return false;
    }
    const { holdsElements, elements } = this.#scanner;
    return !holdsElements || canAgree(leaves, generation, elements);
  }

  #combine(combination: Combination, next: Combined | null): Combined {
    const leaves = combination.map((leaf) => this.#leaves.share(leaf));
    let entry: SharedLeaf | null = null;
    for (const leaf of leaves) {
      if (!leaf.acceptsAbsence && (entry === null || leadsBetter(leaf, entry))) entry = leaf;
    }
    noteShared(leaves, 1);
    const combined: Combined = { leaves, entry, place: 0, rule: 0, next };
    if (entry === null) {
      putIn(this.#absent, combined);
    } else {
      if (entry.led === 0) for (const condition of entry.conditions) condition.lead(entry);
      entry.enlist(combined);
    }
    return combined;
  }

  #dissolve(combined: Combined): void {
    const { entry } = combined;
    if (entry === null) {
      takeOut(this.#absent, combined);
    } else {
      entry.discharge(combined);
      if (entry.led === 0) for (const condition of entry.conditions) condition.unlead(entry);
    }
    noteShared(combined.leaves, -1);
    for (const leaf of combined.leaves) this.#leaves.unshare(leaf);
  }
}

/** Whether `leaf` is the better way to find a combination: cheap to find and not crowded. */
function leadsBetter(leaf: SharedLeaf, than: SharedLeaf): boolean {
  const difference = leaf.cost + leaf.led - (than.cost + than.led);
  return difference < 0 || (!(difference > 0) && leaf.references < than.references);
}
