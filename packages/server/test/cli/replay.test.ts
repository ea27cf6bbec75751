// `busbar replay`: what the scenario of `e2e/replays.test.ts` does not come by.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { busbar, type Ran } from './busbar-command.ts';

const PREFIX = 'arn:aws:events:us-east-1:000000000000';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000';
const EVENTS = 30;
const WAIT_MS = 60_000;

let daemon: Daemon;
let aws: AwsJson;

const replay = (...args: string[]): Promise<Ran> => busbar(['replay', ...args], { url: daemon.url });

/** The answer as JSON, of a command that must succeed. */
async function json<Answer>(...args: string[]): Promise<Answer> {
  const { code, out, err } = await replay(...args, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as Answer;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + WAIT_MS;
  while (!(await holds())) {
    assert.ok(performance.now() < end, 'not in time');
    await pause(20);
  }
}

before(async () => {
  daemon = await startDaemon({ data: ':memory:' });
  aws = new AwsJson(daemon.port, 2);
  await aws.must('sqs', 'CreateQueue', { QueueName: 'q' });
  await aws.must('events', 'CreateEventBus', { Name: 'other' });
  await aws.must('events', 'CreateArchive', {
    ArchiveName: 'orders',
    EventSourceArn: `${PREFIX}:event-bus/default`,
  });
  for (const EventBusName of ['default', 'other']) {
    await aws.must('events', 'PutRule', { Name: 'r', EventBusName, EventPattern: '{"source":["shop"]}' });
    const Targets = ['a', 'b'].map((Id) => ({ Id, Arn: `${QUEUE}:q` }));
    await aws.must('events', 'PutTargets', { Rule: 'r', EventBusName, Targets });
  }
  for (let start = 0; start < EVENTS; start += 10) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({
      Source: (start + index) % 3 === 0 ? 'bank' : 'shop',
      DetailType: 'T',
      Detail: JSON.stringify({ n: start + index }),
    }));
    await aws.must('events', 'PutEvents', { Entries });
  }
  await until(async () => {
    const { EventCount } = await aws.must('events', 'DescribeArchive', { ArchiveName: 'orders' });
    return EventCount === EVENTS;
  });
});

after(async () => {
  aws.close();
  await daemon.kill();
});

const REFUSED: readonly (readonly [args: string, code: number, says: RegExp])[] = [
  ['start', 2, /needs a name/],
  ['list x', 2, /one argument too many/],
  ['show x --rate 1', 2, /`replay show` takes no `--rate`/],
  ['start orders --rules r --to-target r/a', 2, /either `--rules` or `--to-target`, not both/],
  ['start orders --dry-run --to-file x', 2, /either `--dry-run` or `--to-file`, not both/],
  ['start orders --to-bus other --to-file x', 2, /either `--to-bus` or `--to-file`, not both/],
  ['start orders --to-file /nowhere/at/all', 2, /cannot be written/],
  ['start orders --rate fast', 2, /`--rate` takes 100\/s, 30\/m or 10\/h, not `fast`/],
  ['start orders --speed 0', 3, /"speed" must be a number from 0.001/],
  ['start orders --speed much', 2, /`--speed` takes 10x or 0.5x/],
  ['start orders --since yesterday', 2, /`--since` takes 30s/],
  ['start orders --since 1m --until 2m', 3, /"since" must be before "until"/],
  ['start none', 3, /There is no archive none/],
  ['start orders --to-bus none', 3, /There is no event bus none/],
  ['start orders --rules none', 3, /There is no rule none on event bus default/],
  ['start orders --to-target r', 3, /The rule r has 2 targets: name one as r\/ID/],
  ['start orders --to-target r/c', 3, /The rule r has no target c/],
  ['start orders --pattern {"a":1}', 3, /The pattern is not valid/],
  ['start orders --name a/b', 3, /"name" must be 1 to 64/],
  ['show none', 3, /There is no replay none/],
  ['cancel none', 3, /There is no replay none/],
];

for (const [args, code, says] of REFUSED) {
  test(`busbar replay ${args} is refused`, async () => {
    const ran = await replay(...args.split(' '));
    assert.equal(ran.code, code, ran.err);
    assert.match(ran.err, says);
    assert.equal(ran.out, '');
  });
}

interface Rehearsal {
  readonly events: number;
  readonly unmatched: number;
  readonly targets: readonly { rule: string; targetId: string; events: number }[];
}

test('a dry run counts by rule and target, for a pattern and another bus too', async () => {
  const all = await json<Rehearsal>('start', 'orders', '--dry-run');
  assert.deepEqual([all.events, all.unmatched], [EVENTS, 10]);
  assert.deepEqual(
    all.targets.map(({ rule, targetId, events }) => [rule, targetId, events]),
    [
      [`${PREFIX}:rule/r`, 'a', 20],
      [`${PREFIX}:rule/r`, 'b', 20],
    ],
  );
  const pattern = '{"detail":{"n":[{"numeric":["<",6]}]}}';
  const some = await json<Rehearsal>(
    'start',
    'orders',
    '--to-bus',
    'other',
    '--pattern',
    pattern,
    '--dry-run',
  );
  assert.deepEqual([some.events, some.unmatched], [6, 2]);
  assert.deepEqual(new Set(some.targets.map(({ rule }) => rule)), new Set([`${PREFIX}:rule/other/r`]));
  const table = await replay('start', 'orders', '--rules', 'r', '--dry-run');
  assert.equal(table.out, 'r\ta\tq\t20\nr\tb\tq\t20\n');
  assert.match(table.err, /a dry run: 30 events would be replayed; no rule wants 10 of them/);
});

test('a slow replay shows in lists and in the status, and is cancelled', async () => {
  const started = await json<{ name: string; state: string; rate: number }>(
    'start',
    'orders',
    '--rate',
    '6/m',
    '--detach',
    '--name',
    'slow',
  );
  assert.deepEqual([started.name, started.rate], ['slow', 0.1]);
  await until(async () => (await json<{ replayed: number }>('show', 'slow')).replayed === 1);
  const { out } = await replay('list', '--state', 'RUNNING');
  assert.match(out, /^slow\tRUNNING\torders\tdefault\t\S+\t1\t\S+Z\n$/);
  const status = await busbar(['status'], { url: daemon.url });
  assert.match(status.out, /replays\nslow\tRUNNING\torders\tdefault\t/);
  const shown = await replay('show', 'slow');
  assert.match(shown.out, /^rate\t0.1$/m);
  const cancelled = await replay('cancel', 'slow');
  assert.deepEqual([cancelled.code, cancelled.out], [0, 'slow\n']);
  await until(async () => (await json<{ state: string }>('show', 'slow')).state === 'CANCELLED');
  const again = await replay('cancel', 'slow');
  assert.match(again.err, /The replay slow is CANCELLED and cannot be cancelled/);
  assert.equal(again.code, 3);
});

test('a replay that is followed says how it ended', async () => {
  const done = await replay('start', 'orders', '--name', 'done', '--to-bus', 'other');
  assert.deepEqual([done.code, done.out], [0, 'done\n'], done.err);
  assert.match(done.err, /COMPLETED; 30 events replayed/);
  const taken = await replay('start', 'orders', '--name', 'done');
  assert.deepEqual([taken.code, taken.out], [3, '']);
  assert.match(taken.err, /There is a replay done already/);
  const following = replay('start', 'orders', '--name', 'cut', '--rate', '1/m');
  await until(async () => (await replay('show', 'cut')).code === 0);
  await replay('cancel', 'cut');
  const cut = await following;
  assert.equal(cut.code, 1, cut.err);
  assert.match(cut.err, /CANCELLED; \d+ events replayed/);
});
