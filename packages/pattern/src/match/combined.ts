import type { PathNode } from './path-trie.ts';
import type { SharedLeaf } from './shared-leaf.ts';

/** One combination of a pattern in a matcher: shared leaves, ascending by path, that must all hold. */
export interface Combined {
  readonly leaves: readonly SharedLeaf[];
  /** Two of the leaves have their first name in common, so that values may lie in one array. */
  readonly mayShareArrays: boolean;
  /** The index of the pattern's rule in the matcher. */
  readonly rule: RuleState;
  /** The leaf through which the combination is found; null if every leaf accepts absence. */
  readonly entry: SharedLeaf | null;
  /** Where `entry`, or the matcher, lists the combination. */
  place: number;
}

/** What the matcher keeps about a rule besides its id. */
export interface RuleState {
  readonly sequence: number;
  /** The last event that the rule matched. */
  matched: number;
}

/** Whether two of the leaves, given in ascending order of their paths, start with the same name. */
export function mayShareArrays(leaves: readonly SharedLeaf[]): boolean {
  const seen = new Set<PathNode>();
  for (const leaf of leaves) {
    let top = leaf.field.node;
    while (top.parent !== null && top.parent.parent !== null) top = top.parent;
    if (seen.has(top)) return true;
    seen.add(top);
  }
  return false;
}
