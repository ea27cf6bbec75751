import { limits } from '../../../model/limits.ts';
import { BUSBAR_BLOCK } from '../../busbar-parameters.ts';
import { dynamicValue } from '../../dynamic-value.ts';
import { inBatches, type BatchSpec } from '../batched.ts';
import { failuresInXml } from '../entry-failures.ts';
import { field, noValueAt, type AwsRow, type Opening } from '../row.ts';

interface Entry {
  readonly Message: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

export const snsTopic: AwsRow = {
  kind: 'sns-topic',
  description: 'A topic of Amazon SNS: one message a delivery, without a subject and without attributes.',
  docs: {
    title: 'SNS topic',
    arnForm: 'arn:aws:sns:<region>:<account>:<topic>[.fifo]',
    arnExample: 'arn:aws:sns:us-east-1:000000000000:orders',
    testedAgainst: 'moto 5.2.1: what a queue that subscribes to the topic gets',
    notes:
      'Deliveries go out by `PublishBatch`, ten at a time; a message that SNS refuses does not keep its neighbours back. ' +
      'A FIFO topic gets the delivery id as the deduplication id, so that a repeated attempt is published once.',
  },
  parameters: {
    block: BUSBAR_BLOCK,
    fields: [
      field(
        'MessageGroupId',
        'string',
        'The message group on a FIFO topic. May be a JSONPath that is resolved against the original event.',
        '$.detail.customerId',
        { fallback: "the target's Id: all in one order" },
      ),
    ],
  },
  service: 'sns',
  arnService: 'sns',
  resource: /^[A-Za-z0-9_-]{1,256}(?<fifo>\.fifo)?$/,
  maxBatch: limits.snsBatch,
  open: (opening) => inBatches(opening, publishBatch(opening)),
};

function publishBatch({ arn, target, parts }: Opening): BatchSpec<Entry> {
  const given = (target[BUSBAR_BLOCK] as { MessageGroupId?: string } | undefined)?.MessageGroupId;
  const group = dynamicValue(given ?? target.Id);
  return {
    service: 'sns',
    operation: 'PublishBatch',
    maxBytes: limits.snsBatchBytes,
    entryOf({ payload, event, deliveryId }) {
      if (parts['fifo'] === undefined) return { Message: payload };
      const MessageGroupId = group(event);
      if (MessageGroupId === undefined) return noValueAt(BUSBAR_BLOCK, given ?? '');
      return { Message: payload, MessageGroupId, MessageDeduplicationId: deliveryId };
    },
    bytesOf: ({ Message }) => Buffer.byteLength(Message),
    inputOf: (entries) => ({
      TopicArn: arn.text,
      PublishBatchRequestEntries: entries.map((entry, index) => ({ Id: String(index), ...entry })),
    }),
    failuresIn: failuresInXml,
  };
}
