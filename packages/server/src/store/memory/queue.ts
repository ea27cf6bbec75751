import type { NewMessage, QueueCounts, QueueMessage, Receipt } from '../../engine/ports/queue-storage.ts';
import { freeze, thaw } from './document.ts';
import { Heap } from './heap.ts';

interface Kept {
  readonly sequence: bigint;
  readonly message: NewMessage;
  readonly attributes: string | undefined;
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
 * The messages of one queue, in two orders: those whose time is ahead and those that can be received. Messages move
 * from the first to the second as time passes, so that no call ever walks the whole queue.
 */
export class MemoryQueue {
  #messages = new Map<bigint, Kept>();
  #ready = new Heap<Place>(sooner);
  #hidden = new Heap<Place>(sooner);
  #inFlight = 0;
  #delayed = 0;
  #last = 0n;

  send(message: NewMessage): void {
    const { attributes, ...rest } = message;
    const kept: Kept = {
      sequence: ++this.#last,
      message: rest,
      attributes: freeze(attributes),
      visibleAt: message.visibleAt,
      receives: 0,
      firstReceivedAt: 0,
      hidden: false,
    };
    this.#messages.set(kept.sequence, kept);
    this.#hide(kept, message.visibleAt);
  }

  receive(max: number, now: number, visibleAgainAt: number, sentAfter: number): QueueMessage[] {
    this.#wake(now);
    const received: Kept[] = [];
    while (received.length < max) {
      const place = this.#earliest(this.#ready, false);
      if (!place) break;
      this.#ready.pop();
      if (place.kept.message.sentAt <= sentAfter) this.remove(place.kept.sequence);
      else received.push(place.kept);
    }
    for (const kept of received) {
      kept.receives++;
      if (kept.receives === 1) kept.firstReceivedAt = now;
      this.#hide(kept, visibleAgainAt);
    }
    return received.map(messageOf);
  }

  remove(sequence: bigint): boolean {
    const kept = this.#messages.get(sequence);
    if (!kept) return false;
    this.#show(kept);
    this.#messages.delete(sequence);
    this.#sweep();
    return true;
  }

  changeVisibility(receipt: Receipt, visibleAt: number, now: number): boolean {
    this.#wake(now);
    const kept = this.#messages.get(receipt.sequence);
    if (!kept?.hidden || kept.receives === 0 || kept.receives !== receipt.receipt) return false;
    this.#show(kept);
    this.#hide(kept, visibleAt);
    return true;
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

const messageOf = (kept: Kept): QueueMessage => ({
  sequence: kept.sequence,
  messageId: kept.message.messageId,
  body: kept.message.body,
  attributes: thaw(kept.attributes),
  senderId: kept.message.senderId,
  sentAt: kept.message.sentAt,
  visibleAt: kept.visibleAt,
  receiveCount: kept.receives,
  firstReceivedAt: kept.firstReceivedAt,
  receipt: kept.receives,
});
