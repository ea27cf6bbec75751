/**
 * Has a matcher take short cuts once its rules have been the same for a while, and gives these up when they change.
 */
import type { EventScanner } from './event-scanner.ts';
import { makeReader } from './generate/make-reader.ts';
import { FieldJudge } from './judge/field-judge.ts';
import type { Field } from './field.ts';
import type { PathNode } from './path-trie.ts';

/** Events without a change of the rules until short cuts are worth their making. */
export const FIRST_WAIT = 256;
const LONGEST_WAIT = 1 << 16;
/** Fields that get a judge. */
const MOST_FIELDS = 64;
/** Nodes of the tree of paths that are looked at for them. */
const MOST_LOOKED_AT = 4096;

/** Names that the reader did not expect until the scanner learns anew, for how many events, and how often. */
const MOST_SURPRISES = 1024;
const RELEARNING = 64;
const MOST_RELEARNED = 8;

export class Settled {
  readonly #scanner: EventScanner;
  readonly #root: PathNode;
  readonly #generates: boolean;
  readonly #judged: Field[] = [];
  #wait: number;
  #left: number;
  #relearned = 0;
  /** Whether there is anything to be given up. */
  #prepared = false;

  /** `generate` says whether programs may be made. */
  constructor(scanner: EventScanner, root: PathNode, generates: boolean, wait: number) {
    this.#scanner = scanner;
    this.#root = root;
    this.#generates = generates;
    this.#wait = Math.max(1, wait);
    this.#left = this.#wait;
  }

  /** Counts an event. */
  tick(): void {
    if (this.#left > 0) {
      if (--this.#left === 0) this.#settle();
    } else if (this.#scanner.surprises > MOST_SURPRISES && this.#relearned < MOST_RELEARNED) {
      this.#relearned++;
      this.#scanner.reader = null;
      this.#left = RELEARNING;
    }
  }

  /** To be called before rules change. */
  unsettle(): void {
    if (this.#prepared) {
      this.#prepared = false;
      // Rules that often change are to be waited for longer.
      this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
      for (const field of this.#judged) field.judge = null;
      this.#judged.length = 0;
      this.#scanner.reader = null;
    }
    this.#left = this.#wait;
  }

  #settle(): void {
    this.#prepared = true;
    this.#judge();
    if (!this.#generates) return;
    this.#scanner.surprises = 0;
    this.#scanner.reader = makeReader(this.#scanner, this.#root);
  }

  #judge(): void {
    if (this.#judged.length > 0) return;
    const nodes = [this.#root];
    for (let i = 0; i < nodes.length && i < MOST_LOOKED_AT && this.#judged.length < MOST_FIELDS; i++) {
      const { field, children } = nodes[i]!;
      if (field !== null) {
        field.judge = FieldJudge.of(field);
        if (field.judge !== null) this.#judged.push(field);
      }
      for (const child of children?.values() ?? []) nodes.push(child);
    }
  }
}
