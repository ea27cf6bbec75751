import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Urgency } from './engine/ports/clock.ts';
import type { AdvancedClock, ClockMover } from './engine/ports/clock-mover.ts';
import { limits } from './model/limits.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly urgency: Urgency | undefined;
  readonly callback: () => void;
  cancel: () => void;
}

/** What a movable clock begins with and leaves behind. */
export interface ClockMemory {
  /** What the clock is ahead of the machine's at the start. */
  readonly aheadMs: number;
  /** Keeps how far ahead it is about to be. When that fails the clock is not moved. */
  readonly keep: (aheadMs: number) => Promise<void>;
}

const NO_MEMORY: ClockMemory = { aheadMs: 0, keep: async () => undefined };

/** So many turns of the event loop without work mean that there is none. */
const CALM_TURNS = 3;
/** After so many turns with work the wait goes on at leisure: something takes real time. */
const BUSY_TURNS = 50;

/**
 * A clock for development: the machine's, ahead by what it was advanced. Advancing goes from timer to timer, in order, and
 * lets each begin and end its work before it goes on, so that a day of schedules and retries takes as long as their work.
 */
export class MovableClock implements Clock, ClockMover {
  readonly #machine: Clock;
  readonly #timers = new Set<Timer>();
  readonly #keep: ClockMemory['keep'];
  #offsetMs: number;
  #order = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #ended = false;
  /** Whether anything that a timer began is still under way. */
  busy: () => boolean = () => false;

  constructor(machine: Clock, { aheadMs, keep }: ClockMemory = NO_MEMORY) {
    this.#machine = machine;
    this.#offsetMs = aheadMs;
    this.#keep = keep;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): number {
    return this.#machine.now() + this.#offsetMs;
  }

  after(delayMs: number, callback: () => void, urgency?: Urgency): () => void {
    const at = this.now() + Math.max(delayMs, 0);
    const timer: Timer = { at, order: this.#order++, urgency, callback, cancel: () => undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => this.#remove(timer);
  }

  /** Moves on by `ms`, one call after the other. Resolves once all that was due is done, or cannot be waited for. */
  advance(ms: number): Promise<AdvancedClock> {
    const done = this.#queue.then(() => this.#advance(ms));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /** Moves no further: the daemon stops. */
  end(): void {
    this.#ended = true;
  }

  async #advance(ms: number): Promise<AdvancedClock> {
    const end = this.now() + ms;
    let stops = 0;
    await this.#settled();
    try {
      while (!this.#ended) {
        const at = Math.min(this.#nextStop(), end);
        await this.#jump(at);
        stops++;
        this.#fireDue();
        await this.#settled();
        if (at >= end) break;
      }
    } finally {
      // Also for a clock that stopped on the way: those that are left are due sooner than they were.
      for (const timer of this.#timers) this.#arm(timer);
    }
    return { now: this.now(), offsetMs: this.#offsetMs, stops };
  }

  async #jump(at: number): Promise<void> {
    const ms = at - this.now();
    if (ms <= 0) return;
    // Kept first: nothing may be stored under a time that a restart would not know of.
    await this.#keep(this.#offsetMs + ms);
    this.#offsetMs += ms;
  }

  /** When the next timer is due that others may wait for. Housekeeping is done on the way, whenever the clock stops. */
  #nextStop(): number {
    let next = Infinity;
    for (const { at, urgency } of this.#timers) if (urgency === undefined && at < next) next = at;
    return next;
  }

  #fireDue(): void {
    const now = this.now();
    const due = [...this.#timers].filter(({ at }) => at <= now);
    for (const timer of due.sort((a, b) => a.at - b.at || a.order - b.order)) {
      // An earlier one may have cancelled it.
      if (!this.#timers.has(timer)) continue;
      this.#remove(timer);
      timer.callback();
    }
  }

  async #settled(): Promise<void> {
    const giveUpAt = this.#machine.now() + limits.clockSettleMs;
    for (let calm = 0, turns = 0; calm < CALM_TURNS && this.#machine.now() < giveUpAt; turns++) {
      await turn();
      if (!this.busy()) calm++;
      else {
        calm = 0;
        if (turns > BUSY_TURNS) await new Promise<void>((resolve) => this.#machine.after(1, resolve));
      }
    }
  }

  #arm(timer: Timer): void {
    timer.cancel();
    timer.cancel = this.#machine.after(Math.max(timer.at - this.now(), 0), () => {
      // A timer that was armed before the clock was moved.
      if (!this.#timers.has(timer)) return;
      this.#remove(timer);
      timer.callback();
    });
  }

  #remove(timer: Timer): void {
    timer.cancel();
    this.#timers.delete(timer);
  }
}
