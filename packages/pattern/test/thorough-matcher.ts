/** A matcher that always takes the thorough search for agreeing array elements, which others take when the quick one gives up. */
import { canAgreeThoroughly } from '../src/match/array-consistency.ts';
import { noteShared } from '../src/match/combined.ts';
import { EventScanner } from '../src/match/event-scanner.ts';
import { LeafStore } from '../src/match/leaf-store.ts';
import type { SharedLeaf } from '../src/match/shared-leaf.ts';
// Not by the entry: a suite that puts the released module in its place has patterns whose members are called otherwise.
import { parsePattern } from '../src/parse-pattern.ts';

export class ThoroughMatcher {
  readonly #store = new LeafStore(false);
  readonly #scanner = new EventScanner('scan');
  readonly #rules: readonly (readonly SharedLeaf[])[][];
  #round = 0;

  constructor(patterns: readonly string[]) {
    this.#rules = patterns.map((pattern) =>
      parsePattern(pattern).combinations.map((leaves) => leaves.map((leaf) => this.#store.share(leaf))),
    );
    for (const leaves of this.#rules.flat()) noteShared(leaves, 1);
  }

  /** Which of the patterns match, by index. */
  match(event: string): number[] {
    const round = ++this.#round;
    const { elements } = this.#scanner;
    this.#scanner.scan(event, this.#store.root);
    const matched = this.#rules.flatMap((rule, index) =>
      rule.some((leaves) => canAgreeThoroughly(leaves, round, elements.repeatsArrays)) ? [index] : [],
    );
    this.#scanner.release();
    return matched;
  }
}
