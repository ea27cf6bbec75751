// Scheduled rules and the clock of development mode: the real daemon, the real command, and the AWS CLI.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { AwsJson } from '../aws-json.ts';
import { busbar } from '../cli/busbar-command.ts';
import { startDaemon, type Daemon } from '../daemon.ts';

const run = promisify(execFile);
const missing = spawnSync('aws', ['--version']).status === 0 ? undefined : 'SKIPPED: there is no AWS CLI';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:ticks';

let data: string;
let daemon: Daemon;

before(async () => {
  data = mkdtempSync(join(tmpdir(), 'busbar-clock-'));
  daemon = await startDaemon({ data, args: ['--dev-clock'] });
});

after(async () => {
  await daemon.kill();
  rmSync(data, { recursive: true, force: true });
});

async function receiveAll(aws: AwsJson): Promise<{ time: string; resources: string[] }[]> {
  const events: { time: string; resources: string[] }[] = [];
  for (;;) {
    const { Messages } = await aws.must('sqs', 'ReceiveMessage', {
      QueueUrl: `${daemon.url}/000000000000/ticks`,
      MaxNumberOfMessages: 10,
    });
    const messages = (Messages ?? []) as { Body: string; ReceiptHandle: string }[];
    if (messages.length === 0) return events;
    await aws.must('sqs', 'DeleteMessageBatch', {
      QueueUrl: `${daemon.url}/000000000000/ticks`,
      Entries: messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle })),
    });
    for (const { Body } of messages) events.push(JSON.parse(Body) as (typeof events)[number]);
  }
}

test(
  'put-rule with a schedule by the AWS CLI; a day passes in a moment; every tick is there',
  { skip: missing },
  async () => {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'busbar',
      AWS_SECRET_ACCESS_KEY: 'busbar',
      AWS_PAGER: '',
    };
    const aws = (...args: string[]) =>
      run('aws', ['--endpoint-url', daemon.url, '--region', 'us-east-1', ...args], { env });
    const client = new AwsJson(daemon.port, 1);
    const Attributes = { MessageRetentionPeriod: '1209600' };
    await client.must('sqs', 'CreateQueue', { QueueName: 'ticks', Attributes });
    await aws('events', 'put-rule', '--name', 'hourly', '--schedule-expression', 'rate(1 hour)');
    await aws('events', 'put-targets', '--rule', 'hourly', '--targets', `Id=q,Arn=${QUEUE_ARN}`);
    await client.must('events', 'PutRule', { Name: 'nightly', ScheduleExpression: 'cron(30 2 * * ? *)' });
    await client.must('events', 'PutTargets', { Rule: 'nightly', Targets: [{ Id: 'q', Arn: QUEUE_ARN }] });
    const { code, out, err } = await busbar(['clock', 'advance', '48h', '--json'], { url: daemon.url });
    assert.equal(code, 0, err);
    assert.equal((JSON.parse(out) as { offsetMs: number }).offsetMs > 47 * 3_600_000, true);
    const events = await receiveAll(client);
    const of = (rule: string) => events.filter(({ resources }) => resources[0]!.endsWith(`rule/${rule}`));
    assert.equal(of('hourly').length, 48);
    assert.equal(of('nightly').length, 2);
    assert.ok(of('nightly').every(({ time }) => time.endsWith('T02:30:00Z')));
    await client.must('events', 'DisableRule', { Name: 'hourly' });
    await client.must('events', 'RemoveTargets', { Rule: 'nightly', Ids: ['q'] });
    await client.must('events', 'DeleteRule', { Name: 'nightly' });
    await busbar(['clock', 'advance', '1d'], { url: daemon.url });
    assert.deepEqual(await receiveAll(client), []);
    client.close();
  },
);

test('the Scheduler by the AWS CLI', { skip: missing }, async () => {
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'busbar', AWS_SECRET_ACCESS_KEY: 'busbar', AWS_PAGER: '' };
  const scheduler = async (...args: string[]): Promise<Record<string, unknown>> => {
    const given = [
      '--endpoint-url',
      daemon.url,
      '--region',
      'us-east-1',
      '--output',
      'json',
      'scheduler',
      ...args,
    ];
    const { stdout } = await run('aws', given, { env });
    return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
  };
  await scheduler('create-schedule-group', '--name', 'reports');
  const target = JSON.stringify({
    Arn: QUEUE_ARN,
    RoleArn: 'arn:aws:iam::000000000000:role/any',
    Input: '{"go":1}',
  });
  const { ScheduleArn } = await scheduler(
    'create-schedule',
    '--name',
    'daily',
    '--group-name',
    'reports',
    '--schedule-expression',
    'rate(1 day)',
    '--flexible-time-window',
    'Mode=OFF',
    '--target',
    target,
  );
  assert.equal(ScheduleArn, 'arn:aws:scheduler:us-east-1:000000000000:schedule/reports/daily');
  const { Schedules } = await scheduler('list-schedules', '--group-name', 'reports');
  assert.equal((Schedules as unknown[]).length, 1);
  await busbar(['clock', 'advance', '49h'], { url: daemon.url });
  const client = new AwsJson(daemon.port, 1);
  assert.deepEqual(await receiveAll(client), [{ go: 1 }, { go: 1 }, { go: 1 }]);
  client.close();
  const deleted = await fetch(`${daemon.url}/schedule-groups/reports`, { method: 'DELETE' });
  assert.equal(deleted.status, 200);
  await assert.rejects(
    scheduler('get-schedule', '--name', 'none'),
    /ResourceNotFoundException.*Schedule none does not exist\./,
  );
});

/** A port that nothing listens at. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a day of retries at a dead target ends in the dead-letter queue, in a moment', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'busbar-dead-'));
  const config = join(directory, 'busbar.config.json');
  const entry = {
    url: `http://127.0.0.1:${await deadPort()}`,
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 's',
  };
  writeFileSync(config, JSON.stringify({ services: { states: entry } }));
  const own = await startDaemon({ data: ':memory:', args: ['--dev-clock', '--config', config] });
  const client = new AwsJson(own.port, 1);
  try {
    const create = (name: string, RetryPolicy?: object): Promise<Response> =>
      fetch(`${own.url}/schedules/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ScheduleExpression: 'rate(100 days)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:refund',
            RoleArn: 'arn:aws:iam::000000000000:role/r',
            Input: JSON.stringify({ schedule: name }),
            DeadLetterConfig: { Arn: QUEUE_ARN },
            RetryPolicy,
          },
        }),
      });
    const Attributes = { MessageRetentionPeriod: '1209600' };
    await client.must('sqs', 'CreateQueue', { QueueName: 'ticks', Attributes });
    // By default 185 attempts are made within 24 hours; the other one has the day, but never that many attempts.
    for (const response of [
      await create('usual'),
      await create('short', { MaximumEventAgeInSeconds: 3_600 }),
    ]) {
      assert.equal(response.status, 200, await response.text());
    }
    const began = performance.now();
    const advanced = await fetch(`${own.url}/_busbar/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advanceMs: 86_400_000 }),
    });
    t.diagnostic(`a day took ${Math.round(performance.now() - began)} ms: ${await advanced.text()}`);
    assert.equal(advanced.status, 200);
    const { Messages } = await client.must('sqs', 'ReceiveMessage', {
      QueueUrl: `${own.url}/000000000000/ticks`,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    });
    const of = (name: string) => {
      const { MessageAttributes: all } = (Messages as DeadLetterMessage[]).find(({ Body }) =>
        Body.includes(name),
      )!;
      const [error, condition, retries] = ['ERROR_CODE', 'EXHAUSTED_RETRY_CONDITION', 'RETRY_ATTEMPTS'].map(
        (attribute) => all[attribute]?.StringValue,
      );
      return { error, condition, retries: Number(retries) };
    };
    const error = 'CONNECTION_FAILURE';
    assert.deepEqual(of('usual'), { error, condition: 'MaximumRetryAttempts', retries: 185 });
    const { retries, ...short } = of('short');
    assert.deepEqual(short, { error, condition: 'MaximumEventAgeInSeconds' });
    assert.ok(retries > 3 && retries < 185, String(retries));
  } finally {
    client.close();
    await own.kill();
    rmSync(directory, { recursive: true, force: true });
  }
});

interface DeadLetterMessage {
  readonly Body: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly StringValue: string }>>;
}

test('busbar schedules next, and what is said about it', async () => {
  const client = new AwsJson(daemon.port, 1);
  await client.must('events', 'PutRule', { Name: 'leap', ScheduleExpression: 'cron(0 12 29 2 ? *)' });
  await client.must('events', 'PutRule', {
    Name: 'off',
    ScheduleExpression: 'rate(1 hour)',
    State: 'DISABLED',
  });
  client.close();
  const next = (...args: string[]) => busbar(['schedules', 'next', ...args], { url: daemon.url });
  const leap = await next('leap', '--count', '3', '--json');
  const { ticks } = JSON.parse(leap.out) as { ticks: { time: string }[] };
  assert.deepEqual(
    ticks.map(({ time }) => time.slice(4)),
    Array.from({ length: 3 }, () => '-02-29T12:00:00.000Z'),
  );
  const paris = await next(
    '--expression',
    'cron(30 2 ? 3 SUN *)',
    '--timezone',
    'Europe/Paris',
    '--count',
    '9',
  );
  assert.equal(paris.code, 0, paris.err);
  assert.match(paris.out, /no tick: the clocks of Europe\/Paris skip 02:30 on \d{4}-03-\d\d/);
  assert.match((await next('off')).err, /it is disabled/);
  assert.match((await next('nobody')).err, /no rule nobody on the default bus, and no such schedule/);
  assert.match((await next('--expression', 'cron(0 0 1 1 ? 1999)')).err, /never ticks again/);
  assert.match((await next('--expression', 'rate(1 eon)')).err, /no schedule expression/);
  assert.equal((await next()).code, 2);
  const made = await fetch(`${daemon.url}/schedules/quarter`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ScheduleExpression: 'cron(0/15 * * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Kolkata',
      FlexibleTimeWindow: { Mode: 'OFF' },
      StartDate: Date.parse('2190-05-01T00:00:00Z') / 1_000,
      EndDate: Date.parse('2190-05-01T00:20:00Z') / 1_000,
      Target: { Arn: QUEUE_ARN, RoleArn: 'arn:aws:iam::000000000000:role/r' },
    }),
  });
  assert.equal(made.status, 200, await made.text());
  const quarter = await next('quarter', '--json');
  const preview = JSON.parse(quarter.out) as { timezone: string; ticks: { time: string; local: string }[] };
  assert.deepEqual(
    preview.ticks.map(({ time, local }) => [time.slice(0, 16), local.slice(11, 16)]),
    [
      ['2190-05-01T00:00', '05:30'],
      ['2190-05-01T00:15', '05:45'],
    ],
  );
  assert.equal((await next('default/quarter')).code, 0);
});

test('a clock that was moved is as far ahead after a crash, and what was stored under it is there', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'busbar-ahead-'));
  const start = (...args: string[]): Promise<Daemon> => startDaemon({ data: directory, args });
  const QueueUrl = 'http://localhost/000000000000/waiting';
  let own = await start('--dev-clock');
  try {
    const before = new AwsJson(own.port, 1);
    await before.must('sqs', 'CreateQueue', { QueueName: 'waiting' });
    assert.equal((await busbar(['clock', 'advance', '24h'], { url: own.url })).code, 0);
    await before.must('sqs', 'SendMessage', { QueueUrl, MessageBody: 'of tomorrow' });
    before.close();
    await own.kill();
    own = await start('--dev-clock');
    const { out } = await busbar(['clock', 'show'], { url: own.url });
    assert.ok(Date.parse(out.trim()) > Date.now() + 23 * 3_600_000, out);
    const after = new AwsJson(own.port, 1);
    const { Messages } = await after.must('sqs', 'ReceiveMessage', { QueueUrl });
    assert.equal((Messages as { Body: string }[] | undefined)?.[0]?.Body, 'of tomorrow');
    after.close();
    await own.kill();
    own = await start();
    assert.match(JSON.stringify(own.log), /the clock of this data was moved ahead/);
  } finally {
    await own.kill();
    rmSync(directory, { recursive: true, force: true });
  }
});

test('without --dev-clock the clock stays as it is', async () => {
  const plain = await startDaemon({ data: ':memory:' });
  try {
    const { code, err } = await busbar(['clock', 'advance', '24h'], { url: plain.url });
    assert.equal(code, 3);
    assert.match(err, /Start the daemon with --dev-clock/);
  } finally {
    await plain.kill();
  }
  assert.equal((await busbar(['clock', 'advance', 'tomorrow'], { url: daemon.url })).code, 2);
});
