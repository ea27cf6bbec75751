/** A message on its way from one queue to another. */
export interface MovedMessage {
  readonly messageId: string;
  readonly body: string;
  /** The document's JSON text. */
  readonly attributes: string | undefined;
  readonly senderId: string;
  readonly sentAt: number;
  readonly receives: number;
  readonly firstReceivedAt: number;
  readonly deadLetterSource: string | undefined;
  /** Absent in standard queues. */
  readonly groupId: string | undefined;
}

/** A queue that takes what another one gives up. */
export interface MoveTarget {
  accept(message: MovedMessage, now: number): void;
}

/** The queue that a message moves to; undefined when there is none for it. */
export type TargetOf = (deadLetterSource: string | undefined) => MoveTarget | undefined;

/** How a message looks at its destination when a move task brings it: new, but for what it says. */
export const asNew = (message: MovedMessage, messageId: string, now: number): MovedMessage => ({
  ...message,
  messageId,
  sentAt: now,
  receives: 0,
  firstReceivedAt: 0,
  deadLetterSource: undefined,
});
