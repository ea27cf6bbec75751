import type { PathNode } from './path-trie.ts';
import type { SharedLeaf } from './shared-leaf.ts';

/** One combination of a pattern in a matcher: shared leaves, ascending by path, that must all hold. */
export interface Combined {
  readonly leaves: readonly SharedLeaf[];
  /** The leaf through which the combination is found; null if every leaf accepts absence. */
  readonly entry: SharedLeaf | null;
  /** Where `entry`, or the matcher, lists the combination. */
  place: number;
  /** Numbers the rules in the order in which they were added. */
  rule: number;
  /** Another combination of the same rule. */
  readonly next: Combined | null;
}

/**
 * Adds `by` to the nodes that several of the leaves lie at or below. Arrays there can hold values for more than one
 * leaf, and then it matters which elements they come from.
 */
export function noteShared(leaves: readonly SharedLeaf[], by: 1 | -1): void {
  if (leaves.length < 2) return;
  const once = new Set<PathNode>();
  const shared = new Set<PathNode>();
  for (const leaf of leaves) {
    // The root is an object.
    for (let node = leaf.field.node; node.parent !== null; node = node.parent) {
      if (once.has(node)) shared.add(node);
      else once.add(node);
    }
  }
  for (const node of shared) node.elementsMatter += by;
}
