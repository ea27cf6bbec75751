import { StorageError } from '../../engine/ports/storage.ts';
import type {
  NewMessage,
  QueueCounts,
  QueueId,
  QueueMessage,
  QueueStore,
  Receipt,
} from '../../engine/ports/queue-storage.ts';
import { MemoryQueue } from './queue.ts';

export class MemoryQueues implements QueueStore {
  readonly #queues = new Map<QueueId, MemoryQueue>();

  async create(queue: QueueId): Promise<void> {
    if (!this.#queues.has(queue)) this.#queues.set(queue, new MemoryQueue());
  }

  async drop(queue: QueueId): Promise<void> {
    this.#queues.delete(queue);
  }

  async send(queue: QueueId, messages: readonly NewMessage[]): Promise<void> {
    const kept = this.#queues.get(queue);
    if (!kept) throw new StorageError('missing', `there is no queue ${queue}`);
    for (const message of messages) kept.send(message);
  }

  async receive(
    queue: QueueId,
    max: number,
    now: number,
    visibleAgainAt: number,
    sentAfter: number,
  ): Promise<QueueMessage[]> {
    return this.#queues.get(queue)?.receive(max, now, visibleAgainAt, sentAfter) ?? [];
  }

  async remove(queue: QueueId, receipts: readonly Receipt[]): Promise<boolean[]> {
    const kept = this.#queues.get(queue);
    return receipts.map(({ sequence }) => kept?.remove(sequence) ?? false);
  }

  async changeVisibility(
    queue: QueueId,
    receipts: readonly Receipt[],
    visibleAt: number,
    now: number,
  ): Promise<boolean[]> {
    const kept = this.#queues.get(queue);
    return receipts.map((receipt) => kept?.changeVisibility(receipt, visibleAt, now) ?? false);
  }

  async purge(queue: QueueId): Promise<void> {
    this.#queues.get(queue)?.purge();
  }

  async counts(queue: QueueId, now: number): Promise<QueueCounts> {
    return this.#queues.get(queue)?.counts(now) ?? { visible: 0, inFlight: 0, delayed: 0 };
  }

  async nextVisible(queue: QueueId): Promise<number | undefined> {
    return this.#queues.get(queue)?.nextVisible();
  }

  async expire(queue: QueueId, sentBefore: number, maxRows: number): Promise<number> {
    return this.#queues.get(queue)?.expire(sentBefore, maxRows) ?? 0;
  }
}
