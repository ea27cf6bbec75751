import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import fc from 'fast-check';
import type {
  LogEventPlace,
  LogEventStore,
  LogStreamPlace,
} from '../../src/engine/ports/log-group-storage.ts';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { StorageError } from '../../src/engine/ports/storage.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';

/** Random histories: both stores, given the same calls, answer the same, but for the sequences, which may have gaps. */

const RUNS = Number(process.env['MODEL_RUNS'] ?? 60);

const directory = await mkdtemp(join(tmpdir(), 'busbar-log-events-'));
const sqlite = await openSqliteStorage({ directory, logger: silentLogger });
after(async () => {
  await sqlite.close();
  await rm(directory, { recursive: true, force: true });
});

interface World {
  readonly store: LogEventStore;
  readonly group: string;
  /** Where pages ended so far: later pages go on there. */
  readonly places: LogEventPlace[];
  readonly streamPlaces: LogStreamPlace[];
}

type Step = (world: World) => Promise<unknown>;

const name = fc.constantFrom('a', 'a/1', 'a/2', 'b', 'é', '😀', '\ufffd');
const time = fc.nat(12);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: name.map(
      (stream): Step =>
        ({ store, group }) =>
          store.createStream(group, stream, 5),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(name, fc.array(time, { maxLength: 8 })).map(
      ([stream, times]): Step =>
        ({ store, group }) =>
          store
            .append(
              group,
              stream,
              times.map((at) => ({ timestamp: at, ingestedAt: at + 1, message: `${stream} ${at}` })),
            )
            .catch((error: unknown) =>
              error instanceof StorageError ? error.kind : Promise.reject(error as Error),
            ),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        streams: fc.option(fc.uniqueArray(name, { maxLength: 4 }), { nil: undefined }),
        from: time,
        before: time.map((at) => at + 3),
        descending: fc.boolean(),
        maxEvents: fc.integer({ min: 1, max: 5 }),
        maxChars: fc.integer({ min: 1, max: 30 }),
        place: fc.option(fc.nat(5), { nil: undefined }),
      })
      .map(({ place, ...query }): Step => async ({ store, group, places }) => {
        const beyond = place === undefined ? undefined : places.at(-1 - place);
        const { events, more } = await store.read(group, { ...query, beyond });
        if (events.length > 0) places.push(events.at(-1)!);
        return [events.map(({ sequence: _sequence, ...event }) => event), more];
      }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        order: fc.constantFrom('name' as const, 'lastTimestamp' as const),
        prefix: fc.constantFrom('', 'a', 'a/', 'x'),
        descending: fc.boolean(),
        maxStreams: fc.integer({ min: 1, max: 3 }),
        place: fc.option(fc.nat(3), { nil: undefined }),
      })
      .map(({ place, ...query }): Step => async ({ store, group, streamPlaces }) => {
        const beyond = place === undefined ? undefined : streamPlaces.at(-1 - place);
        const prefix = query.order === 'name' ? query.prefix : '';
        // A place of one prefix means nothing with another.
        const sound = beyond?.name.startsWith(prefix) ? beyond : undefined;
        const found = await store.streams(group, { ...query, prefix, beyond: sound });
        if (found.length > 0) streamPlaces.push(found.at(-1)!.place);
        return found;
      }),
  },
  {
    weight: 1,
    arbitrary: name.map(
      (stream): Step =>
        ({ store, group }) =>
          store.removeStream(group, stream),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(time, fc.nat(6)).map(
      ([before, max]): Step =>
        ({ store, group }) =>
          store.trim(group, before, max),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>(({ store, group }) => store.storedBytes([group, 'none'])) },
);

let made = 0;

it('both stores answer the same to any history of calls', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const memory = createMemoryStorage();
      const group = `g${made++}`;
      const worlds = [memory, sqlite].map(({ logEvents: store }): World => ({
        store,
        group,
        places: [],
        streamPlaces: [],
      }));
      for (const { store } of worlds) await store.create(group);
      for (const [index, run] of steps.entries()) {
        const [expected, found] = await Promise.all(worlds.map((world) => run(world)));
        assert.deepEqual(found, expected, `step ${index}`);
      }
      await sqlite.logEvents.drop(group);
    }),
    { numRuns: RUNS },
  );
});
