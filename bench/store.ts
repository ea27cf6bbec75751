import { fdatasyncSync, mkdtempSync, openSync, closeSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { silentLogger } from '../packages/server/src/engine/ports/logger.ts';
import type { NewMessage } from '../packages/server/src/engine/ports/queue-storage.ts';
import type { NewLogRecord, Storage } from '../packages/server/src/engine/ports/storage.ts';
import { openSqliteStorage } from '../packages/server/src/store/sqlite/index.ts';

/**
 * The embedded store's speed: `node bench/store.ts [seconds a measurement]`. Appends stand next to a bare file that is
 * appended to and synced with the same group commit in the same run, so that the disk's own speed is in the picture.
 * The main thread's cost is the time in which its event loop was not idle.
 */

const SECONDS = Number(process.argv[2] ?? 2);
const BYTES = 1_024;
const LOG = 'bench';
const QUEUE = 'bench';

interface Measured {
  readonly perSecond: number;
  readonly mainMicroseconds: number;
}

/** Keeps `inFlight` calls of `step` running until the time is up. A step answers how many items it has done. */
async function measure(inFlight: number, step: () => Promise<number>): Promise<Measured> {
  const until = performance.now() + SECONDS * 1_000;
  const started = performance.now();
  const idle = performance.eventLoopUtilization();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const items = await step();
      done += items;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const { active } = performance.eventLoopUtilization(idle);
  const seconds = (performance.now() - started) / 1_000;
  return { perSecond: done / seconds, mainMicroseconds: (active * 1_000) / done };
}

/** A file with group commit and nothing else: whatever waits is written at once and synced once. */
function bareFile(path: string): { append(bytes: Buffer): Promise<number>; close(): void } {
  const file = openSync(path, 'w');
  let waiting: { bytes: Buffer; resolve: (count: number) => void }[] = [];
  const flush = (): void => {
    const group = waiting;
    waiting = [];
    writeSync(file, Buffer.concat(group.map(({ bytes }) => bytes)));
    fdatasyncSync(file);
    for (const { resolve } of group) resolve(1);
  };
  return {
    append: (bytes) =>
      new Promise((resolve) => {
        if (waiting.push({ bytes, resolve }) === 1) setImmediate(flush);
      }),
    close: () => closeSync(file),
  };
}

let made = 0;

function event(): string {
  const text = JSON.stringify({
    version: '0',
    id: `6a7e8feb-b491-4cf7-a9f1-${String(made++).padStart(12, '0')}`,
    'detail-type': 'OrderPlaced',
    source: 'shop.orders',
    account: '123456789012',
    time: '2026-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: [],
    detail: { text: '' },
  });
  return `${text.slice(0, -3)}${'x'.repeat(BYTES - text.length)}"}}`;
}

const record = (): NewLogRecord => ({
  eventId: `6a7e8feb-b491-4cf7-a9f1-${String(made).padStart(12, '0')}`,
  ingestedAt: 1_700_000_000_000 + made,
  account: '123456789012',
  event: event(),
});

const message = (now: number): NewMessage => ({
  messageId: `6a7e8feb-b491-4cf7-a9f1-${String(made).padStart(12, '0')}`,
  body: event(),
  senderId: '123456789012',
  sentAt: now,
  visibleAt: now,
});

function row(name: string, ...cells: (string | number)[]): void {
  const shown = cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(cell < 100 ? 1 : 0) : cell));
  console.log(`${name.padEnd(44)}${shown.map((cell) => cell.padStart(16)).join('')}`);
}

async function appends(storage: Storage, directory: string): Promise<void> {
  await storage.log.create(LOG);
  row('appends of 1 KB', 'per second', 'bare file', 'ratio', 'main µs each');
  for (const inFlight of [1, 16, 64, 512]) {
    const bare = bareFile(join(directory, 'bare'));
    const file = await measure(inFlight, () => bare.append(Buffer.from(event())));
    bare.close();
    const store = await measure(inFlight, async () => (await storage.log.append(LOG, [record()])).length);
    const ratio = store.perSecond / file.perSecond;
    row(`  ${inFlight} in flight`, store.perSecond, file.perSecond, ratio, store.mainMicroseconds);
  }
  const ten = await measure(64, async () => {
    return (await storage.log.append(LOG, Array.from({ length: 10 }, record))).length;
  });
  row('  64 in flight, 10 a call', ten.perSecond, '', '', ten.mainMicroseconds);
  let from = 1n;
  const reads = await measure(1, async () => {
    const records = await storage.log.read(LOG, from, 500, 1_048_576);
    from = (records.at(-1)?.position ?? 0n) + 1n;
    return records.length;
  });
  row('reads, 500 records a page', reads.perSecond, '', '', reads.mainMicroseconds);
}

async function queues(storage: Storage): Promise<void> {
  await storage.queues.create(QUEUE);
  let now = 1_700_000_000_000;
  const send = async (): Promise<number> => {
    await storage.queues.send(QUEUE, [message(++now)]);
    return 1;
  };
  const receive = (): ReturnType<Storage['queues']['receive']> =>
    storage.queues.receive(QUEUE, { max: 10, now: ++now, visibleAgainAt: now + 30_000_000, sentAfter: 0 });
  row('queue, messages of 1 KB', 'per second', '', '', 'main µs each');
  for (const inFlight of [16, 64, 512]) {
    const sent = await measure(inFlight, send);
    row(`  send, ${inFlight} in flight`, sent.perSecond, '', '', sent.mainMicroseconds);
  }
  const all = await measure(64, async () => {
    await Promise.all([send(), send(), send(), send(), send(), send(), send(), send(), send(), send()]);
    const { messages } = await receive();
    await storage.queues.remove(QUEUE, messages);
    return messages.length;
  });
  row('  send + receive + remove, 64 × 10', all.perSecond, '', '', all.mainMicroseconds);
  const { visible } = await storage.queues.counts(QUEUE, now);
  row('  … beside messages waiting', visible);
}

async function mixed(storage: Storage): Promise<void> {
  let now = 1_800_000_000_000;
  await storage.queues.create('mixed');
  const both = await measure(256, async () => {
    now++;
    await storage.log.append(LOG, [record()]);
    await storage.queues.send('mixed', [message(now)]);
    return 1;
  });
  row('append, then send, 256 in flight', both.perSecond, '', '', both.mainMicroseconds);
}

const directory = mkdtempSync(join(process.env['BENCH_DIRECTORY'] ?? tmpdir(), 'busbar-bench-'));
try {
  const started = performance.now();
  const storage = await openSqliteStorage({ directory, logger: silentLogger });
  row('open', `${(performance.now() - started).toFixed(0)} ms`);
  await appends(storage, directory);
  await queues(storage);
  await mixed(storage);
  row('resident memory', `${(process.memoryUsage().rss / 1_048_576).toFixed(0)} MB`);
  await storage.close();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
