import { Field } from './field.ts';
import { NameOrder } from './name-order.ts';

/** More names than these are not searched for. */
const MOST_SEARCHED = 4;
/** Blind nodes below a node that patterns read. */
const MOST_BLIND = 16;
const MOST_BLINKS = 128;
/** Nodes looked at for these names. */
const MOST_LOOKED_AT = 256;

/**
 * A field name on the way to fields that patterns read. Names with dots take several nodes, so that `{"a.b":1}` and
 * `{"a":{"b":1}}` end at the same one.
 */
export class PathNode {
  readonly name: string;
  readonly parent: PathNode | null;
  /** Present where some pattern reads exactly this path. */
  field: Field | null = null;
  children: Map<string, PathNode> | null = null;
  /** Creates children for whatever the event holds; only explanations want that. */
  readonly open: boolean;
  /** How many fields lie below. */
  fieldsBelow = 0;
  /** How many combinations have several leaves at or below this node, so that it matters which element holds a value. */
  elementsMatter = 0;
  /** The names that objects here are expected to have, in their order. */
  readonly names = new NameOrder();
  /**
   * Of a blind node the one for which it was made. Such a node stands for a container that no pattern reads but whose syntax
   * is checked, which takes less time if its names are known. It is only found through names that were learned.
   */
  owner: PathNode | null = null;
  /** How many blind nodes were made for this one; of a blind one, how many names were not expected. */
  blinds = 0;
  /** Counts, at the root, how often fields came and went. */
  changes = 0;
  #namesFor = -1;
  #namesToCome: readonly string[] = [];

  constructor(name: string, parent: PathNode | null, open: boolean) {
    this.name = name;
    this.parent = parent;
    this.open = open;
  }

  /** The child with this name, created if there is none yet. */
  obtain(name: string): PathNode {
    this.children ??= new Map();
    let child = this.children.get(name);
    if (child === undefined) {
      child = new PathNode(name, this, this.open);
      this.children.set(name, child);
      this.#forgetNames();
    }
    return child;
  }

  /** A blind node below this one; null if there are enough. */
  obtainBlind(): PathNode | null {
    const owner = this.owner ?? this;
    if (owner.blinds === MOST_BLIND) return null;
    owner.blinds++;
    const child = new PathNode('', this, false);
    child.owner = owner;
    return child;
  }

  /** Counts a name of a blind node that was not expected. Where names are ever new, it takes less time to skip them. */
  blink(): void {
    if (++this.blinds < MOST_BLINKS) return;
    this.owner = null;
    this.names.forget();
  }

  #forgetNames(): void {
    this.names.forget();
    this.blinds = 0;
  }

  /** The field at this path, created if there is none yet. */
  obtainField(): Field {
    if (this.field === null) {
      this.field = new Field(this);
      this.#countFields(1);
    }
    return this.field;
  }

  /**
   * What the text must hold somewhere behind a place within an object of this node, if any path is to get a further value
   * there: of each path a name that lies below the objects that are open. None if these are too many to be searched for, or
   * if one can be spelled in several ways.
   */
  namesToCome(root: PathNode): readonly string[] {
    if (this.#namesFor !== root.changes) {
      this.#namesFor = root.changes;
      this.#namesToCome = namesBeyond(root, this);
    }
    return this.#namesToCome;
  }

  /** Gives up the field at this path. */
  dropField(): void {
    this.field = null;
    this.#countFields(-1);
    PathNode.#prune(this);
  }

  #countFields(by: number): void {
    for (let node = this.parent; node !== null; node = node.parent) {
      node.fieldsBelow += by;
      node.changes++;
    }
  }

  /** Forgets a node and its ancestors as far as no field needs them. */
  static #prune(from: PathNode): void {
    let node = from;
    while (node.field === null && node.children === null && node.parent !== null) {
      node.parent.#remove(node.name);
      node = node.parent;
    }
  }

  /** The full dotted path. */
  get path(): string {
    const names = [this.name];
    for (let node = this.parent; node !== null && node.parent !== null; node = node.parent) {
      names.push(node.name);
    }
    return names.toReversed().join('.');
  }

  #remove(name: string): void {
    this.children?.delete(name);
    this.#forgetNames();
    if (this.children?.size === 0) this.children = null;
  }

  /** Whether this node is `other` or lies on the way to it. */
  leadsTo(other: PathNode): boolean {
    for (let node: PathNode | null = other; node !== null; node = node.parent) {
      if (node === this) return true;
    }
    return false;
  }
}

function namesBeyond(root: PathNode, open: PathNode): string[] {
  const names = new Set<string>();
  const nodes = [root];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (node.field !== null) {
      if (!isSpelledOnce(node.name)) return [];
      // The last name is followed by a quote, others may be by a dot.
      let longest = `${node.name}"`;
      for (let way = node; !way.leadsTo(open); way = way.parent!) {
        if (way.name.length >= longest.length) longest = way.name;
        if (!isSpelledOnce(way.name)) return [];
      }
      names.add(longest);
    }
    if (names.size > MOST_SEARCHED || i === MOST_LOOKED_AT) return [];
    for (const child of node.children?.values() ?? []) nodes.push(child);
  }
  return [...names];
}

/** Whether JSON has a single spelling of the name, apart from `\u` escapes. */
function isSpelledOnce(name: string): boolean {
  return JSON.stringify(name).length === name.length + 2 && !name.includes('/');
}
