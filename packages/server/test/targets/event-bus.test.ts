// The event-bus target against the real engine's forwarder, on every store.
import assert from 'node:assert/strict';
import { Engine } from '../../src/engine/engine.ts';
import { Metrics } from '../../src/engine/metrics.ts';
import type { TargetConnector } from '../../src/engine/ports/connector.ts';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { StorageError } from '../../src/engine/ports/storage.ts';
import type { LogStore, Storage } from '../../src/engine/ports/storage.ts';
import type { EventBus } from '../../src/model/resources.ts';
import { eventBusTarget } from '../../src/targets/event-bus.ts';
import { manualClock } from '../services/manual-clock.ts';
import { countingRandom } from '../services/queue-kit.ts';
import { places } from '../services/storages.ts';
import type { StoragePlace } from '../services/storages.ts';
import { targetSuite } from './target-suite.ts';
import type { TargetWorld } from './target-suite.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/audit';
const SCOPE = { account: '000000000000', region: 'us-east-1' };

/** A storage with an append of its own. */
function withAppend(storage: Storage, append: LogStore['append']): Storage {
  const log = new Proxy(storage.log, {
    get(real, name) {
      if (name === 'append') return append;
      const value: unknown = Reflect.get(real, name);
      return typeof value === 'function' ? value.bind(real) : value;
    },
  });
  return { ...storage, log };
}

async function startEngine(storage: Storage): Promise<{ engine: Engine; connector: TargetConnector }> {
  let connector: TargetConnector | undefined;
  const engine = await Engine.start({
    storage,
    clock: manualClock(),
    random: countingRandom(),
    logger: silentLogger,
    metrics: new Metrics(),
    queueSender: { send: async () => [] },
    targets: ({ forwarder }) => [(connector = eventBusTarget(forwarder))],
  });
  return { engine, connector: connector! };
}

async function openWorld(makePlace: () => StoragePlace): Promise<TargetWorld> {
  const place = makePlace();
  const storage = await place.open();
  let failure: Error | undefined;
  let held: Promise<void> | undefined;
  const { engine, connector } = await startEngine(
    withAppend(storage, async (...args) => {
      await held;
      if (failure) throw failure;
      return storage.log.append(...args);
    }),
  );
  const bus = (await engine.catalog.createBus({
    ...SCOPE,
    name: 'audit',
    createdAt: 0,
    modifiedAt: 0,
    tags: [],
  })) as EventBus;
  let closed = false;
  const shutDown = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await engine.stop(0);
    await storage.close();
    // The store that forgets everything does not mind calls after its end; a store on disk does so by itself.
    failure ??= new StorageError('closed', 'the store is closed');
  };
  return {
    connector,
    arn: BUS,
    missingArn: `${BUS}-missing`,
    repeatKey: 'eventId',
    unacceptable: '"no event"',
    async arrived() {
      const records = await storage.log.read(bus.log, 0n, 10_000, 100_000_000);
      return records.map(({ eventId, event }) => ({ id: eventId, payload: event }));
    },
    failForNow: (secret) => (failure = new StorageError('io', `the disk said ${secret}`)),
    async refuse() {
      const policy = JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Principal: '*', Action: 'events:*', Resource: '*' }],
      });
      assert.ok(await engine.catalog.putBus({ ...bus, policy }, undefined));
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    shutDown,
    async close() {
      await shutDown();
      place.remove();
    },
  };
}

for (const { name, make } of places) {
  targetSuite({
    name: `event bus on ${name}`,
    open: () => openWorld(make),
    skips: {
      'oversized payload':
        'A bus takes every event that another bus took: the limit was checked when the event was published.',
    },
  });
}
