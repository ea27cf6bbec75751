/**
 * Archives: what one costs the publishers of its bus, and how fast a large one is filled, searched and replayed:
 * `node bench/main.ts archive`, or `node bench/archive.ts [events]` for another number than a million.
 */
import { AwsJson } from '../packages/server/test/aws-json.ts';
import { busiestSeconds, threadSeconds } from './busiest-thread.ts';
import { residentBytes, withDaemon, type Daemon } from './daemon.ts';
import { runLoad } from './load.ts';
import { percentile, printTable, ratio, type Cell } from './table.ts';

const MANY = 1_000_000;
const EVENT_BYTES = 1_024;
const EVENTS_A_SECOND = 100;
const FIRST_EVENT = Date.UTC(2026, 0, 1);
/** One event in so many has a key that a pattern asks for. */
const KEYS = 1_000;
const IMPORTED_TOGETHER = 1_000;
const IMPORTS_IN_FLIGHT = 2;
const REPLAYED = 50_000;
const ROUNDS = 5;
const SECONDS = 3;
const WARM_SECONDS = 2;
const LOOK_MS = 20;
const GIVE_UP_MS = 600_000;
const MEGABYTE = 1_048_576;
const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000';

/** A pace, by the clock and by the daemon's busiest thread: the second is what an idle machine would give at most. */
interface Pace {
  readonly perSecond: number;
  readonly perThreadSecond: number;
}

/** @param work answers how many events it was about. */
async function paceOf(daemon: Daemon, work: () => Promise<number>): Promise<Pace> {
  const pid = daemon.process.pid!;
  const [began, before] = [performance.now(), threadSeconds(pid)];
  const events = await work();
  const seconds = (performance.now() - began) / 1_000;
  return { perSecond: events / seconds, perThreadSecond: events / busiestSeconds(pid, before) };
}

const medianOf = (paces: readonly Pace[]): Pace => ({
  perSecond: percentile(
    paces.map(({ perSecond }) => perSecond),
    0.5,
  ),
  perThreadSecond: percentile(
    paces.map(({ perThreadSecond }) => perThreadSecond),
    0.5,
  ),
});

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const giveUp = performance.now() + GIVE_UP_MS;
  while (!(await holds())) {
    if (performance.now() > giveUp) throw new Error(`${what}: not within ${GIVE_UP_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const archived = async (client: AwsJson, name: string): Promise<number> =>
  Number((await client.must('events', 'DescribeArchive', { ArchiveName: name })).EventCount);

async function depth(client: AwsJson, queue: string): Promise<number> {
  const { Attributes } = (await client.must('sqs', 'GetQueueAttributes', {
    QueueUrl: `http://127.0.0.1/000000000000/${queue}`,
    AttributeNames: ['ApproximateNumberOfMessages'],
  })) as { Attributes: { ApproximateNumberOfMessages: string } };
  return Number(Attributes.ApproximateNumberOfMessages);
}

/** Publishes for a while; answers how many events there were. */
const load = async ({ port }: Daemon, seconds: number, bus?: string): Promise<number> =>
  (await runLoad({ port, clients: 8, entries: 10, bytes: EVENT_BYTES, keys: KEYS, seconds, bus })).events;

// ------------------------------------------------------------------------------------------------ what an archive costs

/** Two daemons side by side, one with an archive on its bus; a round ends once everything is in the archive. */
async function benchIngest(): Promise<void> {
  await withDaemon(async (plain) => {
    await withDaemon(async (keeping) => {
      const client = new AwsJson(keeping.port, 1);
      await client.must('events', 'CreateArchive', { ArchiveName: 'all', EventSourceArn: `${BUS}/default` });
      let published = 0;
      const publishPlain = (seconds: number) => paceOf(plain, () => load(plain, seconds));
      const publishKept = (seconds: number) =>
        paceOf(keeping, async () => {
          const events = await load(keeping, seconds);
          published += events;
          await until('archiving', async () => (await archived(client, 'all')) >= published);
          return events;
        });
      await publishPlain(WARM_SECONDS);
      await publishKept(WARM_SECONDS);
      const [without, within]: [Pace[], Pace[]] = [[], []];
      for (let round = 0; round < ROUNDS; round++) {
        without.push(await publishPlain(SECONDS));
        within.push(await publishKept(SECONDS));
      }
      client.close();
      const [base, cost] = [medianOf(without), medianOf(within)];
      const row = (name: string, pace: Pace, daemon: Daemon): Cell[] => [
        name,
        pace.perSecond,
        ratio(pace.perSecond, base.perSecond),
        pace.perThreadSecond,
        ratio(pace.perThreadSecond, base.perThreadSecond),
        residentBytes(daemon.process.pid!) / MEGABYTE,
      ];
      printTable(
        `Published, and all of it in an archive, events/s (8 clients × 10 entries of 1 KB; median of ${ROUNDS} alternating rounds)`,
        ['bus', 'events/s', 'of none', 'by busiest thread', 'of none', 'RSS, MB'],
        [row('without an archive', base, plain), row('with an archive', cost, keeping)],
      );
    });
  });
}

// ------------------------------------------------------------------------------------------------------ a large archive

/** The line of an event of `EVENT_BYTES`. */
function lineOf(number: number): string {
  const time = new Date(FIRST_EVENT + Math.floor(number / EVENTS_A_SECOND) * 1_000).toISOString();
  // Ids have no order, as those of real events.
  const id = (Math.imul(number, 2_654_435_761) >>> 0).toString(16).padStart(8, '0');
  const head =
    `{"version":"0","id":"${id}-0000-4000-8000-${number.toString(16).padStart(12, '0')}","detail-type":"OrderPlaced",` +
    `"source":"bench.orders","account":"000000000000","time":"${time.slice(0, 19)}Z","region":"us-east-1","resources":[],`;
  const detail = `"detail":{"key":"k${number % KEYS}","orderId":${number},"total":420.5,"state":"CA","pad":"`;
  return `${head}${detail}${'x'.repeat(EVENT_BYTES - head.length - detail.length - 3)}"}}`;
}

async function importEvents({ url }: Daemon, count: number): Promise<number> {
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const first = next;
      next = Math.min(first + IMPORTED_TOGETHER, count);
      const lines = Array.from({ length: next - first }, (_, index) => lineOf(first + index));
      const response = await fetch(`${url}/_busbar/archives/large/import`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: lines.join('\n'),
      });
      if (!response.ok) throw new Error(await response.text());
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: IMPORTS_IN_FLIGHT }, client));
  return count;
}

/** Reads an answer of the operator's API to its end; answers its last line. */
async function lastLine(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(await response.text());
  let tail = Buffer.alloc(0);
  for await (const chunk of response.body!) tail = Buffer.concat([tail, chunk]).subarray(-EVENT_BYTES);
  return JSON.parse(tail.toString().trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
}

const FEW = JSON.stringify({ detail: { key: ['k7'] } });

/** Replays a part of the large archive; resolves once all of it is delivered. */
async function replay(client: AwsJson, plan: object): Promise<void> {
  const { name } = (await client.mustRest('POST', '/_busbar/replays', {
    archive: 'large',
    since: new Date(FIRST_EVENT).toISOString(),
    ...plan,
  })) as { name: string };
  await until('replaying', async () => {
    const { State } = await client.must('events', 'DescribeReplay', { ReplayName: name });
    if (State === 'FAILED') throw new Error('the replay failed');
    return State === 'COMPLETED';
  });
}

/** A bus with a rule for everything, which a queue of the same name gets. */
async function busInto(client: AwsJson, name: string): Promise<void> {
  await client.must('sqs', 'CreateQueue', { QueueName: name });
  await client.must('events', 'CreateEventBus', { Name: name });
  const rule = { Rule: 'all', EventBusName: name };
  await client.must('events', 'PutRule', {
    Name: 'all',
    EventBusName: name,
    EventPattern: '{"version":["0"]}',
  });
  await client.must('events', 'PutTargets', { ...rule, Targets: [{ Id: '1', Arn: `${QUEUE}:${name}` }] });
}

/** Rounds of publishing and of replaying into a queue, in turns. */
async function benchDeliveries(daemon: Daemon, client: AwsJson, many: number): Promise<void> {
  const count = Math.min(REPLAYED, many);
  const span = (count / EVENTS_A_SECOND) * 1_000;
  const window = { until: new Date(FIRST_EVENT + span).toISOString(), bus: 'replayed' };
  let [published, replayed] = [0, 0];
  const publish = () =>
    paceOf(daemon, async () => {
      const events = await load(daemon, SECONDS, 'published');
      published += events;
      await until('delivering', async () => (await depth(client, 'published')) >= published);
      return events;
    });
  const replayAll = () =>
    paceOf(daemon, async () => {
      await replay(client, window);
      replayed += count;
      // A replay is over once its deliveries are durable, some of them perhaps not made yet.
      await until('delivering', async () => (await depth(client, 'replayed')) >= replayed);
      return count;
    });
  await publish();
  await replayAll();
  const [publishing, replaying]: [Pace[], Pace[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    publishing.push(await publish());
    replaying.push(await replayAll());
  }
  const [base, found] = [medianOf(publishing), medianOf(replaying)];
  const row = (name: string, pace: Pace): Cell[] => [
    name,
    pace.perSecond,
    ratio(pace.perSecond, base.perSecond),
    pace.perThreadSecond,
    ratio(pace.perThreadSecond, base.perThreadSecond),
  ];
  printTable(
    `Into a queue, events/s (median of ${ROUNDS} alternating rounds)`,
    ['what', 'events/s', 'of published', 'by busiest thread', 'of published'],
    [row('published', base), row(`replayed, ${count.toLocaleString('en-US')} events`, found)],
  );
}

async function benchLarge(many: number): Promise<void> {
  await withDaemon(async (daemon) => {
    const client = new AwsJson(daemon.port, 4);
    await client.must('events', 'CreateArchive', { ArchiveName: 'large', EventSourceArn: `${BUS}/default` });
    for (const name of ['few', 'published', 'replayed']) await busInto(client, name);
    const rows: Cell[][] = [];
    const measure = async (name: string, work: () => Promise<number>): Promise<void> => {
      const { perSecond, perThreadSecond } = await paceOf(daemon, work);
      rows.push([name, perSecond, perThreadSecond, residentBytes(daemon.process.pid!) / MEGABYTE]);
    };
    const operator = `${daemon.url}/_busbar/archives/large`;
    await measure('imported', () => importEvents(daemon, many));
    const found = await archived(client, 'large');
    if (found !== many) throw new Error(`the archive holds ${found} events`);
    await measure('backtest, 1 in 1,000 matches', async () => {
      const { scanned, matched } = await lastLine(
        `${operator}/backtest?show=0&pattern=${encodeURIComponent(FEW)}`,
      );
      if (matched !== many / KEYS) throw new Error(`${String(matched)} events matched`);
      return Number(scanned);
    });
    await measure('replayed, 1 in 1,000 matches', async () => {
      await replay(client, { bus: 'few', pattern: FEW });
      return many;
    });
    await measure('exported', async () => Number((await lastLine(`${operator}/export`)).events));
    printTable(
      `An archive of ${many.toLocaleString('en-US')} events of 1 KB, events/s`,
      ['what', 'events/s', 'by busiest thread', 'RSS after, MB'],
      rows,
    );
    await benchDeliveries(daemon, client, many);
    client.close();
  });
}

export async function benchArchive(many = MANY): Promise<void> {
  await benchIngest();
  await benchLarge(many);
}

if (process.argv[1] === import.meta.filename) await benchArchive(Number(process.argv[2] ?? MANY));
