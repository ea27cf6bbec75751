import type { Clock } from '../../engine/ports/clock.ts';
import type { QueueId, Receipt } from '../../engine/ports/queue-storage.ts';
import { limits } from '../../model/limits.ts';

interface Attempt {
  readonly until: number;
  readonly receipts: readonly Receipt[];
}

/**
 * What receives with a `ReceiveRequestAttemptId` got, so that a client whose answer was lost gets the same messages by
 * asking again. Kept in memory only: after a restart the messages come back once their visibility ends. An attempt whose
 * messages were deleted or hidden anew is over.
 */
export class ReceiveAttempts {
  readonly #clock: Clock;
  /** In the order of their ends, which is that of insertion. */
  readonly #attempts = new Map<string, Attempt>();
  /** The attempt that a message in flight belongs to. */
  readonly #ofMessage = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find(queue: QueueId, attemptId: string): readonly Receipt[] | undefined {
    const attempt = this.#attempts.get(keyOf(queue, attemptId));
    return attempt && attempt.until > this.#clock.now() ? attempt.receipts : undefined;
  }

  add(queue: QueueId, attemptId: string, messages: readonly Receipt[]): void {
    const key = keyOf(queue, attemptId);
    this.#forget(key);
    const now = this.#clock.now();
    for (const [oldest, { until }] of this.#attempts) {
      if (until > now && this.#attempts.size < limits.queueReceiveAttempts) break;
      this.#forget(oldest);
    }
    // Only the receipts: the messages themselves stay in the store.
    const receipts = messages.map(({ sequence, receipt }) => ({ sequence, receipt }));
    this.#attempts.set(key, { until: now + limits.queueReceiveAttemptSeconds * 1_000, receipts });
    for (const { sequence } of receipts) this.#ofMessage.set(keyOf(queue, sequence), key);
  }

  /** Somebody works with these messages: the attempts that got them cannot be repeated any more. */
  touched(queue: QueueId, receipts: readonly Receipt[]): void {
    if (this.#attempts.size === 0) return;
    for (const { sequence } of receipts) {
      const key = this.#ofMessage.get(keyOf(queue, sequence));
      if (key !== undefined) this.#forget(key);
    }
  }

  #forget(key: string): void {
    const attempt = this.#attempts.get(key);
    if (!attempt) return;
    this.#attempts.delete(key);
    const queue = key.slice(0, key.indexOf(' '));
    for (const { sequence } of attempt.receipts) this.#ofMessage.delete(keyOf(queue, sequence));
  }
}

const keyOf = (queue: QueueId, what: string | bigint): string => `${queue} ${what}`;
