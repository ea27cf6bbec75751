import type { PathNode } from './path-trie.ts';

/**
 * One element of an array of objects (or of arrays) in the event being matched. The nodes form a tree: `parent` is
 * the element that encloses the array. Two values agree when the chains from their innermost elements to the root
 * never pass through different elements of the same array.
 */
export interface ElementNode {
  readonly parent: ElementNode | null;
  readonly depth: number;
  /** Numbers the arrays of one event. */
  readonly array: number;
  /** Numbers the elements of one event. */
  readonly id: number;
  /** Where the array stands. */
  readonly path: PathNode;
}

/** Numbers the arrays of one event, and the elements of these. */
export class ElementTree {
  /**
   * Whether one path led to two arrays of objects within one element, which takes duplicate keys or a dotted key
   * beside its nested twin.
   */
  repeatsArrays = false;
  #elements = 0;
  #arrays = 0;
  readonly #seen = new Map<PathNode, Set<ElementNode | null>>();

  /** Notes that an array begins within an element, and answers its number. */
  openArray(node: PathNode, element: ElementNode | null): number {
    let within = this.#seen.get(node);
    if (within === undefined) this.#seen.set(node, (within = new Set()));
    if (within.has(element)) this.repeatsArrays = true;
    within.add(element);
    return this.#arrays++;
  }

  /** The next element of an array. */
  open(path: PathNode, parent: ElementNode | null, array: number): ElementNode {
    const depth = parent === null ? 0 : parent.depth + 1;
    return { parent, depth, array, id: this.#elements++, path };
  }

  /** Lets go of the event. */
  clear(): void {
    if (this.#arrays === 0) return;
    this.repeatsArrays = false;
    this.#elements = 0;
    this.#arrays = 0;
    this.#seen.clear();
  }
}

/** Whether two values whose innermost elements are `a` and `b` can be chosen together. */
export function elementsAgree(a: ElementNode | null, b: ElementNode | null): boolean {
  if (a === null || b === null || a === b) return true;
  let x = a;
  let y = b;
  while (x.depth > y.depth) x = x.parent!;
  while (y.depth > x.depth) y = y.parent!;
  // Elements with different parents can share no array of their own; their ancestors are compared in turn.
  for (;;) {
    if (x === y) return true;
    if (x.parent === y.parent) return x.array !== y.array;
    x = x.parent!;
    y = y.parent!;
  }
}
