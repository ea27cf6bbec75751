// One target hangs, with 100,000 events behind it. Does the other target notice, does memory grow, does all arrive
// afterwards? The engine, the embedded store and the built-in queue are the real ones; the hanging target stands for a peer
// that takes connections and never answers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../packages/server/src/clock.ts';
import { Engine } from '../packages/server/src/engine/engine.ts';
import { buildEnvelope } from '../packages/server/src/engine/envelope.ts';
import { Metrics } from '../packages/server/src/engine/metrics.ts';
import {
  DELIVERED,
  type SendOutcome,
  type TargetConnector,
} from '../packages/server/src/engine/ports/connector.ts';
import type { FunctionInvoker } from '../packages/server/src/engine/ports/function-invoker.ts';
import { silentLogger } from '../packages/server/src/engine/ports/logger.ts';
import { limits } from '../packages/server/src/model/limits.ts';
import { systemRandom } from '../packages/server/src/random.ts';
import { createLogsService } from '../packages/server/src/services/logs/index.ts';
import { createQueueService } from '../packages/server/src/services/queue/index.ts';
import { openSqliteStorage } from '../packages/server/src/store/sqlite/index.ts';
import { createHttpClients } from '../packages/server/src/targets/http/index.ts';
import { targetFamilies } from '../packages/server/src/targets/index.ts';
import { percentile, printTable, type Cell } from './table.ts';

const EVENTS = 100_000;
const PER_APPEND = 100;
const HANG_SECONDS = Number(process.env.HANG_SECONDS ?? 30);
const PROBES = 500;
const PROBE_EVERY_MS = 5;
const MEGABYTE = 1_048_576;
const SCOPE = { account: '000000000000', region: 'us-east-1' };
const clock = systemClock();
const random = systemRandom();

/** A target that answers nothing until it is released, and notes every event that it took afterwards. */
class HangingTarget {
  readonly taken = new Set<string>();
  #release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => (this.#release = resolve));

  release(): void {
    this.#release();
  }

  connector(): TargetConnector {
    return {
      accepts: (arn) => arn.service === 'hanging',
      check: () => undefined,
      open: () => ({
        maxBatch: 10,
        maxConcurrency: 4,
        send: async (batch): Promise<SendOutcome[]> => {
          await this.#released;
          for (const { eventId } of batch) this.taken.add(eventId);
          return batch.map(() => DELIVERED);
        },
        close: async () => undefined,
      }),
    };
  }
}

interface World {
  readonly engine: Engine;
  readonly hanging: HangingTarget;
  readonly log: string;
  readonly receive: (signal: AbortSignal) => Promise<number>;
  close(): Promise<void>;
}

async function openWorld(directory: string): Promise<World> {
  const storage = await openSqliteStorage({ directory, logger: silentLogger });
  const queues = await createQueueService({ storage, clock, random, logger: silentLogger });
  const logs = await createLogsService({ storage, clock, random, logger: silentLogger });
  const local = { files: {}, commands: {} };
  const functions: FunctionInvoker = { find: () => undefined, invoke: async () => ({ status: 'missing' }) };
  const hanging = new HangingTarget();
  const http = createHttpClients(clock, { allow: [], allowLoopback: false });
  const engine = await Engine.start({
    storage,
    clock,
    random,
    logger: silentLogger,
    metrics: new Metrics(),
    targets: ({ forwarder }) => [
      hanging.connector(),
      ...targetFamilies({
        queues,
        logs,
        functions,
        apis: { has: () => false, call: async () => ({ status: 'done' }) },
        forwarder,
        clock,
        random,
        http,
        destinations: { open: () => Promise.resolve({ kind: 'missing', reason: 'none here' }) },
        httpTimeoutMs: limits.httpTimeoutMs,
        services: {},
        local,
      }),
    ],
    queueSender: queues,
  });
  const queue = await queues.createQueue(SCOPE, 'probes', {}, {});
  const bus = await engine.catalog.resolveBus(SCOPE, 'default');
  const route = async (name: string, source: string, target: string): Promise<void> => {
    await engine.catalog.putRule(
      {
        ...SCOPE,
        uid: random.uuid(),
        bus: 'default',
        name,
        arn: `arn:aws:events:us-east-1:000000000000:rule/${name}`,
        state: 'ENABLED',
        eventPattern: JSON.stringify({ source: [source] }),
        createdBy: SCOPE.account,
        tags: [],
        targets: [{ Id: '1', Arn: target }],
        since: '0',
      },
      'absent',
    );
  };
  await route('hangs', 'payment', 'arn:aws:hanging:us-east-1:000000000000:peer');
  await route('works', 'probe', 'arn:aws:sqs:us-east-1:000000000000:probes');
  return {
    engine,
    hanging,
    log: bus!.document.log,
    receive: async (signal) => {
      const messages = await queues.messages.receive(queue, {
        max: 1,
        waitMs: 20_000,
        visibilityMs: 600_000,
        signal,
      });
      return messages.length;
    },
    async close() {
      await engine.stop(1_000);
      await queues.close();
      await logs.close();
      await storage.close();
    },
  };
}

function record(source: string, number: number) {
  const id = random.uuid();
  const now = clock.now();
  const detail = JSON.stringify({ number, pad: 'x'.repeat(900) });
  const event = buildEnvelope({ id, detailType: 'T', source, ...SCOPE, time: now, resources: [], detail });
  return { eventId: id, ingestedAt: now, account: SCOPE.account, event };
}

/** Milliseconds from publishing an event until it is received from the healthy target's queue. */
async function probe(world: World): Promise<number[]> {
  const samples: number[] = [];
  const { signal } = new AbortController();
  for (let number = 0; number < PROBES; number++) {
    const received = world.receive(signal);
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
    const start = performance.now();
    await world.engine.ingest.append(world.log, [record('probe', number)]);
    await received;
    samples.push(performance.now() - start);
  }
  return samples;
}

const rss = (): number => process.memoryUsage.rss() / MEGABYTE;
const row = (phase: string, samples: readonly number[]): Cell[] => [
  phase,
  percentile(samples, 0.5),
  percentile(samples, 0.99),
  rss(),
];

/** Prints the healthy lane's latency and the memory before, while and after the other target hangs. */
export async function benchHangingTarget(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'busbar-hang-'));
  const world = await openWorld(directory);
  await probe(world);
  const rows = [row('before', await probe(world))];
  const began = performance.now();
  for (let sent = 0; sent < EVENTS; sent += PER_APPEND) {
    await world.engine.ingest.append(
      world.log,
      Array.from({ length: PER_APPEND }, (_, i) => record('payment', sent + i)),
    );
  }
  const published = performance.now() - began;
  rows.push(row('hanging, backlog written', await probe(world)));
  while (performance.now() - began < HANG_SECONDS * 1_000)
    await new Promise((resolve) => setTimeout(resolve, 250));
  rows.push(row(`hanging for ${HANG_SECONDS} s`, await probe(world)));
  const lane = world.engine.status().lanes.find(({ rule }) => rule.endsWith('hangs'));
  world.hanging.release();
  const released = performance.now();
  const during = probe(world);
  while (world.hanging.taken.size < EVENTS) await new Promise((resolve) => setTimeout(resolve, 20));
  const drained = (performance.now() - released) / 1_000;
  rows.push(row('draining', await during));
  printTable(
    `A target hangs with ${EVENTS.toLocaleString('en-US')} events behind it (${(published / 1_000).toFixed(1)} s to publish)`,
    ['phase', 'other target p50, ms', 'p99, ms', 'RSS, MB'],
    rows,
  );
  console.log(`\nlane while hanging: ${JSON.stringify(lane)}`);
  console.log(
    `all ${world.hanging.taken.size.toLocaleString('en-US')} delivered ${drained.toFixed(1)} s after the target came back`,
  );
  await world.close();
  rmSync(directory, { recursive: true, force: true });
}

if (process.argv[1] === import.meta.filename) await benchHangingTarget();
