// kill -9 at random moments under load, over and over on one data directory. What was acknowledged must be delivered;
// what was never published must not be.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';

export interface CrashReport {
  readonly rounds: number;
  readonly seed: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly delivered: number;
  readonly copied: number;
  readonly repeats: number;
}

const PUBLISHERS = 4;
const CONSUMERS = 2;
const MIN_RUN_MS = 20;
const MAX_RUN_MS = 500;
const QUEUES = ['all', 'copies'] as const;
type QueueName = (typeof QUEUES)[number];

/** A small seeded generator (mulberry32), so that a failing run can be repeated. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class CrashRun {
  readonly sent = new Set<number>();
  readonly acknowledged = new Set<number>();
  readonly delivered: Record<QueueName, Set<number>> = { all: new Set(), copies: new Set() };
  repeats = 0;
  next = 0;
  stopping = false;
  readonly random: () => number;

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  /** Publishes until the connection breaks. */
  async publish(client: AwsJson): Promise<void> {
    while (!this.stopping) {
      const numbers = Array.from({ length: 1 + Math.floor(this.random() * 10) }, () => this.next++);
      for (const number of numbers) this.sent.add(number);
      const entries = numbers.map((number) => ({
        EventBusName: 'shop',
        Source: 'crash.test',
        DetailType: 'Numbered',
        Detail: JSON.stringify({ number, pad: 'x'.repeat(Math.floor(this.random() * 1_500)) }),
      }));
      const { status, body } = await client.call('events', 'PutEvents', { Entries: entries });
      if (status !== 200) continue;
      const results = body.Entries as { EventId?: string }[];
      results.forEach((result, index) => result.EventId && this.acknowledged.add(numbers[index]!));
    }
  }

  /** Receives and deletes; answers how many messages came. */
  async receive(client: AwsJson, queue: QueueName, port: number, waitSeconds: number): Promise<number> {
    const QueueUrl = `http://127.0.0.1:${port}/000000000000/${queue}`;
    const { Messages = [] } = (await client.must('sqs', 'ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: waitSeconds,
    })) as { Messages?: { Body: string; ReceiptHandle: string }[] };
    for (const { Body } of Messages) {
      const { detail } = JSON.parse(Body) as { detail: { number: number } };
      if (this.delivered[queue].has(detail.number)) this.repeats++;
      this.delivered[queue].add(detail.number);
    }
    const entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    if (entries.length > 0) await client.must('sqs', 'DeleteMessageBatch', { QueueUrl, Entries: entries });
    return Messages.length;
  }
}

async function setUp(client: AwsJson): Promise<void> {
  const arn = (resource: string) => `arn:aws:events:us-east-1:000000000000:${resource}`;
  for (const name of QUEUES) {
    await client.must('sqs', 'CreateQueue', { QueueName: name, Attributes: { VisibilityTimeout: '1' } });
  }
  for (const name of ['shop', 'copy']) await client.must('events', 'CreateEventBus', { Name: name });
  const route = async (bus: string, rule: string, target: string): Promise<void> => {
    const EventPattern = '{"source":["crash.test"]}';
    await client.must('events', 'PutRule', { Name: rule, EventBusName: bus, EventPattern });
    await client.must('events', 'PutTargets', {
      Rule: rule,
      EventBusName: bus,
      Targets: [{ Id: '1', Arn: target }],
    });
  };
  await route('shop', 'to-queue', 'arn:aws:sqs:us-east-1:000000000000:all');
  await route('shop', 'to-copy', arn('event-bus/copy'));
  await route('copy', 'to-queue', 'arn:aws:sqs:us-east-1:000000000000:copies');
}

async function oneRound(run: CrashRun, daemon: Daemon): Promise<void> {
  run.stopping = false;
  const client = new AwsJson(daemon.port, 16);
  const broken = (): undefined => undefined; // The connection breaks when the daemon dies: that ends a loop.
  const loops = [
    ...Array.from({ length: PUBLISHERS }, () => run.publish(client).catch(broken)),
    ...Array.from({ length: CONSUMERS }, (_, index) =>
      consume(run, client, QUEUES[index % 2]!, daemon.port).catch(broken),
    ),
  ];
  await new Promise((resolve) => setTimeout(resolve, MIN_RUN_MS + run.random() * (MAX_RUN_MS - MIN_RUN_MS)));
  await daemon.kill();
  run.stopping = true;
  await Promise.all(loops);
  client.close();
}

async function consume(run: CrashRun, client: AwsJson, queue: QueueName, port: number): Promise<void> {
  while (!run.stopping) await run.receive(client, queue, port, 1);
}

/** How many deliveries wait in lanes' durable backlogs: rows that a crash left leased come back only when the lease ends. */
async function parkedDeliveries(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^busbar_lane_backlog_positions (\d+)$/m.exec(text)?.[1]);
}

/** Receives until nothing is parked and a queue has stayed empty for two long polls (longer than the visibility timeout). */
async function drain(run: CrashRun, client: AwsJson, queue: QueueName, daemon: Daemon): Promise<void> {
  for (let empty = 0; empty < 2;) {
    const came = await run.receive(client, queue, daemon.port, 2);
    empty = came === 0 && (await parkedDeliveries(daemon.url)) === 0 ? empty + 1 : 0;
  }
}

/** Runs the rounds, drains, and checks. Throws on any loss. */
export async function runCrashRounds(rounds: number, seed: number): Promise<CrashReport> {
  const data = mkdtempSync(join(tmpdir(), 'busbar-crash-'));
  const run = new CrashRun(seed);
  try {
    let daemon = await startDaemon({ data });
    const first = new AwsJson(daemon.port, 1);
    await setUp(first);
    first.close();
    for (let round = 0; round < rounds; round++) {
      await oneRound(run, daemon);
      daemon = await startDaemon({ data });
    }
    const client = new AwsJson(daemon.port, 4);
    await Promise.all(QUEUES.map((queue) => drain(run, client, queue, daemon)));
    client.close();
    assert.equal(await daemon.stop(), 0, 'the daemon stops cleanly after all rounds');
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
  for (const queue of QUEUES) {
    const lost = [...run.acknowledged].filter((number) => !run.delivered[queue].has(number));
    assert.deepEqual(
      lost.slice(0, 10),
      [],
      `acknowledged events lost on the way to ${queue}: ${lost.length}, seed ${seed}`,
    );
    const invented = [...run.delivered[queue]].filter((number) => !run.sent.has(number));
    assert.deepEqual(invented, [], `events delivered that were never published, seed ${seed}`);
  }
  return {
    rounds,
    seed,
    sent: run.sent.size,
    acknowledged: run.acknowledged.size,
    delivered: run.delivered.all.size,
    copied: run.delivered.copies.size,
    repeats: run.repeats,
  };
}
