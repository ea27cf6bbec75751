import type {
  NewMessage,
  QueueCounts,
  QueueId,
  QueueMessage,
  QueueStore,
  Receipt,
} from '../../../engine/ports/queue-storage.ts';
import type { Cells } from '../wire.ts';
import { fromText, rowsOf, toText, wholeMs } from './cells.ts';
import type { Link } from './link.ts';

const MESSAGE_WIDTH = 9;

export class SqliteQueues implements QueueStore {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  async create(queue: QueueId): Promise<void> {
    await this.#link.call('queue.create', queue);
  }

  async drop(queue: QueueId): Promise<void> {
    await this.#link.call('queue.drop', queue);
  }

  async send(queue: QueueId, messages: readonly NewMessage[]): Promise<void> {
    let weight = 0;
    for (const { sentAt, visibleAt, body } of messages) {
      wholeMs(sentAt);
      wholeMs(visibleAt);
      weight += body.length;
    }
    const { cells, calls } = this.#link.join<void>(
      `send ${queue}`,
      weight,
      (items) => ['queue.send', queue, items],
      () => undefined,
    );
    for (const message of messages) {
      cells.push(
        message.messageId,
        message.body,
        toText(message.attributes),
        message.senderId,
        wholeMs(message.sentAt),
        wholeMs(message.visibleAt),
      );
    }
    return calls.join(messages.length);
  }

  async receive(
    queue: QueueId,
    max: number,
    now: number,
    visibleAgainAt: number,
    sentAfter: number,
  ): Promise<QueueMessage[]> {
    return rowsOf(
      await this.#link.call('queue.receive', queue, max, now, wholeMs(visibleAgainAt), sentAfter),
      MESSAGE_WIDTH,
      messageOf,
    );
  }

  async remove(queue: QueueId, receipts: readonly Receipt[]): Promise<boolean[]> {
    const { keys, calls } = this.#link.join<boolean[]>(
      `remove ${queue}`,
      0,
      (_, items) => ['queue.remove', queue, items],
      (removed, from, count) => (removed as boolean[]).slice(from, from + count),
    );
    for (const { sequence } of receipts) keys.push(sequence);
    return calls.join(receipts.length);
  }

  changeVisibility(
    queue: QueueId,
    receipts: readonly Receipt[],
    visibleAt: number,
    now: number,
  ): Promise<boolean[]> {
    const cells: Cells = receipts.flatMap(({ sequence, receipt }) => [sequence, receipt]);
    return this.#link.call('queue.changeVisibility', queue, cells, wholeMs(visibleAt), now);
  }

  async purge(queue: QueueId): Promise<void> {
    await this.#link.call('queue.purge', queue);
  }

  async counts(queue: QueueId, now: number): Promise<QueueCounts> {
    const [visible, inFlight, delayed] = await this.#link.call('queue.counts', queue, now);
    return { visible, inFlight, delayed };
  }

  async nextVisible(queue: QueueId): Promise<number | undefined> {
    return (await this.#link.call('queue.nextVisible', queue)) ?? undefined;
  }

  expire(queue: QueueId, sentBefore: number, maxRows: number): Promise<number> {
    return this.#link.call('queue.expire', queue, sentBefore, maxRows);
  }
}

const messageOf = (cells: Cells, at: number): QueueMessage => ({
  sequence: cells[at] as bigint,
  messageId: cells[at + 1] as string,
  body: cells[at + 2] as string,
  attributes: fromText(cells[at + 3]!),
  senderId: cells[at + 4] as string,
  sentAt: cells[at + 5] as number,
  visibleAt: cells[at + 6] as number,
  receiveCount: cells[at + 7] as number,
  firstReceivedAt: cells[at + 8] as number,
  receipt: cells[at + 7] as number,
});
