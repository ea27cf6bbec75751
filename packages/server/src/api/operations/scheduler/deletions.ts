import type { Clock } from '../../../engine/ports/clock.ts';
import { limits } from '../../../model/limits.ts';

/** Deletions that were answered lately, by their tokens: sent again they are answered alike. */
export class Deletions {
  readonly #clock: Clock;
  readonly #answered = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(arn: string, token: string | undefined): void {
    if (token === undefined) return;
    const now = this.#clock.now();
    for (const [key, at] of this.#answered) {
      if (this.#answered.size < limits.scheduleDeletions && now - at < limits.scheduleTokenMs) break;
      this.#answered.delete(key);
    }
    this.#answered.set(keyOf(arn, token), now);
  }

  has(arn: string, token: string | undefined): boolean {
    const at = token === undefined ? undefined : this.#answered.get(keyOf(arn, token));
    return at !== undefined && this.#clock.now() - at < limits.scheduleTokenMs;
  }
}

const keyOf = (arn: string, token: string): string => `${token} ${arn}`;
