import type { Cell, Cells } from '../wire.ts';

/** A message on its way from one queue's tables into another's. */
export interface MovedMessage {
  readonly messageId: Cell;
  readonly body: Cell;
  readonly attributes: Cell;
  readonly senderId: Cell;
  readonly sentAt: number;
  readonly receives: number;
  readonly firstReceivedAt: number;
  readonly deadLetterSource: Cell;
  /** Null in standard queues. */
  readonly group: Cell;
}

/** A queue that takes what another one gives up. */
export interface MoveTarget {
  accept(message: MovedMessage, now: number): void;
}

export interface ReceiveOrder {
  readonly max: number;
  readonly now: number;
  readonly visibleAgainAt: number;
  readonly sentAfter: number;
  readonly delayMs: number;
  readonly maxInFlight: number | null;
  /** Where messages go that were received too often. */
  readonly redrive:
    { readonly maxReceives: number; readonly source: string; readonly target: MoveTarget } | undefined;
}

export interface MoveOrder {
  readonly now: number;
  readonly sentAfter: number;
  readonly delayMs: number;
  readonly messageIds: readonly string[];
  readonly targetOf: (deadLetterSource: Cell) => MoveTarget | undefined;
}

/** What became of a removal: as it travels. */
export const REMOVED = 0;
export const GONE = 1;
export const EXPIRED = 2;

/** The messages of one queue, of either kind. `QueueStore` says what the calls mean. */
export interface MessageTables extends MoveTarget {
  /** How many moved, whether the limit is reached, then rows of ten cells. */
  receive(order: ReceiveOrder): Cells;
  receiveAgain(receipts: Cells, visibleAt: number, now: number): Cells;
  remove(sequence: bigint): boolean;
  removeInFlight(sequence: bigint, receipt: number, now: number): number;
  changeVisibility(sequence: bigint, receipt: number, visibleAt: number, now: number): boolean;
  /** How many moved, and whether the next one has nowhere to go. */
  move(order: MoveOrder): [moved: number, blocked: boolean];
  counts(now: number, delayMs: number): [visible: number, inFlight: number, delayed: number];
  nextVisible(delayMs: number): number | null;
  expire(sentBefore: number, maxRows: number): number;
}

/** How a message arrives that a move task brings: new, but for what it says. */
export const asNew = (message: MovedMessage, messageId: string, now: number): MovedMessage => ({
  ...message,
  messageId,
  sentAt: now,
  receives: 0,
  firstReceivedAt: 0,
  deadLetterSource: null,
});
