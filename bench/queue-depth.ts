import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../packages/server/src/engine/ports/logger.ts';
import type { QueueStore, ReceiveRequest } from '../packages/server/src/engine/ports/queue-storage.ts';
import { openSqliteStorage } from '../packages/server/src/store/sqlite/index.ts';
import { percentile, printTable, ratio } from './table.ts';

/**
 * What depth costs the built-in queues: `node bench/queue-depth.ts [messages] [seconds a measurement]`. Rates of sending,
 * receiving and deleting at an empty queue and at one with so many messages waiting, and the process's memory (with the
 * store's thread), for a standard queue, a FIFO queue of many groups, and a FIFO queue whose depth is one locked group.
 * Each queue is measured in a process of its own.
 */

const MESSAGES = Number(process.argv[2] ?? 2_000_000);
const SECONDS = Number(process.argv[3] ?? 3);
const SHAPE = process.argv[4];

const BODY = 'x'.repeat(256);
const LANES = 64;
const BATCH = 10;
const FILL_BATCH = 1_000;
const FILL_LANES = 8;
const GROUPS = 10_000;
const WINDOW_MS = 300_000;
const EMPTY = 'empty';
const DEEP = 'deep';
const WARM = 'warm';
/** Filled and measured first, so that memory before and after is that of a process that has done the same work. */
const WARM_MESSAGES = 100_000;
/** The two queues are measured in turns, so that a disk that is slower for a while is slower for both. */
const ROUNDS = 3;

type Shape = 'standard' | 'FIFO, many groups' | 'FIFO, one locked group';
const SHAPES: readonly Shape[] = ['standard', 'FIFO, many groups', 'FIFO, one locked group'];

interface Rates {
  readonly send: number;
  readonly receive: number;
  readonly remove: number;
}

let made = 0;
/** Moves a millisecond with every call, so that deduplication keys grow old as they would in hours. */
let now = 1_700_000_000_000;

/** The group of a new message while the queue is measured; the locked group is only filled. */
const groupOf = (fills: boolean): string =>
  SHAPE === 'FIFO, one locked group' && fills ? 'locked' : `g${made % GROUPS}`;

async function send(queues: QueueStore, queue: string, count: number, fills: boolean): Promise<number> {
  const sentAt = now++;
  const common = { body: BODY, senderId: '000000000000', sentAt };
  const ids = Array.from({ length: count }, () => `m${String(++made).padStart(12, '0')}`);
  if (SHAPE === 'standard') {
    await queues.send(
      queue,
      ids.map((messageId) => ({ ...common, messageId, visibleAt: sentAt })),
    );
  } else {
    await queues.sendOrdered(
      queue,
      ids.map((messageId) => ({
        ...common,
        messageId,
        deduplicationKey: messageId,
        groupId: groupOf(fills),
      })),
      WINDOW_MS,
    );
  }
  return count;
}

const order = (): ReceiveRequest => ({
  max: BATCH,
  now: now++,
  visibleAgainAt: now + 43_200_000,
  sentAfter: 0,
  maxInFlight: 120_000,
});

/** Keeps `lanes` calls of `step` running until the time is up; answers how many items they did a second. */
async function measure(lanes: number, step: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const until = started + SECONDS * 1_000;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const items = await step();
      if (items === 0) return;
      done += items;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (done * 1_000) / (performance.now() - started);
}

const residentMegabytes = (): number => process.memoryUsage.rss() / 1_048_576;

/** Sends, then receives and deletes as much as was sent: the depth stays what it was. */
async function rates(queues: QueueStore, queue: string): Promise<Rates> {
  const sends = await measure(LANES, () => send(queues, queue, 1, false));
  let receiving = 0;
  let removing = 0;
  const both = await measure(LANES, async () => {
    let from = performance.now();
    const { messages } = await queues.receive(queue, order());
    receiving += performance.now() - from;
    from = performance.now();
    await queues.removeInFlight(queue, messages, now);
    removing += performance.now() - from;
    return messages.length;
  });
  const whole = receiving + removing;
  return {
    send: sends,
    receive: (both * whole) / receiving,
    remove: (both * whole) / removing,
  };
}

interface Measured {
  readonly empty: Rates;
  readonly deep: Rates;
  /** Megabytes of the process before there were messages, and at the end. */
  readonly before: number;
  readonly after: number;
}

function median(rounds: readonly Rates[]): Rates {
  const middle = (what: keyof Rates): number =>
    percentile(
      rounds.map((round) => round[what]),
      0.5,
    );
  return { send: middle('send'), receive: middle('receive'), remove: middle('remove') };
}

async function fill(queues: QueueStore, queue: string, messages: number): Promise<void> {
  let left = messages;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= FILL_BATCH;
      await send(queues, queue, FILL_BATCH, true);
    }
  };
  await Promise.all(Array.from({ length: FILL_LANES }, lane));
  if (SHAPE === 'FIFO, one locked group') {
    const { messages } = await queues.receive(queue, { ...order(), max: 1 });
    if (messages.length !== 1) throw new Error('the group is not locked');
  }
}

/** Measures one queue, and prints its rates as JSON for the parent. */
async function measureShape(shape: Shape): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'busbar-depth-'));
  const storage = await openSqliteStorage({ directory, logger: silentLogger });
  try {
    const { queues } = storage;
    for (const queue of [WARM, EMPTY, DEEP])
      await queues.create(queue, shape === 'standard' ? 'standard' : 'ordered');
    await fill(queues, WARM, WARM_MESSAGES);
    await rates(queues, WARM);
    await rates(queues, EMPTY);
    const before = residentMegabytes();
    await fill(queues, DEEP, MESSAGES);
    const all = { empty: [] as Rates[], deep: [] as Rates[] };
    for (let round = 0; round < ROUNDS; round++) {
      all.empty.push(await rates(queues, EMPTY));
      all.deep.push(await rates(queues, DEEP));
    }
    const measured: Measured = {
      empty: median(all.empty),
      deep: median(all.deep),
      before,
      after: residentMegabytes(),
    };
    console.log(JSON.stringify(measured));
  } finally {
    await storage.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

if (SHAPE === undefined) {
  const rows = SHAPES.map((shape) => {
    const parameters = [fileURLToPath(import.meta.url), String(MESSAGES), String(SECONDS), shape];
    const child = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
    if (child.status !== 0) throw new Error(child.stderr);
    const { empty, deep, before, after } = JSON.parse(child.stdout) as Measured;
    const pair = (what: 'send' | 'receive' | 'remove'): string[] => [
      Math.round(empty[what]).toLocaleString('en-US'),
      Math.round(deep[what]).toLocaleString('en-US'),
      ratio(deep[what], empty[what]),
    ];
    const memory = [before.toFixed(0), after.toFixed(0)];
    return [shape, ...pair('send'), ...pair('receive'), ...pair('remove'), ...memory];
  });
  const head = ['send', 'receive', 'delete'].flatMap((what) => [`${what}/s empty`, 'deep', 'ratio']);
  printTable(
    `Depth: a queue that is empty, and one with ${MESSAGES.toLocaleString('en-US')} messages of ${BODY.length} bytes`,
    ['queue', ...head, 'MB before', 'MB after'],
    rows,
  );
} else await measureShape(SHAPE as Shape);
