import { limits } from '../model/limits.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';

const WINDOW_MS = 1_000;

/**
 * Log lines that clients or targets can cause at will: at most `limits.throttledLogLines` a second, and a count of those
 * that were left out with the next one. One throttle a kind of line, so that kinds do not hide each other.
 */
export class LogThrottle {
  readonly #logger: Logger;
  readonly #clock: Clock;
  #windowStart = 0;
  #lines = 0;
  #leftOut = 0;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  line(level: 'info' | 'warn', fields: object, message: string): void {
    const now = this.#clock.now();
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = now;
      this.#lines = 0;
    }
    if (this.#lines >= limits.throttledLogLines) {
      this.#leftOut++;
      return;
    }
    this.#lines++;
    this.#logger[level](this.#leftOut > 0 ? { ...fields, leftOut: this.#leftOut } : fields, message);
    this.#leftOut = 0;
  }
}
