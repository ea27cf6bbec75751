import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells } from '../wire.ts';
import { DeduplicationTable } from './deduplication-table.ts';
import { HiddenCounts } from './hidden-counts.ts';
import { EXPIRED, GONE, REMOVED, asNew } from './message-tables.ts';
import type { MessageTables, MovedMessage, MoveOrder, ReceiveOrder } from './message-tables.ts';
import { OrderedGroups } from './ordered-groups.ts';
import { OrderedMessages } from './ordered-messages.ts';
import type { OrderedState } from './ordered-messages.ts';
import { RECEIPT_WIDTH } from './queue-tables.ts';

/** Cells of a message on its way in: message id, body, attributes, sender, sent at, group, deduplication key. */
export const NEW_ORDERED_MESSAGE_WIDTH = 7;

/** Messages that one receive or move clears out of its way (expired or exhausted): a call's work stays bounded. */
const CLEARED_MESSAGES = 500;

/** Messages of a group that are read at a time. */
const PAGE = 10;

/**
 * The messages of one ordered queue. What is ready is found by group: a group has one row, however many messages it has,
 * and that row stands in an index by the time at which the group can be given out (`ordered-groups.ts`).
 */
export class OrderedTables implements MessageTables {
  readonly #takeSequences: (count: number) => bigint;
  readonly #messages: OrderedMessages;
  readonly #groups: OrderedGroups;
  readonly #sent: DeduplicationTable;
  /** Kept up to date from the first time that somebody asks. */
  #counts: HiddenCounts | undefined;

  constructor(database: DatabaseSync, tables: bigint, takeSequences: (count: number) => bigint) {
    this.#takeSequences = takeSequences;
    this.#messages = new OrderedMessages(database, tables);
    this.#groups = new OrderedGroups(database, tables);
    this.#sent = new DeduplicationTable(database, tables);
  }

  /** Message id and sequence of each message, or of the one that it repeats. */
  send(messages: Cells, windowMs: number): Cells {
    const answers: Cells = [];
    let sequence = this.#takeSequences(messages.length / NEW_ORDERED_MESSAGE_WIDTH);
    for (let at = 0; at < messages.length; at += NEW_ORDERED_MESSAGE_WIDTH) {
      const [messageId, body, attributes, senderId] = messages.slice(at, at + 4) as [Cell, Cell, Cell, Cell];
      const sentAt = messages[at + 4] as number;
      const key = messages[at + 6] as string;
      const repeated = this.#sent.find(key, sentAt, windowMs);
      if (repeated) answers.push(...repeated);
      else {
        const group = this.#groups.enter(messages[at + 5] as string, sentAt);
        const contents = [messageId, body, attributes, senderId, sentAt, null];
        this.#messages.insert({ sequence, group, since: sentAt, receives: 0, firstReceivedAt: 0 }, contents);
        this.#counts?.add(0, false);
        this.#sent.add(key, sequence, sentAt, messageId as string);
        answers.push(messageId, sequence);
      }
      sequence++;
    }
    return answers;
  }

  accept(message: MovedMessage, now: number): void {
    const { receives, firstReceivedAt, messageId, body, attributes, senderId, sentAt } = message;
    const sequence = this.#takeSequences(1);
    const group = this.#groups.enter(message.group as string, now);
    this.#messages.insert({ sequence, group, since: now, receives, firstReceivedAt }, [
      messageId,
      body,
      attributes,
      senderId,
      sentAt,
      message.deadLetterSource,
    ]);
    this.#counts?.add(0, false);
  }

  receive(order: ReceiveOrder): Cells {
    const room = this.#room(order);
    if (room <= 0) return [0, order.max > 0 ? 1 : 0];
    const { now, sentAfter, delayMs, redrive, visibleAgainAt } = order;
    const received: OrderedState[] = [];
    let moved = 0;
    this.#forEachReady(now, delayMs, (message) => {
      if (received.length === room) return 'stop';
      if (message.since <= sentAfter) return 'remove';
      if (message.hiddenUntil === 0 && message.since + delayMs > now) return 'next group';
      if (redrive && message.receives >= redrive.maxReceives) {
        redrive.target.accept({ ...this.#movable(message), deadLetterSource: redrive.source }, now);
        moved++;
        return 'remove';
      }
      const receives = message.receives + 1;
      const firstReceivedAt = receives === 1 ? now : message.firstReceivedAt;
      received.push(this.#hide({ ...message, receives, firstReceivedAt }, visibleAgainAt));
      return 'next message';
    });
    return [moved, 0, ...received.flatMap((message) => this.#messages.show(message))];
  }

  receiveAgain(receipts: Cells, visibleAt: number, now: number): Cells {
    const messages: OrderedState[] = [];
    for (let at = 0; at < receipts.length; at += RECEIPT_WIDTH) {
      const message = this.#inFlight(receipts[at] as bigint, receipts[at + 1] as number, now);
      if (!message) return [];
      messages.push(message);
    }
    return messages.flatMap((message) => {
      const hidden = this.#hide(message, visibleAt);
      this.#settle(message.group);
      return this.#messages.show(hidden);
    });
  }

  remove(sequence: bigint): boolean {
    const message = this.#messages.find(sequence);
    if (!message) return false;
    this.#drop(message);
    this.#settle(message.group);
    return true;
  }

  removeInFlight(sequence: bigint, receipt: number, now: number): number {
    if (!this.#messages.find(sequence)) return GONE;
    if (!this.#inFlight(sequence, receipt, now)) return EXPIRED;
    this.remove(sequence);
    return REMOVED;
  }

  changeVisibility(sequence: bigint, receipt: number, visibleAt: number, now: number): boolean {
    const message = this.#inFlight(sequence, receipt, now);
    if (!message) return false;
    this.#hide(message, visibleAt);
    this.#settle(message.group);
    return true;
  }

  move({ now, sentAfter, delayMs, messageIds, targetOf }: MoveOrder): [moved: number, blocked: boolean] {
    let moved = 0;
    let blocked = false;
    this.#forEachReady(now, delayMs, (message) => {
      if (moved === messageIds.length || blocked) return 'stop';
      if (message.since <= sentAfter) return 'remove';
      if (message.hiddenUntil === 0 && message.since + delayMs > now) return 'next group';
      const contents = this.#movable(message);
      const target = targetOf(contents.deadLetterSource);
      blocked = target === undefined;
      if (!target) return 'stop';
      target.accept(asNew(contents, messageIds[moved]!, now), now);
      moved++;
      return 'remove';
    });
    return [moved, blocked];
  }

  counts(now: number, delayMs: number): [visible: number, inFlight: number, delayed: number] {
    const counts = (this.#counts ??= this.#load(now));
    const inFlight = this.#exactlyInFlight(counts, now);
    // Delayed messages are the last ones that came: nothing else is looked at.
    const delayed = delayMs > 0 ? this.#messages.countSince(now - delayMs) : 0;
    return [counts.total - inFlight - delayed, inFlight, delayed];
  }

  nextVisible(delayMs: number): number | null {
    return this.#groups.nextReady(delayMs);
  }

  expire(sentBefore: number, maxRows: number): number {
    let removed = 0;
    for (const message of this.#messages.oldest(maxRows)) {
      if (message.since >= sentBefore) break;
      this.#drop(message);
      this.#settle(message.group);
      removed++;
    }
    return removed;
  }

  /**
   * Walks the messages of ready groups, first the group that has been ready for longest, each group once, and does with
   * each message what `use` says. Looks at no locked group, and at no message behind one that must not be given out.
   */
  #forEachReady(
    now: number,
    delayMs: number,
    use: (message: OrderedState) => 'next message' | 'next group' | 'remove' | 'stop',
  ): void {
    const used = new Set<bigint>();
    let cleared = 0;
    for (;;) {
      const groups = this.#groups.ready(now, delayMs, PAGE + used.size).filter((group) => !used.has(group));
      if (groups.length === 0) return;
      for (const group of groups) {
        used.add(group);
        const verdict = this.#walk(group, (message) => {
          const what = use(message);
          if (what !== 'remove') return what;
          this.#drop(message);
          return ++cleared < CLEARED_MESSAGES ? 'next message' : 'stop';
        });
        this.#settle(group);
        if (verdict === 'stop') return;
      }
    }
  }

  #walk(
    group: bigint,
    use: (message: OrderedState) => 'next message' | 'next group' | 'stop',
  ): 'next group' | 'stop' {
    let after = 0n;
    for (;;) {
      const page = this.#messages.ofGroup(group, after, PAGE);
      for (const message of page) {
        const verdict = use(message);
        if (verdict !== 'next message') return verdict;
        after = message.sequence;
      }
      if (page.length < PAGE) return 'next group';
    }
  }

  /** Brings a group's row up to date after a change to its first messages. */
  #settle(group: bigint): void {
    const [first] = this.#messages.ofGroup(group, 0n, 1);
    if (!first) this.#groups.leave(group);
    else if (first.hiddenUntil === 0) this.#groups.place(group, true, first.since);
    else this.#groups.place(group, false, this.#messages.lockedUntil(group));
  }

  /** How many messages may be given out. Counts exactly only where the limit is near. */
  #room({ max, now, maxInFlight }: ReceiveOrder): number {
    if (maxInFlight === null) return max;
    const counts = (this.#counts ??= this.#load(now));
    if (counts.mostInFlight(now) + max <= maxInFlight) return max;
    return Math.min(max, maxInFlight - this.#exactlyInFlight(counts, now));
  }

  #exactlyInFlight(counts: HiddenCounts, now: number): number {
    const { inFlight } = counts.at(now, (after, before) => ({
      inFlight: this.#messages.countHidden(after, before),
      delayed: 0,
    }));
    return inFlight;
  }

  #load(now: number): HiddenCounts {
    const counts = new HiddenCounts(now, this.#messages.count());
    for (const [second, messages] of this.#messages.hiddenBySecond(now - (now % 1_000))) {
      counts.load(Number(second), true, Number(messages));
    }
    return counts;
  }

  #inFlight(sequence: bigint, receipt: number, now: number): OrderedState | undefined {
    const message = this.#messages.find(sequence);
    return message && message.receives === receipt && message.hiddenUntil > now ? message : undefined;
  }

  /** 0 stands for a message that was never hidden. */
  #hide(message: OrderedState, until: number): OrderedState {
    const hidden = { ...message, hiddenUntil: Math.max(until, 1) };
    this.#messages.update(hidden);
    this.#counts?.remove(message.hiddenUntil, message.hiddenUntil > 0);
    this.#counts?.add(hidden.hiddenUntil, true);
    return hidden;
  }

  #drop(message: OrderedState): void {
    this.#messages.delete(message.sequence);
    this.#counts?.remove(message.hiddenUntil, message.hiddenUntil > 0);
  }

  #movable(message: OrderedState): MovedMessage {
    const [messageId, body, attributes, senderId, sentAt, deadLetterSource] = this.#messages.contents(
      message.sequence,
    );
    const { receives, firstReceivedAt } = message;
    return {
      messageId,
      body,
      attributes,
      senderId,
      sentAt: Number(sentAt),
      receives,
      firstReceivedAt,
      deadLetterSource,
      group: this.#groups.nameOf(message.group),
    };
  }
}
