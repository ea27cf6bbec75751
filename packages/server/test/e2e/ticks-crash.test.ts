// The daemon is killed again and again while schedules fire: no tick is lost, and what is deleted fires none.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { SeededRandom } from '../engine/fake-clock.ts';

const MINUTE = 60_000;
const ROUNDS = 4;
/** How far a round moves the clock at most: a kill interrupts it. */
const STRIDE = 40 * MINUTE;
const RULES = ['r0', 'r1', 'r2', 'gone'];
const SCHEDULES = ['s0', 'schedule-gone'];
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:ticks';
const QUEUE = { QueueUrl: 'http://localhost/000000000000/ticks' };

interface Moved {
  readonly now: string;
}

const data = mkdtempSync(join(tmpdir(), 'busbar-ticks-'));
after(() => rmSync(data, { recursive: true, force: true }));

async function clock(daemon: Daemon, body: object): Promise<number> {
  const answer = await fetch(`${daemon.url}/_busbar/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return Date.parse(((await answer.json()) as Moved).now);
}

const start = (): Promise<Daemon> => startDaemon({ data, args: ['--dev-clock'] });

async function setUp(daemon: Daemon): Promise<void> {
  const aws = new AwsJson(daemon.port, 1);
  await aws.must('sqs', 'CreateQueue', { QueueName: 'ticks' });
  for (const [n, Name] of RULES.entries()) {
    const ScheduleExpression = n % 2 === 0 ? 'rate(1 minute)' : 'cron(* * * * ? *)';
    await aws.must('events', 'PutRule', { Name, ScheduleExpression });
    const Targets = [{ Id: 'q', Arn: QUEUE_ARN }];
    await aws.must('events', 'PutTargets', { Rule: Name, Targets });
  }
  aws.close();
  for (const name of SCHEDULES) {
    const answer = await schedule(daemon, 'POST', name, {
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: QUEUE_ARN, RoleArn: 'arn:aws:iam::000000000000:role/r' },
    });
    assert.equal(answer.status, 200);
  }
}

const schedule = (daemon: Daemon, method: string, name: string, body?: object): Promise<Response> =>
  fetch(`${daemon.url}/schedules/${name}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** Deletes a rule and a schedule while they fire; answers the clock's time once that was acknowledged. */
async function deleteSome(daemon: Daemon): Promise<number> {
  const aws = new AwsJson(daemon.port, 1);
  await aws.must('events', 'RemoveTargets', { Rule: 'gone', Ids: ['q'] });
  await aws.must('events', 'DeleteRule', { Name: 'gone' });
  assert.equal((await schedule(daemon, 'DELETE', 'schedule-gone')).status, 200);
  aws.close();
  return clock(daemon, {});
}

/** Every tick in the queue: rule or schedule → time → event ids. */
async function received(daemon: Daemon): Promise<Map<string, Map<number, Set<string>>>> {
  const aws = new AwsJson(daemon.port, 1);
  const ticks = new Map([...RULES, ...SCHEDULES].map((name) => [name, new Map<number, Set<string>>()]));
  for (;;) {
    const { Messages } = await aws.must('sqs', 'ReceiveMessage', { ...QUEUE, MaxNumberOfMessages: 10 });
    const messages = (Messages ?? []) as { Body: string; ReceiptHandle: string }[];
    if (messages.length === 0) break;
    for (const { Body } of messages) {
      const { id, time, resources } = JSON.parse(Body) as { id: string; time: string; resources: [string] };
      const of = ticks.get(resources[0].split('/').at(-1)!)!;
      of.set(Date.parse(time), (of.get(Date.parse(time)) ?? new Set()).add(id));
    }
    const Entries = messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
    await aws.must('sqs', 'DeleteMessageBatch', { ...QUEUE, Entries });
  }
  aws.close();
  return ticks;
}

test('kill -9 while schedules fire', async (t) => {
  const chance = new SeededRandom(11);
  let daemon = await start();
  await setUp(daemon);
  const began = await clock(daemon, {});
  let deletedAt = Infinity;
  for (let round = 1; round <= ROUNDS; round++) {
    const moving = clock(daemon, { advanceMs: STRIDE }).catch(() => undefined);
    if (round === ROUNDS) deletedAt = await deleteSome(daemon);
    await new Promise((resolve) => setTimeout(resolve, 20 + chance.below(400)));
    await daemon.kill();
    await moving;
    daemon = await start();
  }
  const end = await clock(daemon, { advanceMs: STRIDE });
  const ticks = await received(daemon);
  await daemon.kill();

  let count = 0;
  for (const [rule, times] of ticks) {
    const ascending = [...times.keys()].sort((a, b) => a - b);
    if (rule.endsWith('gone')) {
      assert.ok(
        ascending.every((time) => time <= deletedAt),
        `${rule} is deleted and fires nothing`,
      );
      continue;
    }
    assert.ok(ascending[0]! <= began + 3 * MINUTE && ascending.at(-1)! > end - 2 * MINUTE, rule);
    for (const [index, time] of ascending.slice(1).entries()) {
      assert.equal(
        time - ascending[index]!,
        MINUTE,
        `${rule} lacks a tick before ${new Date(time).toISOString()}`,
      );
    }
    for (const ids of times.values()) assert.equal(ids.size, 1, 'a tick that is repeated has the same id');
    count += ascending.length;
  }
  t.diagnostic(`${count} ticks of ${RULES.length - 1} rules and a schedule over ${ROUNDS} kills, none lost`);
});
