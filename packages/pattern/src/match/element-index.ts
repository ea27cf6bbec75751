import type { EventValue } from '../event-value.ts';
import type { ElementNode } from './element-node.ts';

const NONE: readonly ElementNode[] = [];

/** The innermost array elements of some values, arranged so that those within a given element are found at once. */
export class ElementIndex {
  /** Whether a value lies outside of all arrays of objects. */
  readonly outside: boolean;
  readonly elements: ReadonlySet<ElementNode>;
  #within: Map<ElementNode, ElementNode[]> | undefined;

  /** `judged` says that there is a value besides, outside of all arrays of objects. */
  constructor(values: Iterable<EventValue>, judged: boolean) {
    const elements = new Set<ElementNode>();
    let outside = judged;
    for (const { element } of values) {
      if (element === null) outside = true;
      else elements.add(element);
    }
    this.elements = elements;
    this.outside = outside;
  }

  /** The elements that are `node` or lie in it. */
  within(node: ElementNode): readonly ElementNode[] {
    this.#within ??= groupByAncestor(this.elements);
    return this.#within.get(node) ?? NONE;
  }
}

function groupByAncestor(elements: Iterable<ElementNode>): Map<ElementNode, ElementNode[]> {
  const groups = new Map<ElementNode, ElementNode[]>();
  for (const element of elements) {
    for (let node: ElementNode | null = element; node !== null; node = node.parent) {
      const group = groups.get(node);
      if (group === undefined) groups.set(node, [element]);
      else group.push(element);
    }
  }
  return groups;
}
