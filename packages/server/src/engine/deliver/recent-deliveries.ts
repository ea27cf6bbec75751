import { limits } from '../../model/limits.ts';

/** A delivery that succeeded. */
export interface RecentDelivery {
  /** The subscription, or one of its detours. */
  readonly lane: string;
  /** When the target took it, in milliseconds since the epoch. */
  readonly at: number;
  readonly attempts: number;
  /** Of the last attempt. */
  readonly latencyMs: number;
}

/**
 * The latest deliveries that succeeded, in a ring: a success writes nothing to the store, and yet `busbar trace` is to tell
 * of it. To add one costs a few assignments; to find one looks at the whole ring.
 */
export class RecentDeliveries {
  readonly #eventIds: (string | undefined)[];
  readonly #lanes: string[];
  readonly #at: Float64Array;
  readonly #attempts: Uint16Array;
  readonly #latencies: Float64Array;
  readonly #size: number;
  #next = 0;

  constructor(size: number = limits.recentDeliveries) {
    this.#size = size;
    this.#eventIds = [];
    this.#lanes = [];
    this.#at = new Float64Array(size);
    this.#attempts = new Uint16Array(size);
    this.#latencies = new Float64Array(size);
  }

  add(eventId: string, lane: string, at: number, attempts: number, latencyMs: number): void {
    const index = this.#next;
    this.#eventIds[index] = eventId;
    this.#lanes[index] = lane;
    this.#at[index] = at;
    this.#attempts[index] = attempts;
    this.#latencies[index] = latencyMs;
    this.#next = index + 1 === this.#size ? 0 : index + 1;
  }

  /** The deliveries of an event that are remembered, oldest first. */
  of(eventId: string): RecentDelivery[] {
    const found: RecentDelivery[] = [];
    for (let index = 0; index < this.#eventIds.length; index++) {
      if (this.#eventIds[index] !== eventId) continue;
      found.push({
        lane: this.#lanes[index]!,
        at: this.#at[index]!,
        attempts: this.#attempts[index]!,
        latencyMs: this.#latencies[index]!,
      });
    }
    return found.sort((left, right) => left.at - right.at);
  }
}
