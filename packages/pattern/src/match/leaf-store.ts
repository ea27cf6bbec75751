import type { Condition } from '../operators/operator.ts';
import type { Leaf } from '../pattern.ts';
import { FieldCondition } from './field.ts';
import type { Field } from './field.ts';
import { PathNode } from './path-trie.ts';
import { SharedLeaf } from './shared-leaf.ts';

/** The leaves of many patterns, each kept once, and the tree of the paths they read. */
export class LeafStore {
  readonly root: PathNode;
  /** The number of leaves, for tests. */
  size = 0;

  /** `open` has the tree take in every path of an event. */
  constructor(open: boolean) {
    this.root = new PathNode('', null, open);
  }

  /** The shared form of a leaf. Every call is to be undone by one of `unshare`. */
  share({ path, conditions }: Leaf): SharedLeaf {
    let node = this.root;
    for (const name of path.split('.')) node = node.obtain(name);
    const field = node.obtainField();
    const key = keyOf(conditions);
    let leaf = field.leaves.get(key);
    if (leaf === undefined) {
      const shared = conditions.map((condition) => shareCondition(field, condition));
      leaf = new SharedLeaf(key, field, shared);
      field.leaves.set(key, leaf);
      this.size++;
    }
    leaf.references++;
    return leaf;
  }

  /** Gives a leaf back; with the last user go the leaf and what only it needed. */
  unshare(leaf: SharedLeaf): void {
    leaf.references--;
    if (leaf.references > 0) return;
    leaf.field.leaves.delete(leaf.key);
    this.size--;
    for (const shared of leaf.conditions) {
      shared.references--;
      if (shared.references > 0) continue;
      leaf.field.conditions.delete(shared.condition.key);
      shared.leave();
    }
    if (leaf.field.conditions.size > 0) return;
    leaf.field.node.dropField();
  }
}

/** The identity of a leaf on its field: with one condition, as most have, the very text that this has as its key. */
function keyOf(conditions: readonly Condition[]): string {
  if (conditions.length === 1) return conditions[0]!.key;
  return JSON.stringify(conditions.map((condition) => condition.key).toSorted());
}

function shareCondition(field: Field, condition: Condition): FieldCondition {
  let shared = field.conditions.get(condition.key);
  if (shared === undefined) {
    shared = new FieldCondition(condition, field);
    field.conditions.set(condition.key, shared);
  }
  shared.references++;
  return shared;
}
