import type { NewMessage } from '../../engine/ports/queue-storage.ts';
import { limits } from '../../model/limits.ts';
import type { Call } from '../../model/operation.ts';
import type { Queue } from './catalog.ts';
import { md5OfAttributes, md5OfBody } from './digests.ts';
import {
  invalidMessageContents,
  invalidValue,
  messageTooLong,
  missingParameter,
  notForThisQueueType,
} from './errors.ts';
import { attributesBytes, readMessageAttributes, readTraceHeader } from './message-attributes.ts';
import type { AttributeValue, MessageAttributes, MessageExtras } from './message-attributes.ts';
import { fits, hasForbiddenCharacter } from './message-body.ts';
import { GROUP_RULE, isMessageGroup } from './message-group.ts';
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
): NewMessage & { readonly attributes: MessageExtras | undefined } {
  const { maxMessageBytes, delayMs } = queue.settings;
  const { MessageBody: body, DelaySeconds: delay, MessageGroupId: groupId } = input;
  if (body === '') throw missingParameter('MessageBody');
  if (delay !== undefined && (delay < 0 || delay > limits.queueDelaySeconds)) {
    throw invalidValue(
      delay,
      'DelaySeconds',
      `DelaySeconds must be >= 0 and <= ${limits.queueDelaySeconds}.`,
    );
  }
  if (input.MessageDeduplicationId !== undefined) {
    throw notForThisQueueType(input.MessageDeduplicationId, 'MessageDeduplicationId');
  }
  if (groupId !== undefined && !isMessageGroup(groupId)) {
    throw invalidValue(groupId, 'MessageGroupId', GROUP_RULE);
  }
  const attributes = readMessageAttributes(input.MessageAttributes);
  if (!fits(body, attributesBytes(attributes), maxMessageBytes)) throw messageTooLong(maxMessageBytes);
  if (hasForbiddenCharacter(body)) throw invalidMessageContents();
  const traceHeader = readTraceHeader(input.MessageSystemAttributes) ?? call.traceHeader;
  const now = service.clock.now();
  return {
    messageId: service.random.uuid(),
    body,
    attributes: attributes || traceHeader || groupId ? { attributes, traceHeader, groupId } : undefined,
    senderId: call.principal.account,
    sentAt: now,
    visibleAt: now + (delay === undefined ? delayMs : delay * 1_000),
  };
}

/** What a sender is told of a message: its id, and the digests that SDKs check. */
export function receiptOf(message: NewMessage, input: MessageInput): object {
  const extras = message.attributes as MessageExtras | undefined;
  const attributes = md5OfAttributes(extras?.attributes ?? {});
  const system = input.MessageSystemAttributes && md5OfAttributes(traceOf(extras));
  return {
    MessageId: message.messageId,
    MD5OfMessageBody: md5OfBody(message.body),
    ...(attributes !== undefined && { MD5OfMessageAttributes: attributes }),
    ...(system !== undefined && { MD5OfMessageSystemAttributes: system }),
  };
}

function traceOf(extras: MessageExtras | undefined): MessageAttributes {
  return extras?.traceHeader === undefined
    ? {}
    : { AWSTraceHeader: { type: 'String', text: extras.traceHeader } };
}
