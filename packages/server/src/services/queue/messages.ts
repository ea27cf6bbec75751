import type { Clock } from '../../engine/ports/clock.ts';
import type {
  NewMessage,
  QueueMessage,
  QueueStore,
  Receipt,
  RedriveRule,
  Removal,
  SentMessage,
} from '../../engine/ports/queue-storage.ts';
import { StorageError } from '../../engine/ports/storage.ts';
import { limits } from '../../model/limits.ts';
import type { Queue } from './catalog.ts';
import { deduplicationKey } from './deduplication.ts';
import { overLimit, queueDoesNotExist } from './errors.ts';
import type { LongPolls } from './long-polls.ts';
import { ReceiveAttempts } from './receive-attempts.ts';

/** A message for either kind of queue: a FIFO queue needs the group and the deduplication id. */
export interface OutgoingMessage extends NewMessage {
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

export interface ReceiveRequest {
  readonly max: number;
  /** 0: answer at once. */
  readonly waitMs: number;
  readonly visibilityMs: number;
  readonly signal: AbortSignal;
  /** FIFO queues: a repeated id gets the same messages again. */
  readonly attemptId?: string | undefined;
}

export interface MessagesContext {
  readonly store: QueueStore;
  readonly clock: Clock;
  readonly polls: LongPolls;
  /** The queue as it is now: settings may change while a poll waits. */
  readonly newest: (queue: Queue) => Queue;
  /** Where messages of a queue go that were received too often. */
  readonly redriveOf: (queue: Queue) => RedriveRule | undefined;
}

/** Messages in and out of the store, with the long polls woken. The only place that calls the store for messages. */
export class QueueMessages {
  readonly #context: MessagesContext;
  readonly #attempts: ReceiveAttempts;

  constructor(context: MessagesContext) {
    this.#context = context;
    this.#attempts = new ReceiveAttempts(context.clock);
  }

  /**
   * Resolves once the messages are durable. Answers, for a FIFO queue, what each message became: a repeated one is the
   * one that it repeats. Throws QueueDoesNotExist when the queue was deleted meanwhile.
   */
  async send(queue: Queue, messages: readonly OutgoingMessage[]): Promise<SentMessage[] | undefined> {
    const first = messages[0];
    if (!first) return [];
    const { polls } = this.#context;
    const { id } = queue.document;
    const sent = await this.#store(queue, messages).catch((error: unknown) => {
      throw error instanceof StorageError && error.kind === 'missing' ? queueDoesNotExist() : error;
    });
    let earliest = first.visibleAt;
    for (const { visibleAt } of messages) if (visibleAt < earliest) earliest = visibleAt;
    polls.arrived(id, earliest);
    return sent;
  }

  /** Up to `max` messages, hidden from others for `visibilityMs`; none when none came in time. */
  async receive(queue: Queue, request: ReceiveRequest): Promise<QueueMessage[]> {
    const { attemptId } = request;
    if (attemptId === undefined) return this.#receive(queue, request);
    const { store, clock } = this.#context;
    const { id } = queue.document;
    const receipts = this.#attempts.find(id, attemptId);
    if (receipts) {
      const now = clock.now();
      const again = await store.receiveAgain(id, receipts, now + request.visibilityMs, now);
      if (again.length > 0) return again;
    }
    const messages = await this.#receive(queue, request);
    if (messages.length > 0) this.#attempts.add(id, attemptId, messages);
    return messages;
  }

  /**
   * Deletes; a message that is gone already is no error. For a FIFO queue the receipt must still be good: the answers say
   * whether it was, one a receipt.
   */
  async remove(queue: Queue, receipts: readonly Receipt[]): Promise<readonly Removal[]> {
    const { store, clock, polls } = this.#context;
    const { id } = queue.document;
    if (!queue.settings.fifo) {
      await store.remove(id, receipts);
      return receipts.map(() => 'removed');
    }
    this.#attempts.touched(id, receipts);
    const now = clock.now();
    const removals = await store.removeInFlight(id, receipts, now);
    // The rest of the group can go on.
    if (removals.includes('removed')) polls.arrived(id, now);
    return removals;
  }

  /** Hides messages in flight for `timeoutMs` from now; 0 shows them at once. False for one that is not in flight. */
  async changeVisibility(queue: Queue, receipts: readonly Receipt[], timeoutMs: number): Promise<boolean[]> {
    const { store, clock, polls } = this.#context;
    const { id } = queue.document;
    if (queue.settings.fifo) this.#attempts.touched(id, receipts);
    const now = clock.now();
    const changed = await store.changeVisibility(id, receipts, now + timeoutMs, now);
    if (changed.includes(true)) polls.arrived(id, now + timeoutMs);
    return changed;
  }

  /** A FIFO queue's shorter delay counts at once: whoever waits looks again. */
  settingsChanged({ document, settings }: Queue): void {
    if (settings.fifo) this.#context.polls.arrived(document.id, this.#context.clock.now());
  }

  #store(queue: Queue, messages: readonly OutgoingMessage[]): Promise<SentMessage[] | undefined> {
    const { store } = this.#context;
    const { id } = queue.document;
    if (!queue.settings.fifo) return store.send(id, messages).then(() => undefined);
    return store.sendOrdered(
      id,
      messages.map(({ groupId = '', deduplicationId = '', ...message }) => ({
        ...message,
        groupId,
        deduplicationKey: deduplicationKey(queue, groupId, deduplicationId),
      })),
      limits.queueDeduplicationSeconds * 1_000,
    );
  }

  async #receive(queue: Queue, request: ReceiveRequest): Promise<QueueMessage[]> {
    const { polls } = this.#context;
    const { id } = queue.document;
    const { waitMs, signal } = request;
    const attempt = (): Promise<QueueMessage[]> => this.#attempt(queue, request);
    const giveBack = async (messages: readonly QueueMessage[]): Promise<void> => {
      await this.changeVisibility(queue, messages, 0);
    };
    // Whoever waits already comes first; a short poll does not wait and so takes what is there.
    if (waitMs === 0 || !polls.isWaitedAt(id)) {
      const messages = await attempt();
      if (messages.length > 0 && signal.aborted) {
        await giveBack(messages);
        return [];
      }
      if (messages.length > 0 || waitMs === 0) return messages;
    }
    return polls.wait({ queue: id, waitMs, signal, attempt, giveBack });
  }

  async #attempt(queue: Queue, { max, waitMs, visibilityMs }: ReceiveRequest): Promise<QueueMessage[]> {
    const { store, clock, polls, newest, redriveOf } = this.#context;
    const { settings } = newest(queue);
    const now = clock.now();
    const redrive = redriveOf(newest(queue));
    const { messages, moved, atLimit } = await store.receive(queue.document.id, {
      max,
      now,
      visibleAgainAt: now + visibilityMs,
      sentAfter: now - settings.retentionMs,
      delayMs: settings.delayMs,
      maxInFlight: limits.queueInFlight,
      redrive,
    });
    if (redrive && moved > 0) polls.arrived(redrive.to, now);
    // A poll that waits may still get something, and a FIFO queue says nothing.
    if (atLimit && waitMs === 0 && !settings.fifo) {
      throw overLimit(
        `The maximum number of in flight messages is reached: ${limits.queueInFlight} for this queue.`,
      );
    }
    return messages;
  }
}
