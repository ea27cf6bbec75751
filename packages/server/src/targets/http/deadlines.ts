import type { Clock } from '../../engine/ports/clock.ts';

/** Something that must end by itself, or is ended. */
export interface Limited {
  readonly startedAt: number;
  readonly timeoutMs: number;
  /** Removes it. */
  onTimeout(): void;
}

/**
 * Ends what has not ended in time, with one timer for all. Nearly everything ends long before, so that a timer of its own
 * for each would only be set and cancelled.
 */
export class Deadlines {
  readonly #clock: Clock;
  /** Those with the same time limit, in the order in which they began, which is that of their ends. */
  readonly #byLimit = new Map<number, Set<Limited>>();
  #wakeAt = Infinity;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(limited: Limited): void {
    const { startedAt, timeoutMs } = limited;
    let peers = this.#byLimit.get(timeoutMs);
    if (!peers) {
      peers = new Set();
      this.#byLimit.set(timeoutMs, peers);
    }
    peers.add(limited);
    if (startedAt + timeoutMs < this.#wakeAt) this.#wake(startedAt + timeoutMs);
  }

  /** It has ended. The timer stays while there are others, even if it was set for this one. */
  remove(limited: Limited): void {
    const peers = this.#byLimit.get(limited.timeoutMs);
    if (!peers?.delete(limited) || peers.size > 0) return;
    this.#byLimit.delete(limited.timeoutMs);
    if (this.#byLimit.size > 0) return;
    this.#cancel?.();
    this.#wakeAt = Infinity;
  }

  #wake(at: number): void {
    this.#cancel?.();
    this.#wakeAt = at;
    this.#cancel = this.#clock.after(at - this.#clock.now(), () => this.#sweep());
  }

  #sweep(): void {
    this.#wakeAt = Infinity;
    this.#cancel = undefined;
    const now = this.#clock.now();
    let next = Infinity;
    for (const [timeoutMs, peers] of this.#byLimit) {
      for (const limited of peers) {
        const { startedAt } = limited;
        // What began later than now did so before the clock was set back: nobody knows how long it has taken.
        const isOver = startedAt + timeoutMs <= now || startedAt > now;
        if (!isOver) {
          next = Math.min(next, startedAt + timeoutMs);
          break;
        }
        limited.onTimeout();
      }
    }
    if (next < this.#wakeAt) this.#wake(next);
  }
}
