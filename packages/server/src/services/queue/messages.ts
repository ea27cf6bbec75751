import type { Clock } from '../../engine/ports/clock.ts';
import type { NewMessage, QueueMessage, QueueStore, Receipt } from '../../engine/ports/queue-storage.ts';
import { StorageError } from '../../engine/ports/storage.ts';
import type { Queue } from './catalog.ts';
import { queueDoesNotExist } from './errors.ts';
import type { LongPolls } from './long-polls.ts';

export interface ReceiveRequest {
  readonly max: number;
  /** 0: answer at once. */
  readonly waitMs: number;
  readonly visibilityMs: number;
  readonly signal: AbortSignal;
}

/** Messages in and out of the store, with the long polls woken. The only place that calls the store for messages. */
export class QueueMessages {
  readonly #store: QueueStore;
  readonly #clock: Clock;
  readonly #polls: LongPolls;

  constructor(store: QueueStore, clock: Clock, polls: LongPolls) {
    this.#store = store;
    this.#clock = clock;
    this.#polls = polls;
  }

  /** Resolves once the messages are durable. Throws QueueDoesNotExist when the queue was deleted meanwhile. */
  async send(queue: Queue, messages: readonly NewMessage[]): Promise<void> {
    const first = messages[0];
    if (!first) return;
    const { id } = queue.document;
    await this.#store.send(id, messages).catch((error: unknown) => {
      throw error instanceof StorageError && error.kind === 'missing' ? queueDoesNotExist() : error;
    });
    let earliest = first.visibleAt;
    for (const { visibleAt } of messages) if (visibleAt < earliest) earliest = visibleAt;
    this.#polls.arrived(id, earliest);
  }

  /** Up to `max` messages, hidden from others for `visibilityMs`; none when none came in time. */
  async receive(queue: Queue, request: ReceiveRequest): Promise<QueueMessage[]> {
    const { id } = queue.document;
    const attempt = async (): Promise<QueueMessage[]> => {
      const now = this.#clock.now();
      const { messages } = await this.#store.receive(id, {
        max: request.max,
        now,
        visibleAgainAt: now + request.visibilityMs,
        sentAfter: now - queue.settings.retentionMs,
      });
      return messages;
    };
    const giveBack = async (messages: readonly QueueMessage[]): Promise<void> => {
      await this.changeVisibility(queue, messages, 0);
    };
    // Whoever waits already comes first; a short poll does not wait and so takes what is there.
    if (request.waitMs === 0 || !this.#polls.isWaitedAt(id)) {
      const messages = await attempt();
      if (messages.length > 0 && request.signal.aborted) {
        await giveBack(messages);
        return [];
      }
      if (messages.length > 0 || request.waitMs === 0) return messages;
    }
    const { waitMs, signal } = request;
    return this.#polls.wait({ queue: id, waitMs, signal, attempt, giveBack });
  }

  /** Deletes; a message that is gone already is no error. */
  async remove(queue: Queue, receipts: readonly Receipt[]): Promise<void> {
    await this.#store.remove(queue.document.id, receipts);
  }

  /** Hides messages in flight for `timeoutMs` from now; 0 shows them at once. False for one that is not in flight. */
  async changeVisibility(queue: Queue, receipts: readonly Receipt[], timeoutMs: number): Promise<boolean[]> {
    const { id } = queue.document;
    const now = this.#clock.now();
    const changed = await this.#store.changeVisibility(id, receipts, now + timeoutMs, now);
    if (changed.includes(true)) this.#polls.arrived(id, now + timeoutMs);
    return changed;
  }
}
