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
  #elements = 0;
  #repeats: boolean | undefined;
  /** The arrays so far: where each stands, and the element that it lies in. */
  readonly #arrays: { readonly node: PathNode; readonly element: ElementNode | null }[] = [];

  /**
   * Whether one path led, within one element, to two arrays of objects, or into such an array and past it to another one.
   * It takes duplicate keys or a dotted key beside its nested twin.
   */
  get repeatsArrays(): boolean {
    // Not remembered without arrays: then `clear` has nothing to let go of.
    if (this.#arrays.length === 0) return false;
    this.#repeats ??= this.#findRepeats();
    return this.#repeats;
  }

  #findRepeats(): boolean {
    const seen = new Map<PathNode, Set<ElementNode | null>>();
    for (const { node, element } of this.#arrays) {
      let within = seen.get(node);
      if (within === undefined) seen.set(node, (within = new Set()));
      if (within.has(element)) return true;
      within.add(element);
    }
    return this.#arrays.some(({ node, element }) => {
      let way: PathNode | null = node;
      while (way !== null && way !== element?.path) {
        if (way !== node && seen.get(way)?.has(element) === true) return true;
        way = way.parent;
      }
      return false;
    });
  }

  /** Notes that an array begins within an element, and answers its number. */
  openArray(node: PathNode, element: ElementNode | null): number {
    return this.#arrays.push({ node, element }) - 1;
  }

  /** The next element of an array. */
  open(path: PathNode, parent: ElementNode | null, array: number): ElementNode {
    const depth = parent === null ? 0 : parent.depth + 1;
    return { parent, depth, array, id: this.#elements++, path };
  }

  /** Lets go of the event. */
  clear(): void {
    // Most events have none, and even an empty list takes its time to be emptied.
    if (this.#arrays.length === 0) return;
    this.#elements = 0;
    this.#repeats = undefined;
    this.#arrays.length = 0;
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
