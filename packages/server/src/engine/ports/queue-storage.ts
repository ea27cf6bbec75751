/** Names one incarnation of a queue. */
export type QueueId = string;

/**
 * `standard`: messages are given out in the order in which they become visible. `ordered`: messages of one group are
 * given out strictly one behind the other, and none while an earlier receive of the group is in flight.
 */
export type QueueKind = 'standard' | 'ordered';

interface MessageContents {
  readonly messageId: string;
  readonly body: string;
  /** Message attributes, system attributes …: a JSON document, absent when there are none. */
  readonly attributes?: unknown;
  readonly senderId: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
}

export interface NewMessage extends MessageContents {
  /** From when on it can be received. */
  readonly visibleAt: number;
}

/** A message of an ordered queue. Its delay is the queue's, and comes with each receive (`ReceiveRequest.delayMs`). */
export interface NewOrderedMessage extends MessageContents {
  readonly groupId: string;
  /** Two messages with the same key within the window are one. */
  readonly deduplicationKey: string;
}

/** What became of a message: itself, or the one that it repeats. */
export interface SentMessage {
  readonly messageId: string;
  readonly sequence: bigint;
}

export interface QueueMessage extends NewMessage {
  /** Place in the queue. */
  readonly sequence: bigint;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
  /** Raised by every receive: a receipt handle names (sequence, receipt). */
  readonly receipt: number;
  /** The source that it is a dead letter of (`RedriveRule.source`). */
  readonly deadLetterSource?: string | undefined;
}

export interface Receipt {
  readonly sequence: bigint;
  readonly receipt: number;
}

/** A message that was received `maxReceives` times moves to the queue `to` instead of being received once more. */
export interface RedriveRule {
  readonly maxReceives: number;
  /** A queue of the same kind. Where there is none (any more), messages are received as if there were no rule. */
  readonly to: QueueId;
  /** Kept with the message as its `deadLetterSource`. */
  readonly source: string;
}

export interface ReceiveRequest {
  readonly max: number;
  readonly now: number;
  /** The messages are hidden until then. */
  readonly visibleAgainAt: number;
  /** Messages sent before or at this time are too old. */
  readonly sentAfter: number;
  /** Ordered queues: a message that was never received is hidden so long after its send. */
  readonly delayMs?: number | undefined;
  /** No message is given out beyond so many in flight. */
  readonly maxInFlight?: number | undefined;
  readonly redrive?: RedriveRule | undefined;
}

export interface Received {
  readonly messages: QueueMessage[];
  /** How many moved to the queue of `redrive`. */
  readonly moved: number;
  /** Nothing was looked for, because `maxInFlight` is reached. */
  readonly atLimit: boolean;
}

/** What became of a removal: `expired` is a message that is visible again or was received again. */
export type Removal = 'removed' | 'gone' | 'expired';

export interface MoveRequest {
  readonly now: number;
  readonly sentAfter: number;
  readonly delayMs?: number | undefined;
  /** The ids that the messages get: at most so many move. */
  readonly messageIds: readonly string[];
  /** One queue of the same kind for all, or one for each `deadLetterSource`. */
  readonly to: QueueId | ReadonlyMap<string, QueueId>;
}

export interface Moved {
  readonly moved: number;
  /** The next message has no queue to go to: it stays, and so do those behind it. */
  readonly blocked: boolean;
}

export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/**
 * The messages of the built-in queues. The cost of every call is independent of a queue's depth and of its number of
 * groups. Sends and deletes are durable when the promise resolves; a receive's new visibility may be lost in a crash (the
 * message then shows up again earlier, which at-least-once allows). A message moves from one queue to another as a whole:
 * it is never in both and never in none.
 */
export interface QueueStore {
  /** Creates the queue unless it exists; a standard one unless told. */
  create(queue: QueueId, kind?: QueueKind): Promise<void>;
  drop(queue: QueueId): Promise<void>;
  /** To a standard queue. */
  send(queue: QueueId, messages: readonly NewMessage[]): Promise<void>;
  /**
   * To an ordered queue: one answer a message, in order. A message whose key was sent less than `windowMs` before it is
   * not stored again, whatever has become of the first one.
   */
  sendOrdered(
    queue: QueueId,
    messages: readonly NewOrderedMessage[],
    windowMs: number,
  ): Promise<SentMessage[]>;
  /**
   * Up to `max` visible messages. Standard: earliest visible first. Ordered: groups in the order in which they became
   * ready, of each group as many messages as there is room for, in the order of their sending.
   */
  receive(queue: QueueId, request: ReceiveRequest): Promise<Received>;
  /** The messages of these receipts once more, hidden until `visibleAt`; none unless all of them are still in flight. */
  receiveAgain(
    queue: QueueId,
    receipts: readonly Receipt[],
    visibleAt: number,
    now: number,
  ): Promise<QueueMessage[]>;
  /** Whatever the receipt. False for a message that is gone. */
  remove(queue: QueueId, receipts: readonly Receipt[]): Promise<boolean[]>;
  /** Removes what is in flight under these receipts at `now`. */
  removeInFlight(queue: QueueId, receipts: readonly Receipt[], now: number): Promise<Removal[]>;
  /** False for a message that is gone, not in flight, or received again since. */
  changeVisibility(
    queue: QueueId,
    receipts: readonly Receipt[],
    visibleAt: number,
    now: number,
  ): Promise<boolean[]>;
  /** Moves visible messages in the order of receiving. They arrive as new messages, sent at `now`. */
  move(from: QueueId, request: MoveRequest): Promise<Moved>;
  purge(queue: QueueId): Promise<void>;
  counts(queue: QueueId, now: number, delayMs?: number): Promise<QueueCounts>;
  /** When the earliest message becomes visible (may lie in the past); undefined for an empty queue. */
  nextVisible(queue: QueueId, delayMs?: number): Promise<number | undefined>;
  /**
   * Removes up to `maxRows` messages sent before `sentBefore`, in the order of arrival until one is younger; answers how
   * many. (A dead letter that overtook older ones keeps them for as long; they are not received all the same.)
   */
  expire(queue: QueueId, sentBefore: number, maxRows: number): Promise<number>;
}
