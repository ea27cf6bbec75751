// Random histories of an archive: both stores, given the same calls, answer the same, and their counts are right.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import fc from 'fast-check';
import type { ArchivedEvent, ArchiveStore } from '../../src/engine/ports/archive-storage.ts';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';

const RUNS = Number(process.env['MODEL_RUNS'] ?? 60);

const directory = await mkdtemp(join(tmpdir(), 'busbar-archives-model-'));
const sqlite = await openSqliteStorage({ directory, logger: silentLogger });
after(async () => {
  await sqlite.close();
  await rm(directory, { recursive: true, force: true });
});

type Step = (archives: ArchiveStore, archive: string) => Promise<unknown>;

const time = fc.integer({ min: -2, max: 12 });
const id = fc.constantFrom('a', 'B', 'b', 'é', '\u{ffff}', '\u{1f552}');

const event: fc.Arbitrary<ArchivedEvent> = fc.record({
  eventId: id,
  eventTime: time,
  ingestedAt: time,
  account: fc.constant('1'),
  event: fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text)),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.array(event, { maxLength: 6 }).map(
    (events): Step =>
      (archives, archive) =>
        archives.put(archive, events),
  ),
  fc
    .record({
      from: time,
      until: time,
      after: fc.option(fc.record({ eventTime: time, eventId: id }), { nil: undefined }),
      maxEvents: fc.integer({ min: 1, max: 8 }),
      maxBytes: fc.integer({ min: 1, max: 60 }),
    })
    .map(
      (query): Step =>
        (archives, archive) =>
          archives.read(archive, query),
    ),
  fc.tuple(time, fc.integer({ min: 1, max: 4 })).map(
    ([before, max]): Step =>
      (archives, archive) =>
        archives.trim(archive, before, max),
  ),
  fc.constant<Step>((archives, archive) => archives.stats(archive)),
);

let runs = 0;

it('both stores answer the same histories alike, and count right', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const stores = [createMemoryStorage().archives, sqlite.archives];
      const name = `archive-${runs++}`;
      for (const store of stores) await store.create(name);
      for (const each of steps) {
        const [memory, disk] = await Promise.all(stores.map((store) => each(store, name)));
        assert.deepEqual(disk, memory);
      }
      const all = { from: -9, until: 99, after: undefined, maxEvents: 1_000, maxBytes: 1e9 };
      const events = await sqlite.archives.read(name, all);
      const bytes = events.reduce((sum, { event: text }) => sum + Buffer.byteLength(text), 0);
      const times = events.map(({ eventTime }) => eventTime);
      assert.deepEqual(await sqlite.archives.stats(name), {
        events: events.length,
        bytes,
        oldest: times[0],
        newest: times.at(-1),
      });
    }),
    { numRuns: RUNS },
  );
});
