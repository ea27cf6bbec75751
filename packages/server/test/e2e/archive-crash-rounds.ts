// kill -9 at random moments while events go into archives, are replayed, and while retention takes them out, over and over on one data
// directory. What was acknowledged and matches gets in, once; counts are those of a full read; nothing goes before its time.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import type { ArchivedEvent, ArchiveStore } from '../../src/engine/ports/archive-storage.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { SeededRandom } from '../engine/fake-clock.ts';
import { CrashReplays } from './crash-replays.ts';

export interface ArchiveCrashReport {
  readonly rounds: number;
  readonly seed: number;
  readonly acknowledged: number;
  readonly archived: number;
  /** What retention has removed. */
  readonly removed: number;
  readonly replays: number;
  readonly replayed: number;
}

const PUBLISHERS = 4;
const ENTRIES = 10;
/** A round is not killed before so many events were acknowledged, which on a busy machine takes its time. */
const MOST_EVENTS = 800;
const ROUND_MS = 20_000;
/** A kill comes so long after the clock has moved, when retention is at work. */
const MAX_TRIM_MS = 40;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** From here on the clock is left alone until the end: messages of a round must not outlast their queue's retention before they are received. */
const FURTHEST_MS = 200 * HOUR;
const STRIDE_MS = 20 * HOUR;
const SETTLE_MS = 60_000;
const BUS_ARN = 'arn:aws:events:us-east-1:000000000000:event-bus/shop';
const KEPT = 'kept';
const SOURCES = [KEPT, KEPT, 'other'];

type ArchiveName = 'all' | 'some';

/** What one archive holds, as a full read tells. */
type Content = ReadonlyMap<string, ArchivedEvent>;
type Contents = Readonly<Record<ArchiveName, Content>>;

class ArchiveRun {
  readonly chance: SeededRandom;
  /** Event id → source. */
  readonly acknowledged = new Map<string, string>();
  /** What the archives held at the latest look. */
  seen: Contents = { all: new Map(), some: new Map() };
  readonly replays: CrashReplays;
  removed = 0;
  /** What the daemon's clock is ahead of the machine's at most: a kill may have ended its way there. */
  aheadMs = 0;
  stopping = false;

  constructor(seed: number) {
    this.chance = new SeededRandom(seed);
    this.replays = new CrashReplays(this.chance);
  }

  /** Publishes until the connection breaks. */
  async publish(client: AwsJson): Promise<void> {
    while (!this.stopping) await this.publishOnce(client);
  }

  async publishOnce(client: AwsJson): Promise<string[]> {
    const sources = Array.from({ length: 1 + this.chance.below(ENTRIES) }, () => this.chance.pick(SOURCES));
    const Entries = sources.map((Source) => ({
      EventBusName: 'shop',
      Source,
      DetailType: 'Numbered',
      Detail: JSON.stringify({ pad: 'ü'.repeat(this.chance.below(600)) }),
    }));
    const { Entries: results } = await client.must('events', 'PutEvents', { Entries });
    const ids = (results as { EventId: string }[]).map(({ EventId }) => EventId);
    ids.forEach((id, index) => this.acknowledged.set(id, sources[index]!));
    return ids;
  }

  /** The daemon's clock has never been beyond it. */
  now(): number {
    return Date.now() + this.aheadMs;
  }

  async move(client: AwsJson, ms: number): Promise<void> {
    this.aheadMs += ms;
    await client.mustRest('POST', '/_busbar/clock', { advanceMs: ms });
  }
}

async function clock(client: AwsJson): Promise<number> {
  const { now } = (await client.mustRest('POST', '/_busbar/clock', {})) as { now: string };
  return Date.parse(now);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** The connection breaks when the daemon dies: that ends a loop. */
const broken = (): undefined => undefined;

async function oneRound(run: ArchiveRun, daemon: Daemon): Promise<void> {
  run.stopping = false;
  const client = new AwsJson(daemon.port, 16);
  // Before the clock moves on: messages do not live for ever.
  await run.replays.receive(client);
  const loops = Array.from({ length: PUBLISHERS }, () => run.publish(client).catch(broken));
  loops.push(run.replays.step(client, run.seen.all).catch(broken));
  const enough = run.acknowledged.size + 1 + run.chance.below(MOST_EVENTS);
  const end = Date.now() + ROUND_MS;
  while (run.acknowledged.size < enough && Date.now() < end) await pause(1);
  if (run.chance.below(2) === 0 && run.aheadMs < FURTHEST_MS) {
    // Some rounds' events are within their retention then, some are not.
    const goal = (await clock(client)) + STRIDE_MS;
    loops.push(run.move(client, STRIDE_MS).catch(broken));
    const until = Date.now() + SETTLE_MS;
    while ((await clock(client)) < goal - HOUR) assert.ok(Date.now() < until, 'the clock stands still');
    await pause(run.chance.next() * MAX_TRIM_MS);
  }
  await daemon.kill();
  run.stopping = true;
  await Promise.all(loops);
  client.close();
}

async function readAll(archives: ArchiveStore, uid: string): Promise<Content> {
  const found = new Map<string, ArchivedEvent>();
  const bounds = { from: 0, until: Number.MAX_SAFE_INTEGER, maxEvents: 5_000, maxBytes: 10_000_000 };
  for (let after: ArchivedEvent | undefined; ;) {
    const events = await archives.read(uid, { ...bounds, after });
    for (const event of events) {
      assert.ok(!found.has(event.eventId), `event ${event.eventId} is in the archive twice`);
      found.set(event.eventId, event);
    }
    after = events.at(-1);
    if (!after) return found;
  }
}

/** Reads the files of a daemon that is not running. The counts must be those of a full read. */
async function look(directory: string): Promise<Contents> {
  const storage = await openSqliteStorage({ directory, logger: silentLogger });
  const contents = { all: new Map(), some: new Map() } as Record<ArchiveName, Content>;
  try {
    const documents = await storage.catalog.list('archive');
    assert.equal(documents.length, 2);
    assert.equal((await storage.archives.list()).length, 2, 'an archive without a document');
    for (const { value } of documents) {
      const { name, uid } = value as { name: ArchiveName; uid: string };
      contents[name] = await readAll(storage.archives, uid);
      const { events, bytes } = (await storage.archives.stats(uid))!;
      assert.equal(events, contents[name].size, `the number of events in ${name}`);
      assert.equal(bytes, bytesOf(contents[name]), `the bytes in ${name}`);
    }
  } finally {
    await storage.close();
  }
  return contents;
}

const bytesOf = (content: Content): number =>
  [...content.values()].reduce((sum, { event }) => sum + Buffer.byteLength(event), 0);

/** What was in `some` and has gone must have been due for it; from `all` nothing goes. */
function compare(run: ArchiveRun, contents: Contents): void {
  const before = run.now() - DAY;
  for (const id of run.seen.all.keys()) assert.ok(contents.all.has(id), `event ${id} is gone`);
  for (const [id, { ingestedAt }] of run.seen.some) {
    if (contents.some.has(id)) continue;
    run.removed++;
    const age = `event ${id} of ${new Date(ingestedAt).toISOString()}`;
    assert.ok(ingestedAt < before, `${age} went before its time, ${new Date(before).toISOString()}`);
  }
  run.seen = contents;
}

async function settled(client: AwsJson): Promise<void> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const { buses, lanes } = (await client.mustRest('GET', '/_busbar/status')) as {
      buses: { lag: number | string }[];
      lanes: { pending: number; underWay: number; backlog: number }[];
    };
    const waits = lanes.some(({ pending, underWay, backlog }) => pending + underWay + backlog > 0);
    if (!waits && buses.every(({ lag }) => Number(lag) === 0)) return;
    const stuck = (): string => `events do not get into the archives: ${JSON.stringify({ buses, lanes })}`;
    assert.ok(Date.now() < deadline, stuck());
    await pause(50);
  }
}

async function setUp(client: AwsJson): Promise<void> {
  await client.must('events', 'CreateEventBus', { Name: 'shop' });
  await client.must('events', 'CreateArchive', { ArchiveName: 'all', EventSourceArn: BUS_ARN });
  await client.must('events', 'CreateArchive', {
    ArchiveName: 'some',
    EventSourceArn: BUS_ARN,
    EventPattern: JSON.stringify({ source: [KEPT] }),
    RetentionDays: 1,
  });
}

/** Everything gets in; then all that is old goes, and what comes after that stays. */
async function finish(run: ArchiveRun, client: AwsJson): Promise<string[]> {
  await settled(client);
  await run.move(client, 50 * HOUR);
  const deadline = Date.now() + SETTLE_MS;
  const left = async (): Promise<unknown> =>
    (await client.must('events', 'DescribeArchive', { ArchiveName: 'some' }))['EventCount'];
  while ((await left()) !== 0) {
    assert.ok(Date.now() < deadline, 'events stay beyond their retention');
    // Retention comes by from time to time.
    await run.move(client, 20_000);
  }
  const fresh: string[] = [];
  while (fresh.length < 3 * ENTRIES) fresh.push(...(await run.publishOnce(client)));
  await settled(client);
  return fresh.filter((id) => run.acknowledged.get(id) === KEPT);
}

/** Runs the rounds, lets everything settle, and checks. */
export async function runArchiveCrashes(rounds: number, seed: number): Promise<ArchiveCrashReport> {
  const data = mkdtempSync(join(tmpdir(), 'busbar-archive-crash-'));
  const start = (): Promise<Daemon> => startDaemon({ data, args: ['--dev-clock', '--retention-hours', '1'] });
  const run = new ArchiveRun(seed);
  let daemon = await start();
  try {
    const first = new AwsJson(daemon.port, 1);
    await setUp(first);
    await run.replays.setUp(first);
    first.close();
    for (let round = 0; round < rounds; round++) {
      await oneRound(run, daemon);
      compare(run, await look(data));
      daemon = await start();
    }
    const client = new AwsJson(daemon.port, 4);
    const states = await run.replays.ended(client);
    await settled(client);
    await run.replays.receive(client);
    const fresh = await finish(run, client);
    client.close();
    assert.equal(await daemon.stop(), 0, 'the daemon stops cleanly after all rounds');
    const { all, some } = await look(data);
    const lost = [...run.acknowledged.keys()].filter((id) => !all.has(id));
    assert.deepEqual(lost.slice(0, 5), [], `${lost.length} acknowledged events are not in the archive`);
    assert.deepEqual([...some.keys()].sort(), fresh.sort());
    const replayed = run.replays.check(states, all);
    const { removed, acknowledged, replays } = run;
    const amounts = { acknowledged: acknowledged.size, archived: all.size, removed };
    return { rounds, seed, ...amounts, replays: replays.count, replayed };
  } catch (error) {
    throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
  } finally {
    await daemon.kill();
    rmSync(data, { recursive: true, force: true });
  }
}
