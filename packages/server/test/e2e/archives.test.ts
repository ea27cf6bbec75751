// Archives by the real AWS SDK for JavaScript and the real AWS CLI, against the real daemon, over a kill.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  CreateArchiveCommand,
  DeleteArchiveCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeArchiveCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListArchivesCommand,
  ManagedRuleException,
  PutEventsCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  UpdateArchiveCommand,
} from '@aws-sdk/client-eventbridge';
import { startDaemon, type Daemon } from '../daemon.ts';

const LONGEST_WAIT_MS = 30_000;
const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
const ARCHIVE_ARN = 'arn:aws:events:us-east-1:000000000000:archive/orders';
const ORDERS = 12;

let data: string;
let daemon: Daemon;

const clientOf = ({ url }: Daemon): EventBridgeClient =>
  new EventBridgeClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'busbar', secretAccessKey: 'busbar' },
    maxAttempts: 1,
  });

before(async () => {
  data = mkdtempSync(join(tmpdir(), 'busbar-archives-'));
  daemon = await startDaemon({ data });
});

after(async () => {
  await daemon.kill();
  rmSync(data, { recursive: true, force: true });
});

async function publish(client: EventBridgeClient, Source: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 4) {
    const Entries = Array.from({ length: Math.min(4, count - n) }, (_, index) => ({
      Source,
      DetailType: 'order',
      Detail: JSON.stringify({ n: n + index }),
    }));
    const { FailedEntryCount } = await client.send(new PutEventsCommand({ Entries }));
    assert.equal(FailedEntryCount, 0);
  }
}

/** Waits until an archive holds so many events; answers its description. */
async function described(client: EventBridgeClient, events: number) {
  for (const end = Date.now() + LONGEST_WAIT_MS; ; await sleep(20)) {
    const found = await client.send(new DescribeArchiveCommand({ ArchiveName: 'orders' }));
    if (found.EventCount === events || Date.now() > end) {
      assert.equal(found.EventCount, events);
      return found;
    }
  }
}

test('an archive by the SDK: what it holds is counted exactly, also after a kill', async () => {
  let client = clientOf(daemon);
  const made = await client.send(
    new CreateArchiveCommand({
      ArchiveName: 'orders',
      EventSourceArn: BUS,
      EventPattern: '{"source":["shop"]}',
      RetentionDays: 30,
    }),
  );
  assert.equal(made.ArchiveArn, ARCHIVE_ARN);
  assert.equal(made.State, 'ENABLED');
  await publish(client, 'shop', ORDERS);
  await publish(client, 'other', ORDERS);
  const { SizeBytes: size = 0 } = await described(client, ORDERS);
  assert.ok(size > ORDERS * 150 && size < ORDERS * 250, `${size} bytes`);
  const rule = new DescribeRuleCommand({ Name: 'Events-Archive-orders' });
  assert.equal((await client.send(rule)).ManagedBy, 'prod.vhs.events.aws.internal');
  await daemon.kill();
  client.destroy();

  daemon = await startDaemon({ data });
  client = clientOf(daemon);
  const again = await described(client, ORDERS);
  assert.equal(again.SizeBytes, size);
  assert.equal(again.CreationTime?.getTime(), made.CreationTime?.getTime());
  await publish(client, 'shop', 1);
  await described(client, ORDERS + 1);
  client.destroy();
});

test('the errors of archives are those that the SDK knows', async () => {
  const client = clientOf(daemon);
  const missing = { ArchiveName: 'nope' };
  await assert.rejects(client.send(new DescribeArchiveCommand(missing)), ResourceNotFoundException);
  const taken = new CreateArchiveCommand({ ArchiveName: 'orders', EventSourceArn: BUS });
  await assert.rejects(client.send(taken), ResourceAlreadyExistsException);
  const rule = new DeleteRuleCommand({ Name: 'Events-Archive-orders' });
  await assert.rejects(client.send(rule), ManagedRuleException);
  await assert.rejects(client.send(new UpdateArchiveCommand(missing)), /At least one of EventPattern/);
  await assert.rejects(client.send(new DeleteEventBusCommand({ Name: 'default' })), /Cannot delete/);
  client.destroy();
});

test('an archive is listed, changed and deleted by the SDK', async () => {
  const client = clientOf(daemon);
  const { Archives: [listed] = [] } = await client.send(new ListArchivesCommand({ EventSourceArn: BUS }));
  assert.deepEqual(
    [listed?.ArchiveName, listed?.EventCount, listed?.RetentionDays],
    ['orders', ORDERS + 1, 30],
  );
  await client.send(new UpdateArchiveCommand({ ArchiveName: 'orders', RetentionDays: 0 }));
  assert.equal((await described(client, ORDERS + 1)).RetentionDays, 0);
  await client.send(new DeleteArchiveCommand({ ArchiveName: 'orders' }));
  const gone = client.send(new DescribeArchiveCommand({ ArchiveName: 'orders' }));
  await assert.rejects(gone, ResourceNotFoundException);
  client.destroy();
});

const missing =
  spawnSync('aws', ['--version']).status === 0 ? false : 'SKIPPED: the AWS CLI is not installed';

test('an archive by the AWS CLI', { skip: missing }, async () => {
  const env = {
    ...process.env,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'busbar',
    AWS_SECRET_ACCESS_KEY: 'busbar',
    AWS_PAGER: '',
  };
  const aws = async (...args: string[]): Promise<Record<string, unknown>> => {
    const given = ['--endpoint-url', daemon.url, 'events', ...args, '--output', 'json'];
    const { stdout } = await promisify(execFile)('aws', given, { env });
    return stdout.trim() ? (JSON.parse(stdout) as Record<string, unknown>) : {};
  };
  const named = ['--archive-name', 'cli'];
  const made = await aws('create-archive', ...named, '--event-source-arn', BUS, '--retention-days', '7');
  assert.equal(made['State'], 'ENABLED');
  const { RetentionDays, EventCount, SizeBytes } = await aws('describe-archive', ...named);
  assert.deepEqual([RetentionDays, EventCount, SizeBytes], [7, 0, 0]);
  await aws('update-archive', ...named, '--description', 'all of it');
  const { Archives } = await aws('list-archives', '--name-prefix', 'c');
  assert.deepEqual(
    (Archives as { ArchiveName: string }[]).map(({ ArchiveName }) => ArchiveName),
    ['cli'],
  );
  await aws('delete-archive', ...named);
  await assert.rejects(aws('describe-archive', ...named), /Archive cli does not exist/);
});
