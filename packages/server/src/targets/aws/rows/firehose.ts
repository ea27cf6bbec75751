import { limits } from '../../../model/limits.ts';
import { inBatches, type BatchSpec } from '../batched.ts';
import { parseObject } from '../classify.ts';
import { failuresOfRecords } from '../entry-failures.ts';
import { NO_PARAMETERS, type AwsRow, type Opening } from '../row.ts';

interface Entry {
  /** In base64. */
  readonly Data: string;
}

export const firehoseStream: AwsRow = {
  kind: 'firehose-stream',
  description: 'A delivery stream of Amazon Data Firehose: one record a delivery.',
  docs: {
    title: 'Firehose delivery stream',
    arnForm: 'arn:aws:firehose:<region>:<account>:deliverystream/<stream>',
    arnExample: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/lake',
    testedAgainst: 'moto 5.2.1: the objects that it writes into a bucket',
    notes:
      'Deliveries go out by `PutRecordBatch`, up to 500 at a time. Nothing is put behind a record, no line end either: ' +
      'where lines are wanted, an input transformer or the delivery stream adds them.',
  },
  parameters: NO_PARAMETERS,
  service: 'firehose',
  arnService: 'firehose',
  resource: /^deliverystream\/(?<name>[a-zA-Z0-9_.-]{1,64})$/,
  maxBatch: limits.firehoseBatch,
  open: (opening) => inBatches(opening, putRecordBatch(opening)),
};

function putRecordBatch({ parts }: Opening): BatchSpec<Entry> {
  return {
    service: 'firehose',
    operation: 'PutRecordBatch',
    maxBytes: limits.firehoseBatchBytes,
    entryOf: ({ payload }) => ({ Data: Buffer.from(payload).toString('base64') }),
    bytesOf: ({ Data }) => Buffer.byteLength(Data, 'base64'),
    inputOf: (Records) => ({ DeliveryStreamName: parts['name'], Records }),
    failuresIn: (text, entries) => failuresOfRecords(parseObject(text)['RequestResponses'], entries),
  };
}
