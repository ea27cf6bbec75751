import { elementsAgree } from './element-node.ts';
import type { ElementNode } from './element-node.ts';
import type { SharedLeaf } from './shared-leaf.ts';

const QUICK_ATTEMPTS = 64;

/** Tries value after value, leaf by leaf, and gives up after a few attempts. */
export class QuickAgreement {
  readonly #leaves: readonly SharedLeaf[];
  readonly #generation: number;
  readonly #chosen: ElementNode[] = [];
  #attempts = 0;

  constructor(leaves: readonly SharedLeaf[], generation: number) {
    this.#leaves = leaves;
    this.#generation = generation;
  }

  /** Answers `undefined` when it gave up. */
  run(): boolean | undefined {
    const found = this.#choose(0);
    return this.#attempts > QUICK_ATTEMPTS ? undefined : found;
  }

  #choose(at: number): boolean {
    const leaf = this.#leaves[at];
    if (leaf === undefined) return true;
    if (++this.#attempts > QUICK_ATTEMPTS) return false;
    const { field } = leaf;
    for (const condition of leaf.conditions) {
      if (condition.judged === this.#generation && this.#choose(at + 1)) return true;
      for (const index of condition.satisfying(this.#generation)) {
        const { element } = field.at(index);
        if (++this.#attempts > QUICK_ATTEMPTS) return false;
        if (!this.#agrees(element)) continue;
        if (element !== null) this.#chosen.push(element);
        if (this.#choose(at + 1)) return true;
        if (element !== null) this.#chosen.pop();
      }
    }
    if (!leaf.acceptsAbsence || field.judged) return false;
    for (let i = 0; i < field.count; i++) {
      const { element } = field.at(i);
      if (++this.#attempts > QUICK_ATTEMPTS || this.#agrees(element)) return false;
    }
    return this.#choose(at + 1);
  }

  #agrees(element: ElementNode | null): boolean {
    for (const chosen of this.#chosen) {
      if (!elementsAgree(chosen, element)) return false;
    }
    return true;
  }
}
