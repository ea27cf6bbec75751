import type { QueueMessage } from '../../engine/ports/queue-storage.ts';
import type { Queue } from './catalog.ts';
import { md5OfAttributes, md5OfBody } from './digests.ts';
import { unknownAttribute } from './errors.ts';
import { selectAttributes, showAttributes } from './message-attributes.ts';
import type { MessageExtras } from './message-attributes.ts';
import { makeReceiptHandle } from './receipt-handle.ts';
import { sequenceNumber } from './sequence-number.ts';

/** What a receiver asked to see beside the body. */
export interface Wanted {
  readonly systemAttributes: readonly string[];
  readonly messageAttributes: readonly string[];
}

/** Every system attribute, and what a message has of it. */
const systemAttributes: ReadonlyMap<
  string,
  (message: QueueMessage, extras: MessageExtras, fifo: boolean) => string | undefined
> = new Map([
  ['SenderId', (message) => message.senderId],
  ['SentTimestamp', (message) => String(message.sentAt)],
  ['ApproximateReceiveCount', (message) => String(message.receiveCount)],
  ['ApproximateFirstReceiveTimestamp', (message) => String(message.firstReceivedAt)],
  ['AWSTraceHeader', (_message, extras) => extras.traceHeader],
  ['MessageGroupId', (_message, extras) => extras.groupId],
  ['MessageDeduplicationId', (_message, extras) => extras.deduplicationId],
  ['SequenceNumber', (message, _extras, fifo) => (fifo ? sequenceNumber(message.sequence) : undefined)],
  ['DeadLetterQueueSourceArn', (message) => message.deadLetterSource],
] as const);

/** Throws for the name of a system attribute that does not exist. */
export function checkWanted(wanted: Wanted): void {
  for (const name of wanted.systemAttributes) {
    if (name !== 'All' && !systemAttributes.has(name)) throw unknownAttribute(name);
  }
}

/** A message as ReceiveMessage shows it. Members that would be empty are left out. */
export function showMessage(queue: Queue, message: QueueMessage, wanted: Wanted, receivedAt: number): object {
  const extras = (message.attributes ?? {}) as MessageExtras;
  const system = showSystemAttributes(queue, message, extras, wanted.systemAttributes);
  const selected = selectAttributes(extras.attributes, wanted.messageAttributes);
  const digest = md5OfAttributes(selected);
  return {
    MessageId: message.messageId,
    ReceiptHandle: makeReceiptHandle(queue.document.id, message, receivedAt),
    MD5OfBody: md5OfBody(message.body),
    Body: message.body,
    ...(system && { Attributes: system }),
    ...(digest !== undefined && {
      MD5OfMessageAttributes: digest,
      MessageAttributes: showAttributes(selected),
    }),
  };
}

function showSystemAttributes(
  { settings }: Queue,
  message: QueueMessage,
  extras: MessageExtras,
  wanted: readonly string[],
): Record<string, string> | undefined {
  if (wanted.length === 0) return undefined;
  const names = wanted.includes('All') ? [...systemAttributes.keys()] : wanted;
  const shown: Record<string, string> = {};
  for (const name of names) {
    const value = systemAttributes.get(name)?.(message, extras, settings.fifo);
    if (value !== undefined) shown[name] = value;
  }
  return Object.keys(shown).length > 0 ? shown : undefined;
}
