import { setTimeout as schedule, clearTimeout } from 'node:timers';
import type { Clock } from './engine/ports/clock.ts';

/** The longest delay that a Node timer takes; longer ones are cut into legs. */
const MAX_TIMER_MS = 2_147_483_647;

/** The machine's own clock. Timers do not keep the process alive. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    after(delayMs, callback) {
      let timer: NodeJS.Timeout;
      const arm = (left: number): void => {
        const leg = Math.min(Math.max(left, 0), MAX_TIMER_MS);
        timer = schedule(() => (left > leg ? arm(left - leg) : callback()), leg);
        timer.unref();
      };
      arm(delayMs);
      return () => clearTimeout(timer);
    },
  };
}
