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
    const leaf =
      conditions.length === 1 ? this.#shareSingle(field, conditions[0]!) : this.#shareList(field, conditions);
    leaf.references++;
    return leaf;
  }

  /** A leaf of one condition, as most are, is found by its condition. */
  #shareSingle(field: Field, condition: Condition): SharedLeaf {
    const shared = shareCondition(field, condition);
    shared.single ??= this.#create('', field, [shared]);
    return shared.single;
  }

  #shareList(field: Field, conditions: readonly Condition[]): SharedLeaf {
    const key = JSON.stringify(conditions.map((condition) => condition.key).toSorted());
    let leaf = field.leaves.get(key);
    if (leaf === undefined) {
      leaf = this.#create(
        key,
        field,
        conditions.map((condition) => shareCondition(field, condition)),
      );
      field.leaves.set(key, leaf);
    }
    return leaf;
  }

  #create(key: string, field: Field, conditions: readonly FieldCondition[]): SharedLeaf {
    this.size++;
    for (const condition of conditions) condition.references++;
    return new SharedLeaf(key, field, conditions);
  }

  /** Gives a leaf back; with the last user go the leaf and what only it needed. */
  unshare(leaf: SharedLeaf): void {
    leaf.references--;
    if (leaf.references > 0) return;
    const { field, conditions } = leaf;
    if (conditions.length === 1) conditions[0]!.single = null;
    else field.leaves.delete(leaf.key);
    this.size--;
    for (const shared of conditions) {
      shared.references--;
      if (shared.references > 0) continue;
      field.conditions.delete(shared.condition.key);
      shared.leave();
    }
    if (field.conditions.size === 0) field.node.dropField();
  }
}

function shareCondition(field: Field, condition: Condition): FieldCondition {
  let shared = field.conditions.get(condition.key);
  if (shared === undefined) {
    shared = new FieldCondition(condition, field);
    field.conditions.set(condition.key, shared);
  }
  return shared;
}
