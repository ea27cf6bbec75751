import type { SentMessage } from '../../engine/ports/queue-storage.ts';
import { limits } from '../../model/limits.ts';
import type { Call } from '../../model/operation.ts';
import type { Queue } from './catalog.ts';
import { NO_DEDUPLICATION, deduplicationIdOf } from './deduplication.ts';
import { md5OfAttributes, md5OfBody } from './digests.ts';
import {
  invalidMessageContents,
  invalidParameter,
  invalidValue,
  messageTooLong,
  missingParameter,
  notForThisQueueType,
} from './errors.ts';
import { attributesBytes, readMessageAttributes, readTraceHeader } from './message-attributes.ts';
import type { AttributeValue, MessageAttributes, MessageExtras } from './message-attributes.ts';
import { fits, hasForbiddenCharacter } from './message-body.ts';
import { idRule, isMessageGroup } from './message-group.ts';
import type { OutgoingMessage } from './messages.ts';
import { sequenceNumber } from './sequence-number.ts';
import type { QueueService } from './service.ts';

/** What SendMessage and an entry of SendMessageBatch have in common. */
export interface MessageInput {
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Readonly<Record<string, AttributeValue>>;
  readonly MessageSystemAttributes?: Readonly<Record<string, AttributeValue>>;
  readonly MessageDeduplicationId?: string;
  readonly MessageGroupId?: string;
}

/** A message's size as the service counts it: body and message attributes, in bytes. */
export function sizeOf(input: MessageInput): number {
  return (
    Buffer.byteLength(input.MessageBody) + attributesBytes(readMessageAttributes(input.MessageAttributes))
  );
}

/** Checks a message to be sent and makes the store's record of it; throws the service's errors. */
export function readMessage(
  service: QueueService,
  queue: Queue,
  input: MessageInput,
  call: Call,
): OutgoingMessage & { readonly attributes: MessageExtras | undefined } {
  const { maxMessageBytes, delayMs } = queue.settings;
  const { MessageBody: body, DelaySeconds: delay, MessageGroupId: groupId } = input;
  if (body === '') throw missingParameter('MessageBody');
  checkDelay(queue, delay);
  checkIds(queue, input);
  const attributes = readMessageAttributes(input.MessageAttributes);
  if (!fits(body, attributesBytes(attributes), maxMessageBytes)) throw messageTooLong(maxMessageBytes);
  if (hasForbiddenCharacter(body)) throw invalidMessageContents();
  const traceHeader = readTraceHeader(input.MessageSystemAttributes) ?? call.traceHeader;
  const deduplicationId = queue.settings.fifo
    ? deduplicationIdOf(queue, body, input.MessageDeduplicationId)
    : undefined;
  if (queue.settings.fifo && deduplicationId === undefined) throw invalidParameter(NO_DEDUPLICATION);
  const now = service.clock.now();
  return {
    messageId: service.random.uuid(),
    body,
    attributes:
      attributes || traceHeader || groupId
        ? { attributes, traceHeader, groupId, deduplicationId }
        : undefined,
    senderId: call.principal.account,
    sentAt: now,
    // A FIFO queue has one delay for all of its messages.
    visibleAt: now + (delay === undefined || queue.settings.fifo ? delayMs : delay * 1_000),
    groupId,
    deduplicationId,
  };
}

function checkDelay({ settings }: Queue, delay: number | undefined): void {
  if (delay === undefined) return;
  if (delay < 0 || delay > limits.queueDelaySeconds) {
    throw invalidValue(
      delay,
      'DelaySeconds',
      `DelaySeconds must be >= 0 and <= ${limits.queueDelaySeconds}.`,
    );
  }
  if (settings.fifo && delay > 0) throw notForThisQueueType(String(delay), 'DelaySeconds');
}

function checkIds({ settings }: Queue, input: MessageInput): void {
  const { MessageDeduplicationId: deduplicationId, MessageGroupId: groupId } = input;
  if (settings.fifo && groupId === undefined) throw missingParameter('MessageGroupId');
  if (!settings.fifo && deduplicationId !== undefined) {
    throw notForThisQueueType(deduplicationId, 'MessageDeduplicationId');
  }
  for (const [parameter, text] of [
    ['MessageGroupId', groupId],
    ['MessageDeduplicationId', deduplicationId],
  ] as const) {
    if (text !== undefined && !isMessageGroup(text)) throw invalidValue(text, parameter, idRule(parameter));
  }
}

/** What a sender is told of a message: its id, and the digests that SDKs check. `sent`: what it became in a FIFO queue. */
export function receiptOf(
  message: OutgoingMessage,
  input: MessageInput,
  sent: SentMessage | undefined,
): object {
  const extras = message.attributes as MessageExtras | undefined;
  const attributes = md5OfAttributes(extras?.attributes ?? {});
  const system = input.MessageSystemAttributes && md5OfAttributes(traceOf(extras));
  return {
    MessageId: sent?.messageId ?? message.messageId,
    MD5OfMessageBody: md5OfBody(message.body),
    ...(attributes !== undefined && { MD5OfMessageAttributes: attributes }),
    ...(system !== undefined && { MD5OfMessageSystemAttributes: system }),
    ...(sent && { SequenceNumber: sequenceNumber(sent.sequence) }),
  };
}

function traceOf(extras: MessageExtras | undefined): MessageAttributes {
  return extras?.traceHeader === undefined
    ? {}
    : { AWSTraceHeader: { type: 'String', text: extras.traceHeader } };
}
