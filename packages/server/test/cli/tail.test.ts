// `busbar tail` against the real daemon: what it shows, how it ends, and that a slow reader harms nobody.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { busbar, startBusbarCommand } from './busbar-command.ts';

let data: string;
let daemon: Daemon;
let aws: AwsJson;

before(async () => {
  data = mkdtempSync(join(tmpdir(), 'busbar-tail-'));
  daemon = await startDaemon({ data });
  aws = new AwsJson(daemon.port, 8);
});

after(async () => {
  aws.close();
  await daemon.kill();
  rmSync(data, { recursive: true, force: true });
});

const entry = (source: string, detail: object, bus = 'default') => ({
  EventBusName: bus,
  Source: source,
  DetailType: 't',
  Detail: JSON.stringify(detail),
});

const publish = (...entries: object[]) => aws.must('events', 'PutEvents', { Entries: entries });

/** Collects a stream's text and tells when it holds something. */
class Watched {
  text = '';
  #wake: () => void = () => undefined;

  constructor(stream: NodeJS.ReadableStream) {
    stream.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
      this.#wake();
    });
  }

  async until(condition: (text: string) => boolean): Promise<void> {
    while (!condition(this.text)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

/** Publishes again and again until the tail, which is just starting, shows the first event. */
async function follow(args: readonly string[]): Promise<{ child: ChildProcess; out: Watched; err: Watched }> {
  const child = startBusbarCommand(['tail', ...args], { url: daemon.url });
  const out = new Watched(child.stdout!);
  const err = new Watched(child.stderr!);
  const before = out.text.length;
  while (out.text.length === before) {
    await publish(entry('hello', {}), entry('other', {}));
    await Promise.race([
      out.until((text) => text.length > 0),
      new Promise((resolve) => setImmediate(resolve)),
    ]);
  }
  return { child, out, err };
}

test('events show as they come in, and Ctrl-C ends with 0', async () => {
  const { child, out } = await follow(['--pattern', '{"source":["hello","late"]}']);
  await publish(entry('late', { n: 1 }), entry('other', { n: 2 }));
  await out.until((text) => text.includes('"late"'));
  child.kill('SIGINT');
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 0);
  const sources = out.text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { source: string }).source);
  assert.deepEqual(new Set(sources), new Set(['hello', 'late']));
});

test('--since shows what the bus still has, and --limit ends', async () => {
  await aws.must('events', 'CreateEventBus', { Name: 'history' });
  await publish(...[1, 2, 3].map((n) => entry('h', { n }, 'history')));
  const { code, out } = await busbar(['tail', 'history', '--since', '5m', '--limit', '2'], {
    url: daemon.url,
  });
  assert.equal(code, 0);
  assert.match(out, /"detail":\{"n":1\}\}\n.*"detail":\{"n":2\}\}\n$/);
  assert.equal(out.trim().split('\n').length, 2);
});

test('a bus that the tail itself brings into being can be followed at once', async () => {
  const child = startBusbarCommand(['tail', '--region', 'eu-north-1', '--limit', '1'], { url: daemon.url });
  const closed = once(child, 'close');
  const out = new Watched(child.stdout!);
  const put = ['put', '--region', 'eu-north-1', '{"source":"s","detail-type":"t","detail":{}}'];
  while (out.text === '') assert.equal((await busbar(put, { url: daemon.url })).code, 0);
  const [code] = (await closed) as [number];
  assert.equal(code, 0);
  assert.match(out.text, /"region":"eu-north-1"/);
});

test('Ctrl-C ends a tail whose output nobody reads', async () => {
  const child = startBusbarCommand(['tail'], { url: daemon.url });
  const exited = once(child, 'exit');
  let started = false;
  child.stdout!.once('readable', () => (started = true));
  while (!started) await publish(entry('hello', {}));
  // Enough to fill every pipe between.
  for (let count = 0; count < 60; count++) await publish(entry('more', { text: 'x'.repeat(200_000) }));
  child.kill('SIGINT');
  const [code, signal] = (await exited) as [number | null, string | null];
  assert.equal(signal, null);
  assert.ok(code === 0 || code === 130, String(code));
});

test('a reader that leaves, as head does, is no error', async () => {
  const { child } = await follow([]);
  child.stdout!.destroy();
  const exited = once(child, 'exit');
  while (child.exitCode === null) await publish(entry('more', { text: 'x'.repeat(10_000) }));
  assert.equal(((await exited) as [number])[0], 0);
});

/** Opens the stream of the API without reading from it. */
function openTail(): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${daemon.url}/_busbar/tail?bus=busy`, { agent: false }, resolve).on('error', reject);
  });
}

test('one who does not read is told how much was skipped, and the bus goes on', async () => {
  await aws.must('events', 'CreateEventBus', { Name: 'busy' });
  await aws.must('sqs', 'CreateQueue', { QueueName: 'busy' });
  await aws.must('events', 'PutRule', {
    Name: 'r',
    EventBusName: 'busy',
    EventPattern: '{"source":["last"]}',
  });
  const target = { Id: '1', Arn: 'arn:aws:sqs:us-east-1:000000000000:busy' };
  await aws.must('events', 'PutTargets', { Rule: 'r', EventBusName: 'busy', Targets: [target] });
  const answer = await openTail();
  // 14,000 events of 2 kB: what the sockets hold, and far more than a reader may fall back.
  const text = 'x'.repeat(2_000);
  const ten = Array.from({ length: 10 }, (_, n) => entry('flood', { n, text }, 'busy'));
  const publisher = async (): Promise<void> => {
    for (let call = 0; call < 200; call++) await publish(...ten);
  };
  await Promise.all(Array.from({ length: 7 }, publisher));
  await publish(entry('last', {}, 'busy'));
  // A rule's delivery has not waited for the reader.
  const received = await aws.must('sqs', 'ReceiveMessage', {
    QueueUrl: `${daemon.url}/000000000000/busy`,
    WaitTimeSeconds: 5,
  });
  assert.equal((received.Messages as unknown[]).length, 1);
  let events = 0;
  let skipped = 0;
  let rest = '';
  answer.setEncoding('utf8');
  reading: for await (const chunk of answer as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const parsed = JSON.parse(line) as { type: string; count?: string; event?: { source: string } };
      if (parsed.type === 'skipped') skipped += Number(parsed.count);
      if (parsed.type === 'event') events++;
      if (parsed.event?.source === 'last') break reading;
    }
  }
  assert.ok(skipped > 1_000, `${skipped} skipped`);
  assert.equal(events + skipped, 14_001);
});

test('a tail ends with the daemon', async () => {
  const { child, err } = await follow([]);
  const stopped = daemon.stop();
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 3);
  assert.match(err.text, /the daemon is stopping/);
  assert.equal(await stopped, 0);
});
