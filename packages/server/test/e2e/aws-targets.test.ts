// Rules whose targets are AWS services, put by the AWS CLI: what a real daemon delivers, moto has.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startDaemon, type Daemon } from '../daemon.ts';
import { noMoto, startAwsSide, type AwsSide } from '../targets/aws/aws-side.ts';
import { ACCOUNT } from '../targets/aws/targets.ts';

const run = promisify(execFile);

const missing =
  noMoto ||
  (spawnSync('aws', ['--version']).status === 0 ? false : 'no AWS CLI: install awscli to run this suite');

const POLL_MS = 100;
const POLLS = 600;

/** Polls until something has arrived; a minute is long enough on any machine. */
async function arrived<Item>(read: () => Promise<readonly Item[]>): Promise<readonly Item[]> {
  for (let poll = 0; poll < POLLS; poll++) {
    const items = await read();
    if (items.length > 0) return items;
    await pause(POLL_MS);
  }
  return assert.fail('nothing has arrived');
}

describe('AWS services as targets of a daemon', { skip: missing }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'busbar-aws-'));
  let side: AwsSide;
  let daemon: Daemon;

  before(async () => {
    side = await startAwsSide();
    const services = {
      sns: side.url,
      kinesis: { url: side.url, accessKeyId: 'AKID', secretAccessKey: 's3cr3t-key' },
    };
    writeFileSync(join(directory, 'busbar.config.json'), JSON.stringify({ account: ACCOUNT, services }));
    // The topic's requests are signed with what the environment says.
    const env = { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 'env-s3cr3t' };
    daemon = await startDaemon({ data: ':memory:', cwd: directory, env });
  });
  after(async () => {
    await daemon?.kill();
    await side?.close();
    rmSync(directory, { recursive: true });
  });

  async function aws(...args: string[]): Promise<Record<string, unknown>> {
    const env = {
      ...process.env,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'busbar',
      AWS_SECRET_ACCESS_KEY: 'busbar',
      AWS_PAGER: '',
    };
    const given = ['--endpoint-url', daemon.url, 'events', ...args, '--output', 'json'];
    const { stdout } = await run('aws', given, { env });
    return stdout.trim() ? (JSON.parse(stdout) as Record<string, unknown>) : {};
  }

  test('an event reaches a topic and a stream', async () => {
    await side.call('sns', 'create_topic', { Name: 'orders' });
    await side.call('sqs', 'create_queue', { QueueName: 'reader' });
    const topic = `arn:aws:sns:us-east-1:${ACCOUNT}:orders`;
    await side.call('sns', 'subscribe', {
      TopicArn: topic,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:us-east-1:${ACCOUNT}:reader`,
    });
    await side.call('kinesis', 'create_stream', { StreamName: 'clicks', ShardCount: 1 });
    await aws('put-rule', '--name', 'on-order', '--event-pattern', '{"source":["shop"]}');
    const targets = [
      { Id: 'topic', Arn: topic },
      {
        Id: 'stream',
        Arn: `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/clicks`,
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/deliver`,
        KinesisParameters: { PartitionKeyPath: '$.detail.customer' },
        InputTransformer: {
          InputPathsMap: { total: '$.detail.total' },
          InputTemplate: '{"sum": <total>}',
        },
      },
    ];
    const put = await aws('put-targets', '--rule', 'on-order', '--targets', JSON.stringify(targets));
    assert.equal(put['FailedEntryCount'], 0);
    const detail = JSON.stringify({ customer: 'c-1', total: 42 });
    const entry = { Source: 'shop', DetailType: 'Order', Detail: detail };
    const { Entries } = await aws('put-events', '--entries', JSON.stringify([entry]));
    const [{ EventId }] = Entries as [{ EventId: string }];

    const QueueUrl = `${side.url}/${ACCOUNT}/reader`;
    const [notice] = await arrived(async () => {
      const { Messages = [] } = await side.call<{ Messages?: { Body: string }[] }>('sqs', 'receive_message', {
        QueueUrl,
      });
      return Messages;
    });
    const { Message, TopicArn } = JSON.parse(notice!.Body) as { Message: string; TopicArn: string };
    assert.equal(TopicArn, topic);
    const event = JSON.parse(Message) as { id: string; detail: object };
    assert.deepEqual([event.id, event.detail], [EventId, { customer: 'c-1', total: 42 }]);

    const { ShardIterator } = await side.call<{ ShardIterator: string }>('kinesis', 'get_shard_iterator', {
      StreamName: 'clicks',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const [record] = await arrived(async () => {
      const { Records } = await side.call<{ Records: { Data: string; PartitionKey: string }[] }>(
        'kinesis',
        'get_records',
        { ShardIterator },
      );
      return Records;
    });
    assert.deepEqual([record!.Data, record!.PartitionKey], ['{"sum":42}', 'c-1']);
    assert.doesNotMatch(JSON.stringify(daemon.log), /s3cr3t/);
  });

  test('a service that is not configured is refused, and the answer says what to write', async () => {
    const target = `Id=1,Arn=arn:aws:glue:us-east-1:${ACCOUNT}:workflow/nightly,RoleArn=arn:aws:iam::${ACCOUNT}:role/r`;
    await assert.rejects(
      aws('put-targets', '--rule', 'on-order', '--targets', target),
      /ValidationException.*Busbar does not know where glue is: write "services": \{ "glue": "aws" \}/,
    );
    const bare = `Id=1,Arn=arn:aws:glue:us-east-1:${ACCOUNT}:workflow/nightly`;
    await assert.rejects(
      aws('put-targets', '--rule', 'on-order', '--targets', bare),
      /RoleArn is required for target arn:aws:glue/,
    );
  });
});
