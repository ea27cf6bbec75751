import type { Clock } from '../../engine/ports/clock.ts';
import type { FunctionInvocation, FunctionResult } from '../../engine/ports/function-invoker.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import { limits } from '../../model/limits.ts';

type Invoke = (invocation: FunctionInvocation, signal: AbortSignal) => Promise<FunctionResult>;

/**
 * Calls that nobody waits for (`InvocationType: Event`): tried again twice, as Lambda does. They live in memory only: events
 * that must not be lost are published to a bus, whose rules keep them.
 */
export class EventCalls {
  readonly #invoke: Invoke;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #underWay = new Set<Promise<void>>();
  /** What cancels the next attempt of calls that failed. */
  readonly #resting = new Set<() => void>();
  #closed = false;

  constructor(invoke: Invoke, clock: Clock, logger: Logger) {
    this.#invoke = invoke;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** False when there are too many. */
  accept(invocation: FunctionInvocation): boolean {
    if (this.#closed || this.#underWay.size + this.#resting.size >= limits.functionEventCalls) return false;
    this.#try(invocation, 0);
    return true;
  }

  /** Waits for the calls under way; those that would be tried again are given up. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#resting) cancel();
    if (this.#resting.size > 0) {
      this.#logger.warn({ count: this.#resting.size }, 'failed calls of functions are not tried again');
    }
    this.#resting.clear();
    await Promise.all(this.#underWay);
  }

  #try(invocation: FunctionInvocation, attempt: number): void {
    const run = this.#invoke(invocation, new AbortController().signal).then((result) => {
      this.#underWay.delete(run);
      if (result.status === 'failed' || result.status === 'busy') this.#failed(invocation, attempt);
    });
    this.#underWay.add(run);
  }

  #failed(invocation: FunctionInvocation, attempt: number): void {
    const { name, requestId } = invocation;
    const pause = limits.functionEventRetryMs[attempt];
    if (pause === undefined || this.#closed) {
      this.#logger.warn({ function: name, requestId }, 'a call of a function failed for good');
      return;
    }
    const cancel = this.#clock.after(pause, () => {
      this.#resting.delete(cancel);
      this.#try(invocation, attempt + 1);
    });
    this.#resting.add(cancel);
  }
}
