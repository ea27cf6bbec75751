import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/engine/ports/clock.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Moves on, calling back what becomes due on the way, and lets everything settle that follows from it. */
  advance(ms: number): Promise<void>;
  /** How many timers wait. */
  readonly timers: number;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** `turns`: how many turns of the loop what a timer begins may take before the clock goes on. */
export function manualClock(start = 1_700_000_000_000, turns = 4): ManualClock {
  let now = start;
  const timers = new Set<Timer>();
  return {
    now: () => now,
    after(delayMs, callback) {
      const timer = { at: now + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    get timers() {
      return timers.size;
    },
    async advance(ms) {
      // What was begun before sets its timers first.
      await settle(turns);
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.callback();
        await settle(turns);
      }
      now = end;
      await settle(turns);
    },
  };
}

/** Lets promises and messages between threads run that are under way: turns of the loop, no time. */
export async function settle(turns = 4): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await setImmediate();
}
