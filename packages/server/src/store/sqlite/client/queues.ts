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
} from '../../../engine/ports/queue-storage.ts';
import type { Cells } from '../wire.ts';
import { fromText, optionalText, rowsOf, toText, wholeMs } from './cells.ts';
import type { Link } from './link.ts';

const MESSAGE_WIDTH = 10;
const SENT_WIDTH = 2;
/** In front of the messages of a receive: how many moved, whether the limit is reached. */
const RECEIVED_HEAD = 2;

/** In the order of the worker's codes. */
const REMOVALS: readonly Removal[] = ['removed', 'gone', 'expired'];

export class SqliteQueues implements QueueStore {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  async create(queue: QueueId, kind?: QueueKind): Promise<void> {
    await this.#link.call('queue.create', queue, kind === 'ordered');
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

  async sendOrdered(
    queue: QueueId,
    messages: readonly NewOrderedMessage[],
    windowMs: number,
  ): Promise<SentMessage[]> {
    let weight = 0;
    for (const { sentAt, body } of messages) {
      wholeMs(sentAt);
      weight += body.length;
    }
    const { cells, calls } = this.#link.join<SentMessage[]>(
      `send ${queue} ${windowMs}`,
      weight,
      (items) => ['queue.sendOrdered', queue, items, windowMs],
      (answer, from, count) =>
        rowsOf((answer as Cells).slice(from * SENT_WIDTH, (from + count) * SENT_WIDTH), SENT_WIDTH, sentOf),
    );
    for (const message of messages) {
      cells.push(
        message.messageId,
        message.body,
        toText(message.attributes),
        message.senderId,
        wholeMs(message.sentAt),
        message.groupId,
        message.deduplicationKey,
      );
    }
    return calls.join(messages.length);
  }

  async receive(queue: QueueId, request: ReceiveRequest): Promise<Received> {
    const { max, now, visibleAgainAt, sentAfter, delayMs = 0, maxInFlight = null, redrive } = request;
    const cells = await this.#link.call(
      'queue.receive',
      queue,
      max,
      now,
      wholeMs(visibleAgainAt),
      sentAfter,
      delayMs,
      maxInFlight,
      redrive ? [redrive.maxReceives, redrive.to, redrive.source] : [],
    );
    return {
      moved: cells[0] as number,
      atLimit: cells[1] === 1,
      messages: rowsOf(cells.slice(RECEIVED_HEAD), MESSAGE_WIDTH, messageOf),
    };
  }

  async receiveAgain(
    queue: QueueId,
    receipts: readonly Receipt[],
    visibleAt: number,
    now: number,
  ): Promise<QueueMessage[]> {
    const cells = await this.#link.call(
      'queue.receiveAgain',
      queue,
      cellsOf(receipts),
      wholeMs(visibleAt),
      now,
    );
    return rowsOf(cells, MESSAGE_WIDTH, messageOf);
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

  async removeInFlight(queue: QueueId, receipts: readonly Receipt[], now: number): Promise<Removal[]> {
    const { cells, calls } = this.#link.join<Removal[]>(
      `remove ${queue} ${now}`,
      0,
      (items) => ['queue.removeInFlight', queue, items, now],
      (codes, from, count) =>
        (codes as number[]).slice(from, from + count).map((code) => REMOVALS[code] ?? 'gone'),
    );
    cells.push(...cellsOf(receipts));
    return calls.join(receipts.length);
  }

  changeVisibility(
    queue: QueueId,
    receipts: readonly Receipt[],
    visibleAt: number,
    now: number,
  ): Promise<boolean[]> {
    return this.#link.call('queue.changeVisibility', queue, cellsOf(receipts), wholeMs(visibleAt), now);
  }

  async move(from: QueueId, request: MoveRequest): Promise<Moved> {
    const { now, sentAfter, delayMs = 0, messageIds, to } = request;
    const pairs: Cells = typeof to === 'string' ? [null, to] : [...to].flat();
    const [moved, blocked] = await this.#link.call(
      'queue.move',
      from,
      wholeMs(now),
      sentAfter,
      delayMs,
      messageIds,
      pairs,
    );
    return { moved, blocked };
  }

  async purge(queue: QueueId): Promise<void> {
    await this.#link.call('queue.purge', queue);
  }

  async counts(queue: QueueId, now: number, delayMs = 0): Promise<QueueCounts> {
    const [visible, inFlight, delayed] = await this.#link.call('queue.counts', queue, now, delayMs);
    return { visible, inFlight, delayed };
  }

  async nextVisible(queue: QueueId, delayMs = 0): Promise<number | undefined> {
    return (await this.#link.call('queue.nextVisible', queue, delayMs)) ?? undefined;
  }

  expire(queue: QueueId, sentBefore: number, maxRows: number): Promise<number> {
    return this.#link.call('queue.expire', queue, sentBefore, maxRows);
  }
}

const cellsOf = (receipts: readonly Receipt[]): Cells =>
  receipts.flatMap(({ sequence, receipt }) => [sequence, receipt]);

const sentOf = (cells: Cells, at: number): SentMessage => ({
  messageId: cells[at] as string,
  sequence: cells[at + 1] as bigint,
});

function messageOf(cells: Cells, at: number): QueueMessage {
  const deadLetterSource = optionalText(cells[at + 9]!);
  return {
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
    ...(deadLetterSource !== undefined && { deadLetterSource }),
  };
}
