import { Heap } from './heap.ts';
import type { OrderedMessage } from './ordered-message.ts';

interface Place {
  readonly message: OrderedMessage;
  readonly until: number;
}

/** So many out-of-date places are put up with before the order is swept. */
const SWEEP_AT = 1_024;

/** Counts the messages in flight. They stand in the order of their visibility and are let go as time passes. */
export class InFlight {
  readonly #messages = new Set<OrderedMessage>();
  readonly #order = new Heap<Place>((a, b) => a.until < b.until);

  /** A message is hidden, for the first time or anew. */
  add(message: OrderedMessage): void {
    this.#messages.add(message);
    this.#order.push({ message, until: message.hiddenUntil });
    if (this.#order.size > 2 * this.#messages.size + SWEEP_AT) {
      this.#order.retain((place) => this.#isCurrent(place));
    }
  }

  remove(message: OrderedMessage): void {
    this.#messages.delete(message);
  }

  /** How many are in flight at this time. */
  at(now: number): number {
    for (;;) {
      const place = this.#order.peek();
      if (!place || (place.until > now && this.#isCurrent(place))) return this.#messages.size;
      this.#order.pop();
      if (this.#isCurrent(place)) this.#messages.delete(place.message);
    }
  }

  #isCurrent({ message, until }: Place): boolean {
    return message.hiddenUntil === until && this.#messages.has(message);
  }
}
