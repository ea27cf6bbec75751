import type {
  MoveRequest,
  Moved,
  NewOrderedMessage,
  QueueCounts,
  QueueMessage,
  Receipt,
  ReceiveRequest,
  Received,
  Removal,
  SentMessage,
} from '../../engine/ports/queue-storage.ts';
import { DeduplicationWindow } from './deduplication-window.ts';
import { freeze } from './document.ts';
import { InFlight } from './in-flight.ts';
import { MessageGroups } from './message-groups.ts';
import { messageOf, movable } from './ordered-message.ts';
import type { Group, OrderedMessage } from './ordered-message.ts';
import { asNew } from './moved-message.ts';
import type { MovedMessage, MoveTarget, TargetOf } from './moved-message.ts';

/**
 * The messages of one ordered queue. A group stands in one of two orders of groups (`message-groups.ts`), so that neither
 * a locked group's depth nor the number of groups makes a receive dearer.
 */
export class MemoryOrderedQueue implements MoveTarget {
  #messages = new Map<bigint, OrderedMessage>();
  #groups = new MessageGroups();
  #inFlight = new InFlight();
  #sent = new DeduplicationWindow();
  #last = 0n;

  send({ attributes, deduplicationKey, ...rest }: NewOrderedMessage, windowMs: number): SentMessage {
    const repeated = this.#sent.find(deduplicationKey, rest.sentAt, windowMs);
    if (repeated) return repeated;
    const { sequence } = this.#keep(
      {
        ...rest,
        attributes: freeze(attributes),
        receives: 0,
        firstReceivedAt: 0,
        deadLetterSource: undefined,
      },
      rest.sentAt,
    );
    const sent = { messageId: rest.messageId, sequence };
    this.#sent.add(deduplicationKey, sent, rest.sentAt, windowMs);
    return sent;
  }

  accept(message: MovedMessage, now: number): void {
    this.#keep(message, now);
  }

  receive(request: ReceiveRequest, target: MoveTarget | undefined): Received {
    const { max, now, visibleAgainAt, sentAfter, redrive, delayMs = 0, maxInFlight = Infinity } = request;
    const room = Math.min(max, maxInFlight - this.#inFlight.at(now));
    if (room <= 0) return { messages: [], moved: 0, atLimit: max > 0 };
    const received: OrderedMessage[] = [];
    let moved = 0;
    this.#groups.forEachReady(now, delayMs, (group) => {
      let message = group.first;
      while (message && received.length < room) {
        const { next } = message;
        if (message.since <= sentAfter) this.#unlink(message);
        else if (message.hiddenUntil === 0 && message.since + delayMs > now) break;
        else if (redrive && target && message.receives >= redrive.maxReceives) {
          this.#unlink(message);
          target.accept({ ...movable(message), deadLetterSource: redrive.source }, now);
          moved++;
        } else {
          received.push(message);
          this.#take(message, now, visibleAgainAt);
        }
        message = next;
      }
      return received.length < room;
    });
    return { messages: received.map(messageOf), moved, atLimit: false };
  }

  receiveAgain(receipts: readonly Receipt[], visibleAt: number, now: number): QueueMessage[] {
    const messages = receipts.map((receipt) => this.#inFlightUnder(receipt, now));
    if (messages.includes(undefined)) return [];
    return messages.map((message) => {
      this.#hide(message!, visibleAt);
      this.#groups.settle(message!.group);
      return messageOf(message!);
    });
  }

  remove(sequence: bigint): boolean {
    const message = this.#messages.get(sequence);
    if (!message) return false;
    this.#unlink(message);
    this.#groups.settle(message.group);
    return true;
  }

  removeInFlight(receipt: Receipt, now: number): Removal {
    if (!this.#messages.has(receipt.sequence)) return 'gone';
    if (!this.#inFlightUnder(receipt, now)) return 'expired';
    this.remove(receipt.sequence);
    return 'removed';
  }

  changeVisibility(receipt: Receipt, visibleAt: number, now: number): boolean {
    const message = this.#inFlightUnder(receipt, now);
    if (!message) return false;
    this.#hide(message, visibleAt);
    this.#groups.settle(message.group);
    return true;
  }

  move({ now, sentAfter, messageIds, delayMs = 0 }: MoveRequest, targetOf: TargetOf): Moved {
    let moved = 0;
    let blocked = false;
    this.#groups.forEachReady(now, delayMs, (group) => {
      let message = group.first;
      while (message && moved < messageIds.length) {
        const { next } = message;
        if (message.since > sentAfter) {
          if (message.hiddenUntil === 0 && message.since + delayMs > now) break;
          const target = targetOf(message.message.deadLetterSource);
          if (!target) {
            blocked = true;
            return false;
          }
          target.accept(asNew(movable(message), messageIds[moved]!, now), now);
          moved++;
        }
        this.#unlink(message);
        message = next;
      }
      return moved < messageIds.length;
    });
    return { moved, blocked };
  }

  purge(): void {
    this.#messages = new Map();
    this.#groups = new MessageGroups();
    this.#inFlight = new InFlight();
    this.#sent = new DeduplicationWindow();
  }

  counts(now: number, delayMs: number): QueueCounts {
    const inFlight = this.#inFlight.at(now);
    let delayed = 0;
    // Only queues with a delay are walked, and only when somebody asks for their counts.
    if (delayMs > 0) {
      for (const { hiddenUntil, since } of this.#messages.values()) {
        if (hiddenUntil === 0 && since + delayMs > now) delayed++;
      }
    }
    return { visible: this.#messages.size - inFlight - delayed, inFlight, delayed };
  }

  nextVisible(delayMs: number): number | undefined {
    return this.#groups.nextReady(delayMs);
  }

  expire(sentBefore: number, maxRows: number): number {
    let removed = 0;
    for (const [sequence, { since }] of this.#messages) {
      if (removed >= maxRows || since >= sentBefore) break;
      this.remove(sequence);
      removed++;
    }
    return removed;
  }

  #keep(message: MovedMessage, since: number): OrderedMessage {
    const group: Group = this.#groups.find(message.groupId ?? '');
    const kept: OrderedMessage = {
      sequence: ++this.#last,
      message,
      group,
      since,
      receives: message.receives,
      firstReceivedAt: message.firstReceivedAt,
      hiddenUntil: 0,
      previous: group.last,
      next: undefined,
    };
    if (group.last) group.last.next = kept;
    group.last = kept;
    this.#messages.set(kept.sequence, kept);
    if (!group.first) {
      group.first = kept;
      this.#groups.settle(group);
    }
    return kept;
  }

  #take(message: OrderedMessage, now: number, visibleAgainAt: number): void {
    message.receives++;
    if (message.receives === 1) message.firstReceivedAt = now;
    this.#hide(message, visibleAgainAt);
  }

  /** 0 stands for a message that was never hidden. */
  #hide(message: OrderedMessage, until: number): void {
    message.hiddenUntil = Math.max(until, 1);
    this.#inFlight.add(message);
  }

  #unlink(message: OrderedMessage): void {
    const { group, previous, next } = message;
    if (previous) previous.next = next;
    else group.first = next;
    if (next) next.previous = previous;
    else group.last = previous;
    this.#messages.delete(message.sequence);
    this.#inFlight.remove(message);
  }

  #inFlightUnder({ sequence, receipt }: Receipt, now: number): OrderedMessage | undefined {
    const message = this.#messages.get(sequence);
    return message && message.hiddenUntil > now && message.receives === receipt ? message : undefined;
  }
}
