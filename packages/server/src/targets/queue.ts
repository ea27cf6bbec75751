import type {
  DocumentedConnector,
  OutgoingDelivery,
  ParameterSpec,
  SendOutcome,
  SessionContext,
  TargetSession,
} from '../engine/ports/connector.ts';
import type { QueueSend, QueueSender, QueueSendSource } from '../engine/ports/queue-sender.ts';
import type { Arn } from '../model/arn.ts';
import { limits } from '../model/limits.ts';
import type { TargetSettings } from '../model/resources.ts';
import { untilAborted } from './abortable.ts';
import { dynamicValue } from './dynamic-value.ts';
import type { DynamicValue } from './dynamic-value.ts';
import { foreignBlock, missingBlock } from './parameter-blocks.ts';

const BLOCK = 'SqsParameters';

/** What a target that is a queue takes, whoever keeps the queue. */
export const QUEUE_PARAMETERS: ParameterSpec = {
  block: BLOCK,
  fields: [
    {
      name: 'MessageGroupId',
      type: 'string',
      required: false,
      secret: false,
      description:
        'The message group of every message: the order key of a FIFO queue, the tenant of a fair queue. ' +
        'May be a JSONPath that is resolved against the original event. Required for a FIFO queue.',
      example: '$.detail.customerId',
    },
  ],
};

export const NO_GROUP: SendOutcome = {
  status: 'reject',
  code: 'INVALID_PARAMETER',
  reason: 'The event has no text or number at the path of SqsParameters.MessageGroupId.',
};

/** A queue's name without the FIFO suffix, which counts among the 80 characters. */
const NAME = /^[A-Za-z0-9_-]{1,80}(?:\.fifo)?$/;

/** Queues of the built-in queue service. The message's id is the delivery's id, so that a repeat can be told. */
export function queueTarget(queues: QueueSender): DocumentedConnector {
  return {
    kind: 'queue',
    description: 'A queue of the built-in queue service (Amazon SQS API): one message a delivery.',
    docs: {
      title: 'Queue (Amazon SQS)',
      arnForm: 'arn:aws:sqs:<region>:<account>:<queue>[.fifo]',
      arnExample: 'arn:aws:sqs:us-east-1:000000000000:payments',
      testedAgainst: 'the built-in queue, on the memory and the SQLite store',
    },
    parameters: QUEUE_PARAMETERS,
    accepts: (arn) => arn.service === 'sqs',
    check: checkQueueTarget,
    open: (arn, target, context) => openSession(queues, arn, target, context),
  };
}

/** What is wrong with a target that is a queue, whoever keeps the queue. */
export function checkQueueTarget(arn: Arn, target: TargetSettings): string | undefined {
  if (!NAME.test(arn.resource) || arn.account === '' || arn.region === '') {
    return `Parameter ${arn.text} is not valid. Reason: Provided Arn is not in correct format.`;
  }
  const foreign = foreignBlock(target, BLOCK);
  if (foreign !== undefined) return foreign;
  const fifo = arn.resource.endsWith('.fifo');
  return fifo && !target.SqsParameters?.MessageGroupId ? missingBlock(target, BLOCK) : undefined;
}

function openSession(
  queues: QueueSender,
  arn: Arn,
  target: TargetSettings,
  context: SessionContext,
): TargetSession {
  const source: QueueSendSource = {
    service: 'events.amazonaws.com',
    sourceArn: context.ruleArn,
    account: context.account,
  };
  const setting = target.SqsParameters?.MessageGroupId;
  const group = setting ? dynamicValue(setting) : undefined;
  return {
    maxBatch: limits.queueTargetBatch,
    maxConcurrency: limits.queueTargetSends,
    send: (batch, signal) =>
      untilAborted(batch.length, signal, () => sendBatch(queues, arn, source, group, batch)),
    close: async () => undefined,
  };
}

function sendBatch(
  queues: QueueSender,
  arn: Arn,
  source: QueueSendSource,
  group: DynamicValue | undefined,
  batch: readonly OutgoingDelivery[],
): Promise<SendOutcome[]> {
  const messages = batch.map((delivery) => toMessage(delivery, group));
  const sent = messages.filter((message) => message !== undefined);
  if (sent.length === batch.length) return queues.send(arn, sent, source);
  return sendSome(queues, arn, source, messages, sent);
}

/** Sends what has a message group, and answers for what has none. */
async function sendSome(
  queues: QueueSender,
  arn: Arn,
  source: QueueSendSource,
  messages: readonly (QueueSend | undefined)[],
  sent: readonly QueueSend[],
): Promise<SendOutcome[]> {
  const outcomes = sent.length > 0 ? await queues.send(arn, sent, source) : [];
  const answered = outcomes.values();
  return messages.map((message) => (message ? answered.next().value! : NO_GROUP));
}

/** Undefined when the event has no message group where the target says it is. */
function toMessage(delivery: OutgoingDelivery, group: DynamicValue | undefined): QueueSend | undefined {
  const groupId = group?.(delivery.event);
  if (group && groupId === undefined) return undefined;
  return {
    messageId: delivery.deliveryId,
    body: delivery.payload,
    attributes: delivery.attributes,
    traceHeader: delivery.traceHeader,
    groupId,
  };
}
