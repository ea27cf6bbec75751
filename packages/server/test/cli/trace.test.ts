// `busbar trace` and `busbar resend` against the real daemon.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { busbar } from './busbar-command.ts';

let data: string;
let daemon: Daemon;
let aws: AwsJson;

const run = (...args: string[]) => busbar(args, { url: daemon.url });

const arnOf = (queue: string): string => `arn:aws:sqs:us-east-1:000000000000:${queue}`;

async function ruleTo(name: string, pattern: object, ...queues: string[]): Promise<void> {
  await aws.must('events', 'PutRule', { Name: name, EventPattern: JSON.stringify(pattern) });
  const Targets = queues.map((queue) => ({ Id: queue, Arn: arnOf(queue) }));
  await aws.must('events', 'PutTargets', { Rule: name, Targets });
}

async function publish(source: string): Promise<string> {
  const entry = { Source: source, DetailType: 'Order', Detail: '{"total":5}' };
  const { Entries } = await aws.must('events', 'PutEvents', { Entries: [entry] });
  return (Entries as { EventId: string }[])[0]!.EventId;
}

/** Asks until the text shows, which takes the daemon a moment. */
async function traceUntil(id: string, text: RegExp): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const { out } = await run('trace', id);
    if (text.test(out)) return out;
  }
  return assert.fail(`the trace never shows ${text}: ${(await run('trace', id)).out}`);
}

before(async () => {
  data = mkdtempSync(join(tmpdir(), 'busbar-trace-'));
  daemon = await startDaemon({ data });
  aws = new AwsJson(daemon.port, 2);
  await aws.must('sqs', 'CreateQueue', { QueueName: 'there' });
  await ruleTo('works', { source: ['shop'] }, 'there');
  await ruleTo('expensive', { source: ['shop'], detail: { total: [{ numeric: ['>', 300] }] } }, 'there');
  await ruleTo('broken', { source: ['shop'] }, 'not-there');
});

after(async () => {
  aws.close();
  await daemon.kill();
  rmSync(data, { recursive: true, force: true });
});

test('a trace shows the rules, why one missed, what was delivered and what was not', async () => {
  const id = await publish('shop');
  const out = await traceUntil(id, /dead letter[^]*delivered 20/);
  assert.match(
    out,
    new RegExp(`^${id} on arn:aws:events:us-east-1:000000000000:event-bus/default\n├─ published 20`),
  );
  assert.match(
    out,
    /├─ yes rule broken: [^]*│ {2}└─ not-there → arn:[^\n]*: dead letter [0-9a-f-]+: NO_RESOURCE/,
  );
  assert.match(out, /│ {5}└─ try 1 20\S+ reject NO_RESOURCE/);
  assert.match(out, /├─ no {2}rule expensive: .*300/);
  assert.match(
    out,
    /└─ yes rule works: [^]* {3}└─ there → arn:[^\n]*: delivered\n {6}└─ delivered 20\S+ after 1 attempt \(\d+ ms\)/,
  );
  const { code, out: text } = await run('trace', id, '--json');
  assert.equal(code, 0);
  const trace = JSON.parse(text) as {
    position: string;
    rules: { rule: string; deliveries: { state: string }[] }[];
  };
  assert.match(trace.position, /^\d+$/);
  assert.deepEqual(
    trace.rules.map(({ rule, deliveries }) => [rule, ...deliveries.map(({ state }) => state)]),
    [['broken', 'dead-letter'], ['expensive'], ['works', 'delivered']],
  );
});

test('after kill -9 the trace still tells what failed, and that the rest has ended', async () => {
  const id = await publish('shop');
  await traceUntil(id, /dead letter[^]*delivered 20/);
  await daemon.kill();
  daemon = await startDaemon({ data });
  aws.close();
  aws = new AwsJson(daemon.port, 2);
  await traceUntil(id, /dead letter[^]*(?:delivered 20|how is not remembered any more)/);
});

test('an event is resent to the one target that is named', async () => {
  const id = await publish('shop');
  await traceUntil(id, /delivered 20/);
  const unclear = await run('resend', id);
  assert.equal(unclear.code, 3);
  assert.match(unclear.err, /Several targets want the event\. Targets: broken\/not-there, works\/there\./);
  const resent = await run('resend', id, '--target', 'works');
  assert.deepEqual([resent.code, resent.out], [0, 'works/there\n'], resent.err);
  await traceUntil(id, /delivered 20[^\n]*\n {6}└─ delivered 20/);
});

test('what nobody knows is told', async () => {
  const rows: [args: string[], err: RegExp][] = [
    [
      ['trace', 'nobody'],
      /The event bus default has no event nobody in what its log keeps, and no dead letter of it\./,
    ],
    [['trace', 'x', '--bus', 'none'], /no event bus `none`/],
    [['resend', 'nobody'], /The bus has no event nobody within its retention\./],
    [['resend', await publish('nowhere')], /No rule of the bus matches the event\. Targets: /],
  ];
  for (const [args, err] of rows) {
    const answer = await run(...args);
    assert.equal(answer.code, 3);
    assert.match(answer.err, err);
  }
});
