import type { OutgoingDelivery } from '../../../engine/ports/connector.ts';
import { limits } from '../../../model/limits.ts';
import { dynamicValue } from '../../dynamic-value.ts';
import { checkQueueTarget, NO_GROUP, QUEUE_PARAMETERS } from '../../queue.ts';
import { inBatches, type BatchSpec } from '../batched.ts';
import { failuresInJson } from '../entry-failures.ts';
import { accountsField, isClaimed } from '../claim.ts';
import type { AwsRow, Opening } from '../row.ts';

interface Entry {
  readonly MessageBody: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
  readonly MessageSystemAttributes?: object;
}

export const sqsQueue: AwsRow = {
  kind: 'sqs-queue',
  description: 'A queue of Amazon SQS, or of another server with its API, in place of the built-in queues.',
  docs: {
    title: 'SQS queue outside of Busbar',
    arnForm: 'arn:aws:sqs:<region>:<account>:<queue>[.fifo]',
    arnExample: 'arn:aws:sqs:us-east-1:111122223333:payments',
    testedAgainst: 'moto 5.2.1: what ReceiveMessage gives',
    settings: [accountsField('queues')],
    notes:
      'Without an entry `sqs`, and for accounts that its `accounts` leaves out, ARNs of queues mean the ' +
      '[built-in queues](queue.md). Dead-letter queues are always built-in ones. A FIFO queue gets the delivery id as the ' +
      'deduplication id, so that a repeated attempt is queued once.',
  },
  parameters: QUEUE_PARAMETERS,
  service: 'sqs',
  arnService: 'sqs',
  resource: /^(?<name>[A-Za-z0-9_-]{1,80}(?<fifo>\.fifo)?)$/,
  claims: isClaimed,
  check: checkQueueTarget,
  maxBatch: limits.queueBatchEntries,
  open: (opening) => inBatches(opening, sendMessageBatch(opening)),
};

function sendMessageBatch(opening: Opening): BatchSpec<Entry> {
  const { target, parts } = opening;
  const setting = target.SqsParameters?.MessageGroupId;
  const group = setting ? dynamicValue(setting) : undefined;
  const QueueUrl = queueUrl(opening);
  return {
    service: 'sqs',
    operation: 'SendMessageBatch',
    maxBytes: limits.queueMessageBytes,
    entryOf(delivery) {
      const MessageGroupId = group?.(delivery.event);
      if (group && MessageGroupId === undefined) return NO_GROUP;
      return {
        MessageBody: delivery.payload,
        ...(MessageGroupId === undefined ? {} : { MessageGroupId }),
        ...(parts['fifo'] === undefined ? {} : { MessageDeduplicationId: delivery.deliveryId }),
        ...systemAttributes(delivery),
      };
    },
    bytesOf: ({ MessageBody }) => Buffer.byteLength(MessageBody),
    inputOf: (entries) => ({
      QueueUrl,
      Entries: entries.map((entry, index) => ({ Id: String(index), ...entry })),
    }),
    failuresIn: failuresInJson,
  };
}

function systemAttributes({ traceHeader }: OutgoingDelivery): Pick<Entry, 'MessageSystemAttributes'> {
  if (traceHeader === undefined) return {};
  return { MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } } };
}

function queueUrl({ caller, purpose, arn }: Opening): string {
  const base = caller.places.endpointOf('sqs', purpose.region)?.href ?? '';
  return `${base.replace(/\/$/, '')}/${arn.account}/${arn.resource}`;
}
