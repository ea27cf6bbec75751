import type {
  MoveRequest,
  Moved,
  NewMessage,
  QueueCounts,
  QueueMessage,
  Receipt,
  ReceiveRequest,
  Received,
  Removal,
} from '../../engine/ports/queue-storage.ts';
import { freeze, thaw } from './document.ts';
import { Heap } from './heap.ts';
import { asNew } from './moved-message.ts';
import type { MovedMessage, MoveTarget, TargetOf } from './moved-message.ts';

interface Kept {
  readonly sequence: bigint;
  readonly message: MovedMessage;
  visibleAt: number;
  /** Also the receipt: both are raised by every receive. */
  receives: number;
  firstReceivedAt: number;
  /** Whether it is counted as hidden: its time was ahead when last looked at. */
  hidden: boolean;
}

/** A place of a message in an order. Out of date once the message is gone, was moved or is no longer hidden. */
interface Place {
  readonly kept: Kept;
  readonly visibleAt: number;
}

const sooner = (a: Place, b: Place): boolean =>
  a.visibleAt < b.visibleAt || (a.visibleAt === b.visibleAt && a.kept.sequence < b.kept.sequence);

/** So many out-of-date places are put up with before an order is swept. */
const SWEEP_AT = 1_024;

/**
 * The messages of one standard queue, in two orders: those whose time is ahead and those that can be received. Messages
 * move from the first to the second as time passes, so that no call ever walks the whole queue.
 */
export class MemoryQueue implements MoveTarget {
  #messages = new Map<bigint, Kept>();
  #ready = new Heap<Place>(sooner);
  #hidden = new Heap<Place>(sooner);
  #inFlight = 0;
  #delayed = 0;
  #last = 0n;

  send({ attributes, visibleAt, ...rest }: NewMessage): void {
    this.#keep(
      {
        ...rest,
        attributes: freeze(attributes),
        receives: 0,
        firstReceivedAt: 0,
        deadLetterSource: undefined,
        groupId: undefined,
      },
      visibleAt,
    );
  }

  accept(message: MovedMessage, now: number): void {
    this.#wake(now);
    const kept = this.#keep(message, now);
    this.#show(kept);
    this.#ready.push({ kept, visibleAt: now });
  }

  receive(request: ReceiveRequest, target: MoveTarget | undefined): Received {
    const { max, now, visibleAgainAt, sentAfter, redrive, maxInFlight = Infinity } = request;
    this.#wake(now);
    const room = Math.min(max, maxInFlight - this.#inFlight);
    if (room <= 0) return { messages: [], moved: 0, atLimit: max > 0 };
    const received: Kept[] = [];
    let moved = 0;
    while (received.length < room) {
      const place = this.#earliest(this.#ready, false);
      if (!place) break;
      const { kept } = place;
      this.#ready.pop();
      if (kept.message.sentAt <= sentAfter) this.remove(kept.sequence);
      else if (redrive && target && kept.receives >= redrive.maxReceives) {
        this.remove(kept.sequence);
        target.accept({ ...movable(kept), deadLetterSource: redrive.source }, now);
        moved++;
      } else received.push(kept);
    }
    for (const kept of received) {
      kept.receives++;
      if (kept.receives === 1) kept.firstReceivedAt = now;
      this.#hide(kept, visibleAgainAt);
    }
    return { messages: received.map(messageOf), moved, atLimit: false };
  }

  receiveAgain(receipts: readonly Receipt[], visibleAt: number, now: number): QueueMessage[] {
    this.#wake(now);
    const messages = receipts.map((receipt) => this.#inFlightUnder(receipt));
    if (messages.includes(undefined)) return [];
    return messages.map((kept) => {
      this.#show(kept!);
      this.#hide(kept!, visibleAt);
      return messageOf(kept!);
    });
  }

  remove(sequence: bigint): boolean {
    const kept = this.#messages.get(sequence);
    if (!kept) return false;
    this.#show(kept);
    this.#messages.delete(sequence);
    this.#sweep();
    return true;
  }

  removeInFlight(receipt: Receipt, now: number): Removal {
    this.#wake(now);
    if (!this.#messages.has(receipt.sequence)) return 'gone';
    if (!this.#inFlightUnder(receipt)) return 'expired';
    this.remove(receipt.sequence);
    return 'removed';
  }

  changeVisibility(receipt: Receipt, visibleAt: number, now: number): boolean {
    this.#wake(now);
    const kept = this.#inFlightUnder(receipt);
    if (!kept) return false;
    this.#show(kept);
    this.#hide(kept, visibleAt);
    return true;
  }

  move({ now, sentAfter, messageIds }: MoveRequest, targetOf: TargetOf): Moved {
    this.#wake(now);
    let moved = 0;
    while (moved < messageIds.length) {
      const place = this.#earliest(this.#ready, false);
      if (!place) break;
      const message = movable(place.kept);
      if (message.sentAt > sentAfter) {
        const target = targetOf(message.deadLetterSource);
        if (!target) return { moved, blocked: true };
        target.accept(asNew(message, messageIds[moved]!, now), now);
        moved++;
      }
      this.remove(place.kept.sequence);
    }
    return { moved, blocked: false };
  }

  purge(): void {
    this.#messages = new Map();
    this.#ready = new Heap<Place>(sooner);
    this.#hidden = new Heap<Place>(sooner);
    this.#inFlight = 0;
    this.#delayed = 0;
  }

  counts(now: number): QueueCounts {
    this.#wake(now);
    const { size } = this.#messages;
    const visible = size - this.#inFlight - this.#delayed;
    return { visible, inFlight: this.#inFlight, delayed: this.#delayed };
  }

  nextVisible(): number | undefined {
    const ready = this.#earliest(this.#ready, false)?.visibleAt;
    const hidden = this.#earliest(this.#hidden, true)?.visibleAt;
    if (ready === undefined || hidden === undefined) return ready ?? hidden;
    return Math.min(ready, hidden);
  }

  expire(sentBefore: number, maxRows: number): number {
    let removed = 0;
    for (const [sequence, { message }] of this.#messages) {
      if (removed >= maxRows || message.sentAt >= sentBefore) break;
      this.remove(sequence);
      removed++;
    }
    return removed;
  }

  #keep(message: MovedMessage, visibleAt: number): Kept {
    const { receives, firstReceivedAt } = message;
    const kept: Kept = {
      sequence: ++this.#last,
      message,
      visibleAt,
      receives,
      firstReceivedAt,
      hidden: false,
    };
    this.#messages.set(kept.sequence, kept);
    this.#hide(kept, visibleAt);
    return kept;
  }

  #inFlightUnder({ sequence, receipt }: Receipt): Kept | undefined {
    const kept = this.#messages.get(sequence);
    return kept?.hidden && kept.receives > 0 && kept.receives === receipt ? kept : undefined;
  }

  #hide(kept: Kept, visibleAt: number): void {
    kept.visibleAt = visibleAt;
    kept.hidden = true;
    if (kept.receives > 0) this.#inFlight++;
    else this.#delayed++;
    this.#hidden.push({ kept, visibleAt });
  }

  /** Counts a message as visible. */
  #show(kept: Kept): void {
    if (!kept.hidden) return;
    kept.hidden = false;
    if (kept.receives > 0) this.#inFlight--;
    else this.#delayed--;
  }

  #wake(now: number): void {
    for (;;) {
      const place = this.#earliest(this.#hidden, true);
      if (!place || place.visibleAt > now) return;
      this.#hidden.pop();
      this.#show(place.kept);
      this.#ready.push(place);
    }
  }

  #earliest(order: Heap<Place>, hidden: boolean): Place | undefined {
    for (;;) {
      const place = order.peek();
      if (!place || this.#current(place, hidden)) return place;
      order.pop();
    }
  }

  #current({ kept, visibleAt }: Place, hidden: boolean): boolean {
    if (kept.hidden !== hidden || kept.visibleAt !== visibleAt) return false;
    return this.#messages.get(kept.sequence) === kept;
  }

  /** A removed message's place would stay, and keep its body, until its time comes: that can be hours. */
  #sweep(): void {
    const most = 2 * this.#messages.size + SWEEP_AT;
    if (this.#hidden.size > most) this.#hidden.retain((place) => this.#current(place, true));
    if (this.#ready.size > most) this.#ready.retain((place) => this.#current(place, false));
  }
}

const movable = (kept: Kept): MovedMessage => ({
  ...kept.message,
  receives: kept.receives,
  firstReceivedAt: kept.firstReceivedAt,
});

const messageOf = ({ sequence, message, visibleAt, receives, firstReceivedAt }: Kept): QueueMessage => ({
  sequence,
  messageId: message.messageId,
  body: message.body,
  attributes: thaw(message.attributes),
  senderId: message.senderId,
  sentAt: message.sentAt,
  visibleAt,
  receiveCount: receives,
  firstReceivedAt,
  receipt: receives,
  ...(message.deadLetterSource !== undefined && { deadLetterSource: message.deadLetterSource }),
});
