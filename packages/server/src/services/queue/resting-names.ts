import type { Clock } from '../../engine/ports/clock.ts';
import { limits } from '../../model/limits.ts';

/**
 * Names that something was done to a short while ago and must not be done again yet (purge, create after delete). Kept in
 * memory only: a restart forgets the minute, which costs a client nothing but an error it does not get.
 */
export class RestingNames {
  readonly #clock: Clock;
  readonly #restMs: number;
  /** Until when, in the order of the ends, which is that of insertion. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock, restMs: number) {
    this.#clock = clock;
    this.#restMs = restMs;
  }

  start(name: string): void {
    this.#until.delete(name);
    this.#until.set(name, this.#clock.now() + this.#restMs);
    const now = this.#clock.now();
    for (const [oldest, until] of this.#until) {
      if (until > now && this.#until.size <= limits.queueRestingNames) break;
      this.#until.delete(oldest);
    }
  }

  /** What was begun did not happen after all. */
  forget(name: string): void {
    this.#until.delete(name);
  }

  rests(name: string): boolean {
    return (this.#until.get(name) ?? 0) > this.#clock.now();
  }
}
