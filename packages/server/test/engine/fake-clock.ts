import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Random } from '../../src/engine/ports/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** How often other work gets its turn after a timer has fired. */
const TURNS_AFTER_TIMER = 4;

/** A clock that stands still until it is told to go on. Timers fire in order, with turns of the event loop in between. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Map<number, Timer>();

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const order = this.#order++;
    this.#timers.set(order, { at: this.#now + Math.max(delayMs, 0), order, callback });
    return () => this.#timers.delete(order);
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Moves on by `ms`, firing what is due on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turns(TURNS_AFTER_TIMER);
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      this.#now = Math.max(this.#now, timer.at);
      this.#timers.delete(timer.order);
      timer.callback();
      await turns(TURNS_AFTER_TIMER);
    }
    this.#now = end;
    await turns(TURNS_AFTER_TIMER);
  }

  /** Moves on in steps until the condition holds; throws when it does not within `maxMs`. */
  async until(condition: () => boolean, maxMs = 60_000, stepMs = 50): Promise<void> {
    const end = this.#now + maxMs;
    // Work that needs no time gets the chance to be done in no time.
    for (let count = 0; count < 200 && !condition(); count++) await turns(1);
    while (!condition()) {
      if (this.#now >= end) throw new Error(`the condition did not hold within ${maxMs} ms`);
      await this.advance(stepMs);
    }
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (timer.at > end) continue;
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

export async function turns(count: number): Promise<void> {
  for (let index = 0; index < count; index++) await turn();
}

/** Chance that repeats: the same seed gives the same run (mulberry32). */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.below(16).toString(16)).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}
