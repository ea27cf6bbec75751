/** Names one incarnation of a queue. */
export type QueueId = string;

export interface NewMessage {
  readonly messageId: string;
  readonly body: string;
  /** Message attributes, system attributes …: a JSON document, absent when there are none. */
  readonly attributes?: unknown;
  readonly senderId: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** From when on it can be received. */
  readonly visibleAt: number;
}

export interface QueueMessage extends NewMessage {
  /** Place in the queue. */
  readonly sequence: bigint;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
  /** Raised by every receive: a receipt handle names (sequence, receipt). */
  readonly receipt: number;
}

export interface Receipt {
  readonly sequence: bigint;
  readonly receipt: number;
}

export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/**
 * The messages of the built-in queues. The cost of every call is independent of a queue's depth.
 * Sends and deletes are durable when the promise resolves; a receive's new visibility may be lost in a crash (the
 * message then shows up again earlier, which at-least-once allows).
 */
export interface QueueStore {
  create(queue: QueueId): Promise<void>;
  drop(queue: QueueId): Promise<void>;
  send(queue: QueueId, messages: readonly NewMessage[]): Promise<void>;
  /** Up to `max` messages visible at `now` and sent after `sentAfter`, earliest visible first; hidden until `visibleAgainAt`. */
  receive(
    queue: QueueId,
    max: number,
    now: number,
    visibleAgainAt: number,
    sentAfter: number,
  ): Promise<QueueMessage[]>;
  /** False for a message that is gone. */
  remove(queue: QueueId, receipts: readonly Receipt[]): Promise<boolean[]>;
  /** False for a message that is gone, not in flight, or received again since. */
  changeVisibility(
    queue: QueueId,
    receipts: readonly Receipt[],
    visibleAt: number,
    now: number,
  ): Promise<boolean[]>;
  purge(queue: QueueId): Promise<void>;
  counts(queue: QueueId, now: number): Promise<QueueCounts>;
  /** When the earliest message becomes visible (may lie in the past); undefined for an empty queue. */
  nextVisible(queue: QueueId): Promise<number | undefined>;
  /** Removes up to `maxRows` messages sent before `sentBefore`; answers how many. */
  expire(queue: QueueId, sentBefore: number, maxRows: number): Promise<number>;
}
