// An order service whose payments were down for a day: the archive is replayed to the payments alone. By the AWS CLI, the SDK
// and the real command, against the real daemon, which is killed in between.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import {
  CancelReplayCommand,
  DescribeReplayCommand,
  EventBridgeClient,
  ListReplaysCommand,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge';
import { AwsJson } from '../aws-json.ts';
import { busbar } from '../cli/busbar-command.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { startPeer } from '../targets/http/peer.ts';

const run = promisify(execFile);
const missing =
  spawnSync('aws', ['--version']).status === 0 ? false : 'no AWS CLI: install it to run this test';
const PREFIX = 'arn:aws:events:us-east-1:000000000000';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000';
const ORDERS = 20;
const WAIT_MS = 60_000;

interface Order {
  readonly id: string;
  readonly 'replay-name'?: string;
  readonly detail: { readonly n: number };
}

async function startIn(
  t: TestContext,
  args: readonly string[] = [],
): Promise<{ data: string; daemon: Daemon }> {
  const data = mkdtempSync(join(tmpdir(), 'busbar-replays-'));
  const daemon = await startDaemon({ data, args });
  t.after(async () => {
    await daemon.kill();
    rmSync(data, { recursive: true, force: true });
  });
  return { data, daemon };
}

/** Asks until the answer is there. */
async function until<Answer>(ask: () => Promise<Answer | undefined>, what: string): Promise<Answer> {
  const end = performance.now() + WAIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`not in time: ${what}`);
    await pause(20);
  }
}

const untilState = (aws: AwsJson, name: string, state: string): Promise<Record<string, unknown>> =>
  until(async () => {
    const replay = await aws.must('events', 'DescribeReplay', { ReplayName: name });
    return replay['State'] === state ? replay : undefined;
  }, `${name} ${state}`);

async function receiveAll(aws: AwsJson, queue: string): Promise<Order[]> {
  const orders: Order[] = [];
  const QueueUrl = `http://localhost/000000000000/${queue}`;
  for (;;) {
    const { Messages } = await aws.must('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    const messages = (Messages ?? []) as { Body: string; ReceiptHandle: string }[];
    if (messages.length === 0) return orders;
    const Entries = messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
    await aws.must('sqs', 'DeleteMessageBatch', { QueueUrl, Entries });
    for (const { Body } of messages) orders.push(JSON.parse(Body) as Order);
  }
}

/** A bus `shop` whose events go into the archive `orders`. */
async function setUp(aws: AwsJson): Promise<void> {
  await aws.must('events', 'CreateEventBus', { Name: 'shop' });
  await aws.must('events', 'CreateArchive', {
    ArchiveName: 'orders',
    EventSourceArn: `${PREFIX}:event-bus/shop`,
  });
}

async function order(aws: AwsJson, count: number): Promise<void> {
  for (let start = 0; start < count; start += 10) {
    const Entries = Array.from({ length: Math.min(10, count - start) }, (_, index) => ({
      EventBusName: 'shop',
      Source: 'shop.orders',
      DetailType: 'OrderPlaced',
      Detail: JSON.stringify({ n: start + index }),
    }));
    await aws.must('events', 'PutEvents', { Entries });
  }
  await until(async () => {
    const { EventCount } = await aws.must('events', 'DescribeArchive', { ArchiveName: 'orders' });
    return EventCount === count ? true : undefined;
  }, 'all archived');
}

const numbersOf = (orders: readonly Order[]): number[] => orders.map(({ detail }) => detail.n);
const all = Array.from({ length: ORDERS }, (_, n) => n);

test('payments are down for a day, and get their orders by a replay to them alone', async (t) => {
  const { daemon } = await startIn(t, ['--dev-clock']);
  const aws = new AwsJson(daemon.port, 2);
  t.after(() => aws.close());
  let isUp = false;
  const payments = await startPeer(t, (_got, response) => {
    response.statusCode = isUp ? 200 : 503;
    response.end();
  });
  await setUp(aws);
  await aws.must('sqs', 'CreateQueue', { QueueName: 'mails' });
  const Auth = { ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'any' } };
  const { ConnectionArn } = await aws.must('events', 'CreateConnection', {
    Name: 'payments',
    AuthorizationType: 'API_KEY',
    AuthParameters: Auth,
  });
  const { ApiDestinationArn } = await aws.must('events', 'CreateApiDestination', {
    Name: 'payments',
    ConnectionArn,
    HttpMethod: 'POST',
    InvocationEndpoint: `${payments.url}/pay`,
  });
  const EventBusName = 'shop';
  await aws.must('events', 'PutRule', {
    Name: 'on-order',
    EventBusName,
    EventPattern: '{"source":["shop.orders"]}',
  });
  const RoleArn = 'arn:aws:iam::000000000000:role/any';
  const RetryPolicy = { MaximumEventAgeInSeconds: 3_600 };
  const Targets = [
    { Id: 'mail', Arn: `${QUEUE}:mails` },
    { Id: 'payment', Arn: ApiDestinationArn, RoleArn, RetryPolicy },
  ];
  await aws.must('events', 'PutTargets', { Rule: 'on-order', EventBusName, Targets });
  await order(aws, ORDERS);
  const day = await busbar(['clock', 'advance', '24h'], { url: daemon.url });
  assert.equal(day.code, 0, day.err);
  isUp = true;
  payments.got.length = 0;

  const dry = await busbar(
    ['replay', 'start', 'orders', '--to-target', 'on-order/payment', '--dry-run', '--json'],
    {
      url: daemon.url,
    },
  );
  assert.equal(dry.code, 0, dry.err);
  assert.deepEqual(JSON.parse(dry.out), {
    events: ORDERS,
    unmatched: 0,
    targets: [
      {
        rule: `${PREFIX}:rule/shop/on-order`,
        targetId: 'payment',
        target: ApiDestinationArn,
        events: ORDERS,
      },
    ],
  });
  assert.equal(payments.got.length, 0);

  const name = 'pay-again';
  const replay = [
    'replay',
    'start',
    'orders',
    '--name',
    name,
    '--to-target',
    'on-order/payment',
    '--since',
    '2d',
  ];
  const { code, out, err } = await busbar(replay, { url: daemon.url });
  assert.equal(code, 0, err);
  assert.equal(out, `${name}\n`);
  await until(async () => (payments.got.length >= ORDERS ? true : undefined), 'all paid');
  const paid = payments.got.map(({ body }) => JSON.parse(body) as Order);
  assert.deepEqual(
    numbersOf(paid).sort((a, b) => a - b),
    all,
  );
  assert.ok(paid.every((event) => event['replay-name'] === name));
  const mails = await receiveAll(aws, 'mails');
  assert.deepEqual(
    numbersOf(mails).sort((a, b) => a - b),
    all,
    'once',
  );
  const { EventCount } = await aws.must('events', 'DescribeArchive', { ArchiveName: 'orders' });
  assert.equal(EventCount, ORDERS, 'nothing is archived twice');
});

test('a replay by the AWS CLI and the SDK', { skip: missing }, async (t) => {
  const { daemon } = await startIn(t);
  const aws = new AwsJson(daemon.port, 2);
  t.after(() => aws.close());
  await setUp(aws);
  await aws.must('sqs', 'CreateQueue', { QueueName: 'audit' });
  const EventBusName = 'shop';
  await aws.must('events', 'PutRule', {
    Name: 'audit',
    EventBusName,
    EventPattern: '{"source":["shop.orders"]}',
  });
  await order(aws, ORDERS);
  await aws.must('events', 'PutTargets', {
    Rule: 'audit',
    EventBusName,
    Targets: [{ Id: 'q', Arn: `${QUEUE}:audit` }],
  });
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'busbar', AWS_SECRET_ACCESS_KEY: 'busbar', AWS_PAGER: '' };
  const cli = async (...args: string[]): Promise<Record<string, unknown>> => {
    const where = ['--endpoint-url', daemon.url, '--region', 'us-east-1', '--output', 'json'];
    const { stdout } = await run('aws', [...where, 'events', ...args], { env });
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const started = await cli(
    'start-replay',
    '--replay-name',
    'by-cli',
    '--event-source-arn',
    `${PREFIX}:archive/orders`,
    '--event-start-time',
    new Date(Date.now() - 3_600_000).toISOString(),
    '--event-end-time',
    new Date(Date.now() + 3_600_000).toISOString(),
    '--destination',
    JSON.stringify({ Arn: `${PREFIX}:event-bus/shop`, FilterArns: [`${PREFIX}:rule/shop/audit`] }),
  );
  assert.equal(started['ReplayArn'], `${PREFIX}:replay/by-cli`);
  assert.equal(started['State'], 'STARTING');
  await untilState(aws, 'by-cli', 'COMPLETED');
  assert.deepEqual(
    numbersOf(await receiveAll(aws, 'audit')).sort((a, b) => a - b),
    all,
  );
  const described = await cli('describe-replay', '--replay-name', 'by-cli');
  assert.match(String(described['EventLastReplayedTime']), /^\d/);
  const listed = (await cli('list-replays', '--name-prefix', 'by-')) as { Replays: { ReplayName: string }[] };
  assert.deepEqual(
    listed.Replays.map(({ ReplayName }) => ReplayName),
    ['by-cli'],
  );
  await assert.rejects(cli('cancel-replay', '--replay-name', 'by-cli'), /IllegalStatusException/);

  const sdk = new EventBridgeClient({
    endpoint: daemon.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'busbar', secretAccessKey: 'busbar' },
    maxAttempts: 1,
  });
  t.after(() => sdk.destroy());
  const EventStartTime = new Date(0);
  const { State } = await sdk.send(
    new StartReplayCommand({
      ReplayName: 'by-sdk',
      EventSourceArn: `${PREFIX}:archive/orders`,
      EventStartTime,
      EventEndTime: new Date(Date.now() + 3_600_000),
      Destination: { Arn: `${PREFIX}:event-bus/shop` },
    }),
  );
  assert.equal(State, 'STARTING');
  await untilState(aws, 'by-sdk', 'COMPLETED');
  const replay = await sdk.send(new DescribeReplayCommand({ ReplayName: 'by-sdk' }));
  assert.deepEqual(replay.EventStartTime, EventStartTime);
  assert.ok(replay.ReplayEndTime! >= replay.ReplayStartTime!);
  const { Replays } = await sdk.send(new ListReplaysCommand({ State: 'COMPLETED' }));
  assert.equal(Replays!.length, 2);
  await assert.rejects(sdk.send(new CancelReplayCommand({ ReplayName: 'none' })), {
    name: 'ResourceNotFoundException',
    message: 'Replay none does not exist.',
  });
});

test('a replay goes on after kill -9, and a file holds what a replay would deliver', async (t) => {
  const { data, daemon: first } = await startIn(t);
  let daemon = first;
  let aws = new AwsJson(daemon.port, 2);
  await setUp(aws);
  const count = 400;
  await order(aws, count);
  await aws.must('sqs', 'CreateQueue', { QueueName: 'audit' });
  const EventBusName = 'shop';
  await aws.must('events', 'PutRule', {
    Name: 'audit',
    EventBusName,
    EventPattern: '{"source":["shop.orders"]}',
  });
  await aws.must('events', 'PutTargets', {
    Rule: 'audit',
    EventBusName,
    Targets: [{ Id: 'q', Arn: `${QUEUE}:audit` }],
  });
  const detached = await busbar(['replay', 'start', 'orders', '--name', 'r', '--rate', '200/s', '--detach'], {
    url: daemon.url,
  });
  assert.equal(detached.code, 0, detached.err);
  for (let kills = 0; kills < 3; kills++) {
    const before = ((await (await fetch(`${daemon.url}/_busbar/replays/r`)).json()) as { replayed: number })
      .replayed;
    await until(async () => {
      const { replayed } = (await (await fetch(`${daemon.url}/_busbar/replays/r`)).json()) as {
        replayed: number;
      };
      return replayed > before ? true : undefined;
    }, 'it goes on');
    aws.close();
    await daemon.kill();
    daemon = await startDaemon({ data });
    t.after(() => daemon.kill());
    aws = new AwsJson(daemon.port, 2);
  }
  await untilState(aws, 'r', 'COMPLETED');
  const shown = await busbar(['replay', 'show', 'r', '--json'], { url: daemon.url });
  assert.equal((JSON.parse(shown.out) as { replayed: number }).replayed, count, 'each was replayed once');
  const got = numbersOf(await receiveAll(aws, 'audit'));
  assert.equal(new Set(got).size, count, 'none is missing');

  const file = join(data, 'orders.ndjson');
  const written = await busbar(['replay', 'start', 'orders', '--to-file', file, '--name', 'f'], {
    url: daemon.url,
  });
  assert.equal(written.code, 0, written.err);
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Order);
  assert.deepEqual(
    numbersOf(lines).sort((a, b) => a - b),
    Array.from({ length: count }, (_, n) => n),
  );
  assert.ok(lines.every((event) => event['replay-name'] === 'f'));
  const one = await busbar(['replay', 'start', 'orders', '--to-file', '-', '--event', lines[7]!.id], {
    url: daemon.url,
  });
  assert.deepEqual((JSON.parse(one.out) as Order).detail, lines[7]!.detail);
  aws.close();
});
