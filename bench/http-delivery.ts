import { AwsJson } from '../packages/server/test/aws-json.ts';
import { mainThreadWorked, withDaemon, type Daemon } from './daemon.ts';
import { barePosts, HttpSink, type Pace } from './http-peer.ts';
import { runLoad } from './load.ts';
import { percentile, printTable, ratio } from './table.ts';

const CONCURRENCIES = [1, 64, 512];
const ROUNDS = 5;
/** A lane finds its concurrency and the machine compiles what is hot. */
const WARM_ROUNDS = 5;
const PUBLISH_SECONDS = 0.8;
const SECONDS = 2;
const TARGETS = 10;
const DRAIN_LIMIT_MS = 60_000;
const RATE_LIMIT = 1_000_000;

/** An API destination of its own for a path, with a rule that brings every event to it. */
async function putDestination(
  client: AwsJson,
  sink: HttpSink,
  name: string,
  concurrency: number,
): Promise<void> {
  const { ConnectionArn } = await client.must('events', 'CreateConnection', {
    Name: name,
    AuthorizationType: 'API_KEY',
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'bench' } },
  });
  const { ApiDestinationArn } = await client.must('events', 'CreateApiDestination', {
    Name: name,
    ConnectionArn,
    InvocationEndpoint: `${sink.url}/${name}`,
    HttpMethod: 'POST',
    InvocationRateLimitPerSecond: RATE_LIMIT,
  });
  await client.must('events', 'PutRule', { Name: name, EventPattern: '{"source":["bench.orders"]}' });
  const target = {
    Id: '1',
    Arn: ApiDestinationArn,
    RoleArn: 'arn:aws:iam::000000000000:role/bench',
    BusbarParameters: { MaximumConcurrency: concurrency },
  };
  await client.must('events', 'PutTargets', { Rule: name, Targets: [target] });
}

const publish = (port: number, seconds: number): Promise<{ readonly events: number }> =>
  runLoad({ port, clients: 4, entries: 10, bytes: 1_024, seconds });

async function countOf(sink: HttpSink, paths: readonly string[]): Promise<number> {
  const counts = await sink.counts();
  return paths.reduce((sum, path) => sum + (counts[path] ?? 0), 0);
}

/** How long it takes until so many posts more have come, in seconds. */
async function secondsUntil(sink: HttpSink, paths: readonly string[], wanted: number): Promise<number> {
  const start = performance.now();
  while ((await countOf(sink, paths)) < wanted) {
    if (performance.now() - start > DRAIN_LIMIT_MS) throw new Error('the posts do not come');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return (performance.now() - start) / 1_000;
}

/** Gathers a backlog while the server holds, then takes the time until it has come. */
async function drain(
  { port, process: { pid } }: Daemon,
  sink: HttpSink,
  paths: readonly string[],
): Promise<Pace> {
  const before = await countOf(sink, paths);
  sink.hold();
  const { events } = await publish(port, PUBLISH_SECONDS);
  const posts = events * paths.length;
  const workedBefore = mainThreadWorked(pid!);
  sink.release();
  const seconds = await secondsUntil(sink, paths, before + posts);
  const work = ((mainThreadWorked(pid!) - workedBefore) * 1_000) / posts;
  return { rate: posts / seconds, work };
}

const median = (paces: readonly Pace[]): Pace => ({
  rate: percentile(
    paces.map(({ rate }) => rate),
    0.5,
  ),
  work: percentile(
    paces.map(({ work }) => work),
    0.5,
  ),
});

async function benchAgainstBare(): Promise<void> {
  const rows = [];
  for (const concurrency of CONCURRENCIES) {
    const sink = await HttpSink.start();
    const bare: Pace[] = [];
    const busbar: Pace[] = [];
    await withDaemon(async (daemon) => {
      const client = new AwsJson(daemon.port, 1);
      await putDestination(client, sink, 'orders', concurrency);
      const body = JSON.stringify({ detail: 'x'.repeat(1_300) });
      for (let warm = 0; warm < WARM_ROUNDS; warm++) await drain(daemon, sink, ['/orders']);
      for (let round = 0; round < ROUNDS; round++) {
        bare.push(await barePosts({ url: `${sink.url}/bare`, concurrency, seconds: SECONDS, body }));
        busbar.push(await drain(daemon, sink, ['/orders']));
      }
      client.close();
    });
    sink.close();
    const [theirs, ours] = [median(bare), median(busbar)];
    const shares = [ratio(ours.rate, theirs.rate), ratio(theirs.work, ours.work)];
    rows.push([concurrency, theirs.rate, ours.rate, theirs.work, ours.work, ...shares]);
  }
  printTable(
    `HTTP deliveries, posts/s (1 KB events; median of ${ROUNDS} alternating rounds)`,
    [
      'concurrency',
      'bare undici',
      'Busbar',
      'bare, µs a post',
      'Busbar, µs',
      'rate of bare',
      'speed by work',
    ],
    rows,
  );
}

async function benchOneDead(): Promise<void> {
  const rates: Record<'alive' | 'dead', number[]> = { alive: [], dead: [] };
  const names = Array.from({ length: TARGETS }, (_, index) => `t${index}`);
  const nine = names.slice(1).map((name) => `/${name}`);
  const sinks = { alive: await HttpSink.start(), dead: await HttpSink.start() };
  await withDaemon(async (first) => {
    await withDaemon(async (second) => {
      const daemons = { alive: first, dead: second };
      for (const kind of ['alive', 'dead'] as const) {
        const client = new AwsJson(daemons[kind].port, 1);
        for (const name of names) await putDestination(client, sinks[kind], name, 16);
        client.close();
      }
      sinks.dead.kill('/t0');
      for (let round = 0; round < ROUNDS + 1; round++) {
        for (const kind of ['alive', 'dead'] as const) {
          const { rate } = await drain(daemons[kind], sinks[kind], nine);
          // The first round warms up.
          if (round > 0) rates[kind].push(rate);
        }
      }
    });
  });
  sinks.alive.close();
  sinks.dead.close();
  const [alive, dead] = [percentile(rates.alive, 0.5), percentile(rates.dead, 0.5)];
  printTable(
    `Nine targets of ten, posts/s together (median of ${ROUNDS} alternating rounds)`,
    ['the tenth is well', 'the tenth is dead', 'share'],
    [[alive, dead, ratio(dead, alive)]],
  );
}

/** HTTP deliveries beside a bare client that makes the same posts, and beside a target that is dead. */
export async function benchHttpDelivery(): Promise<void> {
  await benchAgainstBare();
  await benchOneDead();
}
