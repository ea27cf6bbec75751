import type { Clock } from '../../engine/ports/clock.ts';
import { limits } from '../../model/limits.ts';

const MS_PER_SECOND = 1_000;

/** The gates of the destinations that sessions are open to: all sessions to one destination pass the same. */
export class RateGates {
  readonly #clock: Clock;
  readonly #gates = new Map<string, { readonly gate: RateGate; users: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  enter(arn: string): RateGate {
    const entry = this.#gates.get(arn) ?? { gate: new RateGate(this.#clock), users: 0 };
    entry.users++;
    this.#gates.set(arn, entry);
    return entry.gate;
  }

  leave(arn: string): void {
    const entry = this.#gates.get(arn);
    if (entry && --entry.users === 0) this.#gates.delete(arn);
  }
}

/** Spaces the requests to one destination, whichever rules they come from. */
export class RateGate {
  readonly #clock: Clock;
  /** When the next request may begin. */
  #next = -Infinity;
  #waiting = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether as many wait already as come through in `limits.httpRateQueueMs`; further ones had better stay in their lanes. */
  isFull(ratePerSecond: number): boolean {
    return this.#waiting >= Math.max(1, (ratePerSecond * limits.httpRateQueueMs) / MS_PER_SECOND);
  }

  /** True when it is this request's turn at once; else resolves when it is, or when the signal aborts: false then. */
  pass(ratePerSecond: number, signal: AbortSignal): true | Promise<boolean> {
    const now = this.#clock.now();
    // What was not used lately may be made up for, a little.
    const turn = Math.max(this.#next, now - limits.rateBurstMs);
    this.#next = turn + MS_PER_SECOND / ratePerSecond;
    return turn > now ? this.#wait(turn - now, signal) : true;
  }

  async #wait(ms: number, signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(ms, resolve);
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort);
    this.#waiting++;
    await promise;
    this.#waiting--;
    cancel();
    signal.removeEventListener('abort', onAbort);
    return !signal.aborted;
  }
}
