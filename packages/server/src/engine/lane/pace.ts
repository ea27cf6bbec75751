import { limits } from '../../model/limits.ts';

const MS_PER_SECOND = 1_000;
/** Sums of fractions fall short of a whole number by a hair. */
const ROUNDING = 1e-6;

/**
 * A token bucket: how many attempts of a lane may start now. It holds what comes together in `limits.rateBurstMs`, so that
 * a target that was idle is not met by a second's worth at once.
 */
export class Pace {
  #rate: number | undefined;
  #tokens = 0;
  #filledAt = 0;

  /** How many attempts may start at `now` when `rate` are allowed a second; without a rate any number. */
  room(rate: number | undefined, now: number): number {
    if (rate === undefined) {
      this.#rate = undefined;
      return Infinity;
    }
    const most = Math.max(1, (rate * limits.rateBurstMs) / MS_PER_SECOND);
    // A lane that had no rate starts with a full bucket; a rate that has changed keeps what was left.
    if (this.#rate === rate) {
      // A clock that was set back earns nothing.
      const earned = (Math.max(now - this.#filledAt, 0) * rate) / MS_PER_SECOND;
      this.#tokens = Math.min(most, this.#tokens + earned);
    } else this.#tokens = this.#rate === undefined ? most : Math.min(this.#tokens, most);
    this.#rate = rate;
    this.#filledAt = now;
    return Math.floor(this.#tokens + ROUNDING);
  }

  /** Attempts have started. */
  take(count: number): void {
    if (this.#rate !== undefined) this.#tokens -= count;
  }

  /** When the next attempt may start, asked after `room` has answered none. */
  nextAt(now: number): number {
    if (this.#rate === undefined) return now;
    const wait = ((1 - this.#tokens) * MS_PER_SECOND) / this.#rate;
    return now + Math.max(Math.ceil(wait), limits.rateWakeMs);
  }
}
