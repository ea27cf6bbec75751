import type { Clock } from '../../engine/ports/clock.ts';
import type { QueueId, QueueMessage } from '../../engine/ports/queue-storage.ts';
import { limits } from '../../model/limits.ts';
import { requestThrottled } from './errors.ts';
import { WaitingLine } from './waiting-line.ts';
import type { Poll } from './waiting-line.ts';

export interface LongPollRequest extends Pick<Poll, 'attempt' | 'giveBack'> {
  readonly queue: QueueId;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

export interface LongPollContext {
  readonly clock: Clock;
  /** When the queue's earliest message is to be seen. */
  nextVisible(queue: QueueId): Promise<number | undefined>;
  /** Called when a queue seems to hold messages that no poll gets. */
  onStuck(queue: QueueId): void;
}

/** The long polls of all queues: a line for each queue that anybody waits at. Bounded by `limits.queueLongPolls`. */
export class LongPolls {
  readonly #context: LongPollContext;
  readonly #lines = new Map<QueueId, WaitingLine>();
  #waiting = 0;

  constructor(context: LongPollContext) {
    this.#context = context;
  }

  /** How many polls wait now. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether somebody waits at the queue already: a newcomer then stands behind. */
  isWaitedAt(queue: QueueId): boolean {
    return this.#lines.has(queue);
  }

  /**
   * Waits for messages, at most `waitMs`: empty when there were none, when the signal aborts or when the line closes.
   * Throws RequestThrottled when too many wait already.
   */
  async wait(request: LongPollRequest): Promise<QueueMessage[]> {
    if (request.signal.aborted) return [];
    if (this.#waiting >= limits.queueLongPolls) {
      throw requestThrottled('Too many long polls are waiting. Please try again later.');
    }
    this.#waiting++;
    const { promise, resolve, reject } = Promise.withResolvers<QueueMessage[]>();
    const leave = this.#lineOf(request.queue).join({
      attempt: () => request.attempt(),
      giveBack: (messages) => request.giveBack(messages),
      answer: resolve,
      fail: reject,
    });
    const cancelTimer = this.#context.clock.after(request.waitMs, () => leave('over'));
    const onAbort = (): void => leave('gone');
    request.signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await promise;
    } finally {
      this.#waiting--;
      cancelTimer();
      request.signal.removeEventListener('abort', onAbort);
    }
  }

  /** Messages of the queue are visible, or will be at `visibleAt`. Costs a look-up when nobody waits. */
  arrived(queue: QueueId, visibleAt: number): void {
    this.#lines.get(queue)?.arrived(visibleAt);
  }

  /** Ends the polls of a queue that is deleted. */
  closeQueue(queue: QueueId): void {
    this.#lines.get(queue)?.close();
  }

  /** Ends every poll without messages. */
  close(): void {
    for (const line of this.#lines.values()) line.close();
  }

  #lineOf(queue: QueueId): WaitingLine {
    const existing = this.#lines.get(queue);
    if (existing) return existing;
    const line = new WaitingLine({
      clock: this.#context.clock,
      nextVisible: () => this.#context.nextVisible(queue),
      onEmpty: () => {
        if (this.#lines.get(queue) === line) this.#lines.delete(queue);
      },
      onStuck: () => this.#context.onStuck(queue),
    });
    this.#lines.set(queue, line);
    return line;
  }
}
