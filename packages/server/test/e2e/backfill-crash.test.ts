// The daemon is killed while it fires a backfill, a tick by hand and a pause: what it has answered holds.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';

const DAY = '2020-03-01';
const TICKS = 1_440;
const LIMIT_MS = 60_000;
const QUEUE = { QueueUrl: 'http://localhost/000000000000/ticks' };

const data = mkdtempSync(join(tmpdir(), 'busbar-backfill-'));
after(() => rmSync(data, { recursive: true, force: true }));

/** Receives until so many messages are different ones. */
async function receive(aws: AwsJson, seen: Map<string, number>, different: number): Promise<void> {
  for (const end = performance.now() + LIMIT_MS; seen.size < different;) {
    assert.ok(performance.now() < end, `${seen.size} of ${different} messages came`);
    const { Messages = [] } = await aws.must('sqs', 'ReceiveMessage', {
      ...QUEUE,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 1,
    });
    for (const { Body } of Messages as { Body: string }[]) seen.set(Body, (seen.get(Body) ?? 0) + 1);
  }
}

test('a backfill goes on over kills, and misses no tick; a pause and a tick by hand are not forgotten', async (t) => {
  let daemon: Daemon = await startDaemon({ data });
  let aws = new AwsJson(daemon.port, 4);
  const restart = async (): Promise<void> => {
    aws.close();
    await daemon.kill();
    daemon = await startDaemon({ data });
    aws = new AwsJson(daemon.port, 4);
  };
  t.after(async () => {
    aws.close();
    await daemon.kill();
  });

  await aws.must('sqs', 'CreateQueue', { QueueName: 'ticks', Attributes: { VisibilityTimeout: '43200' } });
  await aws.mustRest('POST', '/schedules/minutely', {
    ScheduleExpression: 'cron(* * * * ? *)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    // It ticks no more by itself.
    EndDate: Date.parse('2020-03-03T00:00:00Z') / 1_000,
    Target: {
      Arn: 'arn:aws:sqs:us-east-1:000000000000:ticks',
      RoleArn: 'arn:aws:iam::000000000000:role/r',
      Input: '<aws.scheduler.scheduled-time>',
    },
  });
  const paused = { name: 'minutely', reason: 'only the past is wanted' };
  await aws.mustRest('POST', '/_busbar/schedules/pause', paused);
  await restart();
  const range = { from: `${DAY}T00:00:00Z`, until: '2020-03-02T00:00:00Z', request: 'march' };
  const { count } = await aws.mustRest('POST', '/_busbar/schedules/backfill', { name: 'minutely', ...range });
  assert.equal(count, TICKS);
  await restart();
  const seen = new Map<string, number>();
  await receive(aws, seen, 100);
  await restart();
  const { time } = await aws.mustRest('POST', '/_busbar/schedules/trigger', { name: 'minutely' });
  await restart();
  await receive(aws, seen, TICKS + 1);

  const repeats = [...seen.values()].reduce((sum, times) => sum + times, 0) - seen.size;
  t.diagnostic(`${seen.size} ticks came, and ${repeats} of them once more`);
  assert.equal([...seen.keys()].filter((body) => body.startsWith(DAY)).length, TICKS);
  assert.ok(seen.has(`${(time as string).slice(0, 19)}Z`), time as string);
  const { schedule } = await aws.mustRest('GET', '/_busbar/schedules/show?name=minutely');
  const { state, paused: why } = schedule as { state: string; paused: { reason: string } };
  assert.deepEqual([state, why.reason], ['DISABLED', paused.reason]);
});
