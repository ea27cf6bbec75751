/** A chunk that grows beyond this is split. */
const CHUNK = 512;

/** Compares like a sort does; never 0 for two different items. */
export type Order<Item> = (a: Item, b: Item) => number;

/**
 * Items in an order, kept in chunks, so that adding and removing in the middle moves few of them. Where to start is told
 * by a probe: a function that answers whether an item lies before the place that is looked for.
 */
export class SortedList<Item> {
  readonly #order: Order<Item>;
  #chunks: Item[][] = [];

  constructor(order: Order<Item>) {
    this.#order = order;
  }

  get first(): Item | undefined {
    return this.#chunks[0]?.[0];
  }

  get last(): Item | undefined {
    return this.#chunks.at(-1)?.at(-1);
  }

  add(item: Item): void {
    const before = (other: Item): boolean => this.#order(other, item) < 0;
    // Most items come at the end.
    const at = Math.min(this.#chunkOf(before), this.#chunks.length - 1);
    const chunk = this.#chunks[at];
    if (!chunk) {
      this.#chunks.push([item]);
      return;
    }
    chunk.splice(countWhile(chunk, before), 0, item);
    if (chunk.length > CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK / 2));
  }

  remove(item: Item): void {
    const before = (other: Item): boolean => this.#order(other, item) < 0;
    const at = this.#chunkOf(before);
    const chunk = this.#chunks[at];
    if (!chunk) return;
    const index = countWhile(chunk, before);
    if (chunk[index] !== item) return;
    chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** The items from the first one on for which `before` is false. The list must not change meanwhile. */
  *from(before: (item: Item) => boolean): Generator<Item> {
    let at = this.#chunkOf(before);
    let index = at < this.#chunks.length ? countWhile(this.#chunks[at]!, before) : 0;
    for (; at < this.#chunks.length; at++, index = 0) {
      const chunk = this.#chunks[at]!;
      for (; index < chunk.length; index++) yield chunk[index]!;
    }
  }

  /** Backwards, the items from the last one on for which `before` is true. */
  *backFrom(before: (item: Item) => boolean): Generator<Item> {
    let at = Math.min(this.#chunkOf(before), this.#chunks.length - 1);
    if (at < 0) return;
    let index = countWhile(this.#chunks[at]!, before) - 1;
    for (;;) {
      const chunk = this.#chunks[at]!;
      for (; index >= 0; index--) yield chunk[index]!;
      if (--at < 0) return;
      index = this.#chunks[at]!.length - 1;
    }
  }

  /** The first chunk whose last item is not before the place; one beyond the end when there is none. */
  #chunkOf(before: (item: Item) => boolean): number {
    return countWhile(this.#chunks, (chunk) => before(chunk.at(-1)!));
  }
}

/** How many items at the beginning satisfy a condition that holds up to some place and nowhere behind it. */
function countWhile<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
