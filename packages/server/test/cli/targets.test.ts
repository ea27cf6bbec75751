// Bounds on a target's pace: set by the command, kept by clients that know nothing of them, obeyed at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { busbar } from './busbar-command.ts';

let daemon: Daemon;
let aws: AwsJson;
const TARGET = { Id: 'q', Arn: 'arn:aws:sqs:us-east-1:000000000000:slow' };
const OF_RULE = ['--rule', 'on-order', '--id', 'q'];

const run = (...args: string[]) => busbar(args, { url: daemon.url });

async function target(): Promise<unknown> {
  const { code, out, err } = await run('targets', 'list', '--rule', 'on-order', '--json');
  assert.equal(code, 0, err);
  return (JSON.parse(out) as { targets: unknown[] }).targets[0];
}

before(async () => {
  daemon = await startDaemon({ data: ':memory:' });
  aws = new AwsJson(daemon.port, 2);
  await aws.must('sqs', 'CreateQueue', { QueueName: 'slow' });
  await aws.must('events', 'PutRule', { Name: 'on-order', EventPattern: '{"source":["shop"]}' });
  await aws.must('events', 'PutTargets', { Rule: 'on-order', Targets: [TARGET] });
});

after(async () => {
  aws.close();
  await daemon.kill();
});

test('bounds are set, shown, kept by PutTargets, changed and removed', async () => {
  assert.deepEqual(await target(), TARGET);
  const set = await run('targets', 'set', ...OF_RULE, '--max-rate', '2', '--max-concurrency', '1');
  assert.deepEqual([set.code, set.out], [0, `q\t2\t1\t${TARGET.Arn}\n`], set.err);
  const bounded = { ...TARGET, BusbarParameters: { MaximumRatePerSecond: 2, MaximumConcurrency: 1 } };
  assert.deepEqual(await target(), bounded);
  await aws.must('events', 'PutTargets', { Rule: 'on-order', Targets: [TARGET] });
  assert.deepEqual(await target(), bounded);
  await run('targets', 'set', ...OF_RULE, '--max-concurrency', 'none');
  assert.deepEqual(await target(), { ...TARGET, BusbarParameters: { MaximumRatePerSecond: 2 } });
  await run('targets', 'set', ...OF_RULE, '--max-rate', 'none');
  assert.deepEqual(await target(), TARGET);
});

test('a rate is obeyed, and a raised one at once', async () => {
  await run('targets', 'set', ...OF_RULE, '--max-rate', '1');
  const entry = { Source: 'shop', DetailType: 'Order', Detail: '{}' };
  for (let sent = 0; sent < 10; sent++) {
    await aws.must('events', 'PutEvents', { Entries: Array.from({ length: 10 }, () => entry) });
  }
  const pending = async (): Promise<number> => {
    const { out } = await run('status', '--json');
    const { lanes } = JSON.parse(out) as { lanes: { pending: number; backlog: number }[] };
    return lanes[0]?.pending ?? 0;
  };
  // A hundred events at one a second take longer than any machine takes to ask.
  assert.ok((await pending()) > 0);
  await run('targets', 'set', ...OF_RULE, '--max-rate', '1000');
  for (let tries = 0; (await pending()) > 0; tries++) assert.ok(tries < 100, 'the raised rate does not hold');
});

test('what cannot be set says why', async () => {
  const rows: [args: string[], code: number, err: RegExp][] = [
    [['set', ...OF_RULE], 2, /needs `--max-rate`/],
    [['set', '--rule', 'on-order', '--max-rate', '1'], 2, /needs `--id`/],
    [['set', ...OF_RULE, '--max-rate', '0'], 2, /must be a whole number from 1, or none/],
    [['set', ...OF_RULE, '--parameter', 'Nope=1'], 3, /BusbarParameters\.Nope is not valid/],
    [['set', ...OF_RULE, '--parameter', 'Nope=x'], 2, /is not JSON/],
    [['set', '--rule', 'on-order', '--id', 'r', '--max-rate', '1'], 3, /has no target r/],
    [['set', '--rule', 'none', '--id', 'q', '--max-rate', '1'], 3, /There is no rule none/],
    [['list', '--rule', 'on-ordr'], 3, /did you mean `on-order`/],
    [['list'], 2, /`--rule` is needed/],
  ];
  for (const [args, code, err] of rows) {
    const answer = await run('targets', ...args);
    assert.equal(answer.code, code, answer.err);
    assert.match(answer.err, err);
  }
});
