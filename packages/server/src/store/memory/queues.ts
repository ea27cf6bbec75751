import { StorageError } from '../../engine/ports/storage.ts';
import type {
  MoveRequest,
  Moved,
  NewMessage,
  NewOrderedMessage,
  QueueCounts,
  QueueId,
  QueueKind,
  QueueMessage,
  QueueStore,
  Receipt,
  ReceiveRequest,
  Received,
  Removal,
  SentMessage,
} from '../../engine/ports/queue-storage.ts';
import { MemoryOrderedQueue } from './ordered-queue.ts';
import { MemoryQueue } from './queue.ts';

type AnyQueue = MemoryQueue | MemoryOrderedQueue;

export class MemoryQueues implements QueueStore {
  readonly #queues = new Map<QueueId, AnyQueue>();

  async create(queue: QueueId, kind?: QueueKind): Promise<void> {
    if (this.#queues.has(queue)) return;
    this.#queues.set(queue, kind === 'ordered' ? new MemoryOrderedQueue() : new MemoryQueue());
  }

  async drop(queue: QueueId): Promise<void> {
    this.#queues.delete(queue);
  }

  async send(queue: QueueId, messages: readonly NewMessage[]): Promise<void> {
    const kept = this.#queues.get(queue);
    if (!(kept instanceof MemoryQueue)) throw missing(queue, 'standard');
    for (const message of messages) kept.send(message);
  }

  async sendOrdered(
    queue: QueueId,
    messages: readonly NewOrderedMessage[],
    windowMs: number,
  ): Promise<SentMessage[]> {
    const kept = this.#queues.get(queue);
    if (!(kept instanceof MemoryOrderedQueue)) throw missing(queue, 'ordered');
    return messages.map((message) => kept.send(message, windowMs));
  }

  async receive(queue: QueueId, request: ReceiveRequest): Promise<Received> {
    const kept = this.#queues.get(queue);
    if (!kept) return { messages: [], moved: 0, atLimit: false };
    return kept.receive(request, request.redrive && this.#target(queue, request.redrive.to));
  }

  async receiveAgain(
    queue: QueueId,
    receipts: readonly Receipt[],
    visibleAt: number,
    now: number,
  ): Promise<QueueMessage[]> {
    return this.#queues.get(queue)?.receiveAgain(receipts, visibleAt, now) ?? [];
  }

  async remove(queue: QueueId, receipts: readonly Receipt[]): Promise<boolean[]> {
    const kept = this.#queues.get(queue);
    return receipts.map(({ sequence }) => kept?.remove(sequence) ?? false);
  }

  async removeInFlight(queue: QueueId, receipts: readonly Receipt[], now: number): Promise<Removal[]> {
    const kept = this.#queues.get(queue);
    return receipts.map((receipt) => kept?.removeInFlight(receipt, now) ?? 'gone');
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

  async move(from: QueueId, request: MoveRequest): Promise<Moved> {
    const { to } = request;
    const idOf = (source: string | undefined): QueueId | undefined =>
      typeof to === 'string' ? to : to.get(source ?? '');
    const kept = this.#queues.get(from);
    return kept?.move(request, (source) => this.#target(from, idOf(source))) ?? { moved: 0, blocked: false };
  }

  async purge(queue: QueueId): Promise<void> {
    this.#queues.get(queue)?.purge();
  }

  async counts(queue: QueueId, now: number, delayMs = 0): Promise<QueueCounts> {
    return this.#queues.get(queue)?.counts(now, delayMs) ?? { visible: 0, inFlight: 0, delayed: 0 };
  }

  async nextVisible(queue: QueueId, delayMs = 0): Promise<number | undefined> {
    return this.#queues.get(queue)?.nextVisible(delayMs);
  }

  async expire(queue: QueueId, sentBefore: number, maxRows: number): Promise<number> {
    return this.#queues.get(queue)?.expire(sentBefore, maxRows) ?? 0;
  }

  /** Another queue of the same kind. */
  #target(from: QueueId, to: QueueId | undefined): AnyQueue | undefined {
    const target = to === undefined || to === from ? undefined : this.#queues.get(to);
    return target?.constructor === this.#queues.get(from)?.constructor ? target : undefined;
  }
}

const missing = (queue: QueueId, kind: QueueKind): StorageError =>
  new StorageError('missing', `there is no ${kind} queue ${queue}`);
