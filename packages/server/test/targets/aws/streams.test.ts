// Streams, log groups and state machines against moto: what they give back is what was delivered.
import { after, before, describe } from 'node:test';
import { targetSuite } from '../target-suite.ts';
import { noMoto, startAwsSide, type AwsSide } from './aws-side.ts';
import { motoWorlds, OVERSIZED, REFUSAL, type MotoService } from './moto-world.ts';
import { ACCOUNT } from './targets.ts';

let side: AwsSide;

before(async () => {
  if (noMoto === false) side = await startAwsSide();
});
after(() => side?.close());

async function streamRecords(StreamName: string): Promise<string[]> {
  const { StreamDescription } = await side.call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
    'kinesis',
    'describe_stream',
    { StreamName },
  );
  const payloads: string[] = [];
  for (const { ShardId } of StreamDescription.Shards) {
    const { ShardIterator } = await side.call<{ ShardIterator: string }>('kinesis', 'get_shard_iterator', {
      StreamName,
      ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const { Records } = await side.call<{ Records: { Data: string }[] }>('kinesis', 'get_records', {
      ShardIterator,
    });
    payloads.push(...Records.map(({ Data }) => Data));
  }
  return payloads;
}

const kinesis: MotoService = {
  name: 'Kinesis stream',
  entry: 'kinesis',
  arnOf: (name) => `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/${name}`,
  create: (StreamName) => side.call('kinesis', 'create_stream', { StreamName, ShardCount: 1 }),
  read: streamRecords,
  refusal: REFUSAL,
  oversized: OVERSIZED,
};

/** Records stand in the objects one behind the other. */
const splitRecords = (text: string): string[] =>
  text.replaceAll('}{"version"', '}\n{"version"').split('\n').filter(Boolean);

const firehose: MotoService = {
  name: 'Firehose delivery stream, into a bucket',
  entry: 'firehose',
  arnOf: (name) => `arn:aws:firehose:us-east-1:${ACCOUNT}:deliverystream/${name}`,
  async create(name) {
    await side.call('s3', 'create_bucket', { Bucket: name });
    await side.call('firehose', 'create_delivery_stream', {
      DeliveryStreamName: name,
      ExtendedS3DestinationConfiguration: {
        RoleARN: `arn:aws:iam::${ACCOUNT}:role/firehose`,
        BucketARN: `arn:aws:s3:::${name}`,
      },
    });
  },
  async read(Bucket) {
    const { Contents = [] } = await side.call<{ Contents?: { Key: string }[] }>('s3', 'list_objects_v2', {
      Bucket,
    });
    const records: string[] = [];
    for (const { Key } of Contents) {
      const { Body } = await side.call<{ Body: string }>('s3', 'get_object', { Bucket, Key });
      records.push(...splitRecords(Body));
    }
    return records;
  },
  refusal: REFUSAL,
  skips: {
    'oversized payload': 'moto takes records of any size',
    'partial failure': 'moto fails no record by itself; see the test of partial failures',
  },
};

const stepFunctions: MotoService = {
  name: 'Step Functions state machine',
  entry: 'states',
  arnOf: (name) => `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:${name}`,
  create: (name) =>
    side.call('stepfunctions', 'create_state_machine', {
      name,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/states`,
      definition: '{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}',
    }),
  async read(name) {
    const { executions } = await side.call<{ executions: { executionArn: string }[] }>(
      'stepfunctions',
      'list_executions',
      { stateMachineArn: stepFunctions.arnOf(name) },
    );
    const inputs: string[] = [];
    for (const { executionArn } of executions) {
      const found = await side.call<{ input: string }>('stepfunctions', 'describe_execution', {
        executionArn,
      });
      inputs.push(found.input);
    }
    return inputs;
  },
  refusal: REFUSAL,
  skips: {
    'oversized payload': 'moto takes inputs of any size',
    'partial failure': 'moto refuses no payload that is JSON',
  },
};

const groupArn = (name: string): string => `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${name}`;

const logs: MotoService = {
  name: 'CloudWatch Logs group',
  entry: 'logs',
  arnOf: groupArn,
  create: (logGroupName) => side.call('logs', 'create_log_group', { logGroupName }),
  async read(logGroupName) {
    const { events } = await side.call<{ events: { message: string }[] }>('logs', 'filter_log_events', {
      logGroupName,
      limit: 10_000,
    });
    return events.map(({ message }) => message);
  },
  refusal: REFUSAL,
  // moto refuses log events as old as the suite's.
  adapt: (delivery) => ({ ...delivery, event: JSON.stringify({ time: new Date().toISOString() }) }),
  skips: {
    'oversized payload': 'moto takes log events of any size',
    'partial failure': 'moto fails no log event by itself; see the test of partial failures',
  },
};

describe('streams, log groups and state machines', { skip: noMoto }, () => {
  for (const service of [kinesis, firehose, stepFunctions, logs]) {
    const open = motoWorlds(() => side, service);
    targetSuite({ name: service.name, open, ...(service.skips ? { skips: service.skips } : {}) });
  }
});
