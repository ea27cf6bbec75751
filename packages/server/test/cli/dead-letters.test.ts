// The way of a delivery that failed: a missing queue, a dead letter, the queue made, redriven, received.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { busbar } from './busbar-command.ts';

let data: string;
let daemon: Daemon;
let aws: AwsJson;

interface Listed {
  readonly deadLetters: readonly { id: string; eventId: string; code: string; rule: string }[];
  readonly more: boolean;
}

const run = (...args: string[]) => busbar(args, { url: daemon.url });

async function listed(...args: string[]): Promise<Listed> {
  const { code, out, err } = await run('dead-letters', 'list', '--json', ...args);
  assert.equal(code, 0, err);
  return JSON.parse(out) as Listed;
}

/** Asks until there are so many dead letters: deliveries fail at once, but not before the publisher is answered. */
async function untilListed(count: number): Promise<Listed> {
  for (;;) {
    const list = await listed('--max', '1000');
    if (list.deadLetters.length === count) return list;
  }
}

async function ruleTo(name: string, queue: string): Promise<void> {
  await aws.must('events', 'PutRule', { Name: name, EventPattern: JSON.stringify({ source: [name] }) });
  const target = { Id: '1', Arn: `arn:aws:sqs:us-east-1:000000000000:${queue}` };
  await aws.must('events', 'PutTargets', { Rule: name, Targets: [target] });
}

async function publish(source: string, count = 1, detail = '{"n":12345678901234567890}'): Promise<void> {
  const entry = { Source: source, DetailType: 'Order', Detail: detail };
  for (let left = count; left > 0; left -= 10) {
    await aws.must('events', 'PutEvents', {
      Entries: Array.from({ length: Math.min(left, 10) }, () => entry),
    });
  }
}

async function receive(queue: string): Promise<string[]> {
  const { Messages } = await aws.must('sqs', 'ReceiveMessage', {
    QueueUrl: `${daemon.url}/000000000000/${queue}`,
    WaitTimeSeconds: 5,
    MaxNumberOfMessages: 10,
  });
  return ((Messages ?? []) as { Body: string }[]).map(({ Body }) => Body);
}

before(async () => {
  data = mkdtempSync(join(tmpdir(), 'busbar-letters-'));
  daemon = await startDaemon({ data });
  aws = new AwsJson(daemon.port, 4);
});

after(async () => {
  aws.close();
  await daemon.kill();
  rmSync(data, { recursive: true, force: true });
});

test('a dead letter is listed, shown, and redriven once its queue is there', async () => {
  await ruleTo('orders', 'late-queue');
  await publish('orders');
  const { deadLetters } = await untilListed(1);
  const { id, eventId, code } = deadLetters[0]!;
  assert.equal(code, 'NO_RESOURCE');
  const table = await run('dead-letters', 'list', '--rule', 'orders');
  assert.match(table.out, new RegExp(`^${id}\\t\\S+\\torders\\tlate-queue\\tNO_RESOURCE\\t1\\t`));
  assert.equal((await listed('--rule', 'orders', '--bus', 'default')).deadLetters.length, 1);
  const shown = await run('dead-letters', 'show', id);
  assert.match(
    shown.out,
    /why +NO_RESOURCE: [^]*try 1 +\S+ reject NO_RESOURCE: [^]* ms\)[^]*"n": 12345678901234567890/,
  );
  const alone = await run('dead-letters', 'show', id, '--event');
  assert.equal((JSON.parse(alone.out) as { id: string }).id, eventId);

  // Still no queue: it fails again, and one letter stands where one stood.
  assert.equal((await run('dead-letters', 'redrive', id)).code, 0);
  for (;;) {
    const [letter] = (await untilListed(1)).deadLetters;
    if (!(letter as unknown as { underWay: boolean }).underWay) break;
  }
  await aws.must('sqs', 'CreateQueue', { QueueName: 'late-queue' });
  const redriven = await run('dead-letters', 'redrive', id);
  assert.deepEqual([redriven.code, redriven.out], [0, `${id}\n`]);
  const [body] = await receive('late-queue');
  assert.equal((JSON.parse(body!) as { id: string }).id, eventId);
  assert.match(body!, /"n":12345678901234567890/);
  await untilListed(0);
});

test('--all --rule redrives many, also after kill -9, and leaves other rules alone', async () => {
  await ruleTo('many', 'many-queue');
  await ruleTo('others', 'no-queue');
  await publish('many', 130);
  await publish('others');
  await untilListed(131);
  assert.equal((await listed('--max', '50')).more, true);
  assert.match((await run('dead-letters', 'list', '--max', '50')).err, /there are more; --max tells/);
  await daemon.kill();
  daemon = await startDaemon({ data });
  aws.close();
  aws = new AwsJson(daemon.port, 4);
  await aws.must('sqs', 'CreateQueue', { QueueName: 'many-queue' });
  const redriven = await run('dead-letters', 'redrive', '--all', '--rule', 'many', '--json');
  assert.match(redriven.out, /^\{"redriven":130,"refused":0,/);
  const { deadLetters } = await untilListed(1);
  assert.match(deadLetters[0]!.rule, /rule\/others$/);
  const status = JSON.parse((await run('status', '--json')).out) as {
    queues: { arn: string; visible: number }[];
  };
  assert.equal(status.queues.find(({ arn }) => arn.endsWith(':many-queue'))!.visible, 130);
});

test('--replace delivers another event under the same id', async () => {
  const [letter] = (await listed('--rule', 'others')).deadLetters;
  const file = join(data, 'edited.json');
  writeFileSync(file, '{"source":"others"}');
  const refused = await run('dead-letters', 'redrive', letter!.id, '--replace', file);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /The event must be a JSON object with "source"/);
  await aws.must('sqs', 'CreateQueue', { QueueName: 'no-queue' });
  writeFileSync(file, '{"source":"others","detail-type":"Order","detail":{"fixed":true}}');
  assert.equal((await run('dead-letters', 'redrive', letter!.id, '--replace', file)).code, 0);
  const [body] = await receive('no-queue');
  const event = JSON.parse(body!) as { id: string; detail: object };
  assert.deepEqual([event.id, event.detail], [letter!.eventId, { fixed: true }]);
});

test('what cannot be redriven says why', async () => {
  await ruleTo('doomed', 'nowhere');
  await publish('doomed');
  const [letter] = (await untilListed(1)).deadLetters;
  await aws.must('events', 'RemoveTargets', { Rule: 'doomed', Ids: ['1'] });
  const target = await run('dead-letters', 'redrive', letter!.id);
  assert.deepEqual([target.code, target.out], [1, '']);
  assert.match(target.err, /The rule has no target 1 any more\./);
  await aws.must('events', 'DeleteRule', { Name: 'doomed' });
  assert.match(
    (await run('dead-letters', 'redrive', letter!.id)).err,
    /The rule .*doomed does not exist any more\./,
  );
});

test('--where finds by error and rule; --edit is shown first, then done; --to goes elsewhere', async () => {
  await ruleTo('wrong', 'not-there');
  await publish('wrong', 3, '{"total":5}');
  await untilListed(4);
  const where = ['--where', 'rule=wrong,error=NO_RESOURCE'];
  assert.equal((await listed(...where)).deadLetters.length, 3);
  assert.equal((await listed('--where', 'rule=wrong,error=TIMEOUT')).deadLetters.length, 0);
  assert.equal((await listed('--where', 'rule=wrong,fault=misconfigured')).deadLetters.length, 3);
  await aws.must('sqs', 'CreateQueue', { QueueName: 'spare' });
  const to = ['--to', 'arn:aws:sqs:us-east-1:000000000000:spare'];
  const edit = ['--edit', '{"kind": `detail-type`}'];
  const dry = await run('dead-letters', 'redrive', ...where, ...edit, ...to, '--dry-run');
  assert.equal(dry.code, 0, dry.err);
  assert.match(
    dry.out,
    /^\S+ to arn:aws:sqs:us-east-1:000000000000:spare\n- \{"version".*\n\+ \{"kind":"Order"\}\n/,
  );
  assert.match(dry.err, /a dry run: 3 dead letters would be delivered again, 3 are shown/);
  assert.equal((await listed(...where)).deadLetters.length, 3);
  const elsewhere = await run('dead-letters', 'redrive', ...where, ...to);
  assert.equal(elsewhere.code, 0, elsewhere.err);
  assert.equal((await receive('spare')).length, 3);
  await untilListed(1);
});

test('what --where does not know is told', async () => {
  const rows: [string, RegExp][] = [
    ['eror=X', /`--where` knows no `eror`; did you mean `error`\?/],
    ['error', /`--where` takes error=TIMEOUT and the like/],
    ['error=A,error=B', /cannot be both/],
  ];
  for (const [where, err] of rows) {
    const answer = await run('dead-letters', 'list', '--where', where);
    assert.equal(answer.code, 2);
    assert.match(answer.err, err);
  }
});
