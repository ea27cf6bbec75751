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
