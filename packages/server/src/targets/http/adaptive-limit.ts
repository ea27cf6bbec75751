import { limits } from '../../model/limits.ts';
import type { Clock } from '../../engine/ports/clock.ts';

/** How much of a new duration goes into the mean. */
const MEAN_WEIGHT = 1 / 16;
/** A duration this many times the usual one says that the peer is at its limit. */
const SLOW_FACTOR = 4;
const HALF = 0.5;

/**
 * How many requests may be under way at once to one destination. It grows while answers are good, first by one for each,
 * then, once it was cut, by one for a whole round. It is halved, at most once in a round, when requests fail as an
 * overloaded peer makes them fail, or take far longer than they used to.
 */
export class AdaptiveLimit {
  readonly #clock: Clock;
  #limit: number = limits.httpFirstConcurrency;
  #wasCut = false;
  /** Answers to requests that began before this say nothing new. */
  #cutAt = -Infinity;
  #meanMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get value(): number {
    return Math.floor(this.#limit);
  }

  /** A request that began at `startedAt` has ended well; `underWay` were on their way together with it. */
  succeeded(startedAt: number, underWay: number): void {
    const duration = this.#clock.now() - startedAt;
    const usual = this.#meanMs;
    this.#meanMs = usual === undefined ? duration : usual + (duration - usual) * MEAN_WEIGHT;
    const isSlow = usual !== undefined && duration > usual * SLOW_FACTOR + limits.httpSlowMs;
    if (isSlow) return this.#cut(startedAt);
    // A limit that nobody comes near says nothing of the peer.
    if (underWay < this.value) return;
    const step = this.#wasCut ? 1 / this.#limit : 1;
    this.#limit = Math.min(limits.httpConcurrency, this.#limit + step);
  }

  /** A request that began at `startedAt` has failed as it does when the peer has too much to do. */
  failed(startedAt: number): void {
    this.#cut(startedAt);
  }

  #cut(startedAt: number): void {
    if (startedAt <= this.#cutAt) return;
    this.#cutAt = this.#clock.now();
    this.#wasCut = true;
    this.#limit = Math.max(1, this.#limit * HALF);
  }
}
