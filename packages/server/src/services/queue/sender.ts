import type { SendOutcome } from '../../engine/ports/connector.ts';
import { DELIVERED } from '../../engine/ports/connector.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { QueueSend, QueueSender, QueueSendSource } from '../../engine/ports/queue-sender.ts';
import type { Arn } from '../../model/arn.ts';
import { ApiError } from '../../model/errors.ts';
import type { Queue, QueueCatalog } from './catalog.ts';
import { NO_DEDUPLICATION, deduplicationIdOf } from './deduplication.ts';
import { GatheredSends } from './gathered-sends.ts';
import { attributesBytes } from './message-attributes.ts';
import type { MessageAttributes, MessageExtras } from './message-attributes.ts';
import { fits, hasForbiddenCharacter, withoutForbidden } from './message-body.ts';
import { idRule, isMessageGroup } from './message-group.ts';
import type { OutgoingMessage, QueueMessages } from './messages.ts';
import { mayServiceSend } from './policy.ts';

const NO_QUEUE: SendOutcome = {
  status: 'reject',
  code: 'NO_RESOURCE',
  reason: 'The specified queue does not exist.',
};

const STORE_FAILED: SendOutcome = {
  status: 'retry',
  code: 'INTERNAL_ERROR',
  reason: 'The queue could not store the message.',
};

const invalid = (reason: string): SendOutcome => ({ status: 'reject', code: 'INVALID_PARAMETER', reason });

const EMPTY = invalid('The request must contain the parameter MessageBody.');
const BAD_GROUP = invalid(idRule('MessageGroupId'));
const NO_GROUP = invalid('The request must contain the parameter MessageGroupId.');
const NOT_TOLD_APART = invalid(NO_DEDUPLICATION);
const BAD_CHARACTERS = invalid('The message contains characters that a queue does not take.');

/**
 * How targets and dead letters reach the built-in queue. The busiest path of all: per message it looks at the body's
 * length and characters and nothing else; digests are made when a message is received.
 */
export class EngineQueueSender implements QueueSender {
  readonly #catalog: QueueCatalog;
  readonly #sends: GatheredSends;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(catalog: QueueCatalog, messages: QueueMessages, clock: Clock, logger: Logger) {
    this.#catalog = catalog;
    this.#sends = new GatheredSends(messages);
    this.#clock = clock;
    this.#logger = logger;
  }

  async send(arn: Arn, messages: readonly QueueSend[], source: QueueSendSource): Promise<SendOutcome[]> {
    const queue = this.#catalog.find(arn, arn.resource);
    if (!queue) return messages.map(() => NO_QUEUE);
    if (!mayServiceSend(queue, source)) return refuse(messages, queue, source);
    const accepted: OutgoingMessage[] = [];
    const now = this.#clock.now();
    const outcomes = messages.map((message) => {
      // A rule gives no deduplication id: a FIFO queue tells messages apart by their bodies, so it must be one that does.
      const deduplicationId = queue.settings.fifo
        ? deduplicationIdOf(queue, message.body, undefined)
        : undefined;
      const extras = extrasOf(message, deduplicationId);
      const problem = problemOf(message, extras?.attributes, queue);
      if (problem) return problem;
      accepted.push({
        messageId: message.messageId,
        body: message.body,
        attributes: extras,
        senderId: source.account,
        sentAt: now,
        visibleAt: now + queue.settings.delayMs,
        groupId: message.groupId,
        deduplicationId,
      });
      return DELIVERED;
    });
    try {
      if (accepted.length > 0) await this.#sends.send(queue, accepted);
      return outcomes;
    } catch (error) {
      // The queue was deleted while the messages were on their way.
      if (error instanceof ApiError) return outcomes.map((each) => (each === DELIVERED ? NO_QUEUE : each));
      this.#logger.error({ queue: arn.text, err: error }, 'messages could not be stored');
      return outcomes.map((each) => (each === DELIVERED ? STORE_FAILED : each));
    }
  }
}

/** Undefined for a message with nothing but a body, so that the store keeps nothing for it. */
function extrasOf(message: QueueSend, deduplicationId: string | undefined): MessageExtras | undefined {
  const { attributes, traceHeader, groupId } = message;
  if (!attributes && traceHeader === undefined && groupId === undefined) return undefined;
  return { attributes: attributes && asStrings(attributes), traceHeader, groupId, deduplicationId };
}

/**
 * Dead letters carry what targets said, which may be anything. Texts that the API would refuse are mended: a dead letter
 * must not fail for the words of its error.
 */
function asStrings(attributes: Readonly<Record<string, string>>): MessageAttributes {
  const entries = Object.entries(attributes).filter(([, text]) => text !== '');
  return Object.fromEntries(
    entries.map(([name, text]) => [name, { type: 'String', text: withoutForbidden(text) }]),
  );
}

function problemOf(
  message: QueueSend,
  attributes: MessageAttributes | undefined,
  queue: Queue,
): SendOutcome | undefined {
  if (message.body === '') return EMPTY;
  const { maxMessageBytes } = queue.settings;
  if (!fits(message.body, attributes ? attributesBytes(attributes) : 0, maxMessageBytes)) {
    return invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxMessageBytes} bytes.`,
    );
  }
  if (queue.settings.fifo) {
    if (message.groupId === undefined) return NO_GROUP;
    if (!queue.settings.contentBasedDeduplication) return NOT_TOLD_APART;
  }
  if (message.groupId !== undefined && !isMessageGroup(message.groupId)) return BAD_GROUP;
  return hasForbiddenCharacter(message.body) ? BAD_CHARACTERS : undefined;
}

function refuse(messages: readonly QueueSend[], queue: Queue, source: QueueSendSource): SendOutcome[] {
  const outcome: SendOutcome = {
    status: 'reject',
    code: 'NO_PERMISSIONS',
    reason:
      `${source.service} is not authorized to perform: sqs:SendMessage on resource: ${queue.document.arn} ` +
      'because no statement of the queue policy allows it.',
  };
  return messages.map(() => outcome);
}
