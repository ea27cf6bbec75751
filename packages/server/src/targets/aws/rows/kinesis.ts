import { limits } from '../../../model/limits.ts';
import { parseJsonPath } from '../../../engine/transform/json-path.ts';
import { dynamicValue } from '../../dynamic-value.ts';
import { inBatches, type BatchSpec } from '../batched.ts';
import { parseObject } from '../classify.ts';
import { failuresOfRecords } from '../entry-failures.ts';
import { field, type AwsRow, type Opening } from '../row.ts';

interface Entry {
  /** In base64. */
  readonly Data: string;
  readonly PartitionKey: string;
}

export const kinesisStream: AwsRow = {
  kind: 'kinesis-stream',
  description: 'A stream of Amazon Kinesis: one record a delivery.',
  docs: {
    title: 'Kinesis data stream',
    arnForm: 'arn:aws:kinesis:<region>:<account>:stream/<stream>',
    arnExample: 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks',
    testedAgainst: 'moto 5.2.1: what GetRecords gives',
    notes:
      'Deliveries go out by `PutRecords`, up to 500 at a time. Records that the stream refuses for the moment are sent ' +
      'again, and only those.',
  },
  parameters: {
    block: 'KinesisParameters',
    fields: [
      field(
        'PartitionKeyPath',
        'string',
        'A JSONPath to the partition key in the original event. An event that has no text or number there gets its id.',
        '$.detail.userId',
        { required: true },
      ),
    ],
  },
  service: 'kinesis',
  arnService: 'kinesis',
  resource: /^stream\/(?<name>[a-zA-Z0-9_.-]{1,128})$/,
  check(_arn, { Id, KinesisParameters }) {
    const path = (KinesisParameters as { PartitionKeyPath?: string } | undefined)?.PartitionKeyPath;
    if (path === undefined || parseJsonPath(path)) return undefined;
    return `Parameter PartitionKeyPath is not valid for target ${Id}.`;
  },
  maxBatch: limits.kinesisBatch,
  open: (opening) => inBatches(opening, putRecords(opening)),
};

function putRecords({ arn, target, parts }: Opening): BatchSpec<Entry> {
  const block = target['KinesisParameters'] as { PartitionKeyPath: string } | undefined;
  const keyOf = block ? dynamicValue(block.PartitionKeyPath) : () => undefined;
  return {
    service: 'kinesis',
    operation: 'PutRecords',
    maxBytes: limits.kinesisBatchBytes,
    entryOf: ({ payload, event, eventId }) => ({
      Data: Buffer.from(payload).toString('base64'),
      // An empty key is none.
      PartitionKey: keyOf(event) || eventId,
    }),
    bytesOf: ({ Data, PartitionKey }) => Buffer.byteLength(Data, 'base64') + Buffer.byteLength(PartitionKey),
    // Servers other than AWS may know one of the two only.
    inputOf: (Records) => ({ StreamName: parts['name'], StreamARN: arn.text, Records }),
    failuresIn: (text, entries) => failuresOfRecords(parseObject(text)['Records'], entries),
  };
}
