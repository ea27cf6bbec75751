import type { QueueMessage } from '../../engine/ports/queue-storage.ts';
import { thaw } from './document.ts';
import type { MovedMessage } from './moved-message.ts';

/** A message as a link of its group's chain: removing one never shifts the others. */
export interface OrderedMessage {
  readonly sequence: bigint;
  readonly message: MovedMessage;
  readonly group: Group;
  /** When it came into this queue: its age counts from here. */
  readonly since: number;
  /** Also the receipt. */
  receives: number;
  firstReceivedAt: number;
  /** 0 until this queue gives it out for the first time. */
  hiddenUntil: number;
  previous: OrderedMessage | undefined;
  next: OrderedMessage | undefined;
}

export interface Group {
  readonly id: string;
  /** In the order in which the groups appeared. */
  readonly number: number;
  first: OrderedMessage | undefined;
  last: OrderedMessage | undefined;
  /** Where it stands among the groups; undefined while it is being given out. */
  place: GroupPlace | undefined;
}

/** Out of date once it is no longer its group's place. */
export interface GroupPlace {
  readonly group: Group;
  /** Fresh: when its first message came. Otherwise: until when it is locked. */
  readonly at: number;
  /** None of its messages was given out yet, so that the queue's delay still counts. */
  readonly fresh: boolean;
}

export const movable = ({ message, receives, firstReceivedAt }: OrderedMessage): MovedMessage => ({
  ...message,
  receives,
  firstReceivedAt,
});

export const messageOf = ({
  sequence,
  message,
  receives,
  firstReceivedAt,
  hiddenUntil,
}: OrderedMessage): QueueMessage => ({
  sequence,
  messageId: message.messageId,
  body: message.body,
  attributes: thaw(message.attributes),
  senderId: message.senderId,
  sentAt: message.sentAt,
  visibleAt: hiddenUntil,
  receiveCount: receives,
  firstReceivedAt,
  receipt: receives,
  ...(message.deadLetterSource !== undefined && { deadLetterSource: message.deadLetterSource }),
});
