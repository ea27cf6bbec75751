import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveReader, type LiveBatch } from '../../src/engine/ingest/live-reader.ts';
import { limits } from '../../src/model/limits.ts';
import { World } from './world.ts';

async function readerOf(world: World, since?: number): Promise<LiveReader> {
  const { log } = await world.bus();
  const reader = await world.engine.live.open(log, since);
  assert.ok(reader instanceof LiveReader);
  return reader;
}

async function idsOf(world: World, reader: LiveReader, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const batch = await nextOf(world, reader);
    if ('records' in batch) ids.push(...batch.records.map(({ eventId }) => eventId));
    else assert.fail(JSON.stringify(Object.keys(batch)));
  }
  return ids;
}

async function nextOf(world: World, reader: LiveReader): Promise<LiveBatch> {
  let batch: LiveBatch | undefined;
  void reader.next().then((answer) => (batch = answer));
  await world.clock.until(() => batch !== undefined);
  return batch!;
}

test('a live reader gets what comes after it, in order', async () => {
  const world = await World.start();
  await world.bus();
  await world.publishMany(3);
  const reader = await readerOf(world);
  const ids = await world.publishMany(600);
  assert.deepEqual(await idsOf(world, reader, 600), ids);
});

test('one that asks for history gets it first', async () => {
  const world = await World.start();
  await world.bus();
  await world.publishMany(2);
  await world.clock.advance(5_000);
  const since = world.clock.now();
  const ids = await world.publishMany(limits.liveReaderLag + 500);
  const reader = await readerOf(world, since);
  assert.deepEqual(await idsOf(world, reader, ids.length), ids);
});

test('one that is too slow is told how many events it has lost', async () => {
  const world = await World.start();
  await world.bus();
  const reader = await readerOf(world);
  const ids = await world.publishMany(limits.liveReaderLag + 1_000);
  const batch = await nextOf(world, reader);
  const skipped = 'skipped' in batch ? Number(batch.skipped) : 0;
  assert.equal(skipped, ids.length - limits.liveReaderRecords);
  assert.deepEqual(await idsOf(world, reader, limits.liveReaderRecords), ids.slice(skipped));
});

test('it ends when it is closed, when its bus goes, and when the engine stops', async () => {
  for (const end of [
    async (_world: World, reader: LiveReader) => reader.close(),
    async (world: World) => void (await world.engine.catalog.removeBus(await world.bus(), undefined)),
    (world: World) => world.engine.stop(0),
  ]) {
    const world = await World.start();
    await world.bus();
    const reader = await readerOf(world);
    const next = reader.next();
    await end(world, reader);
    assert.deepEqual(await next, { ended: true });
  }
});

test('there are only so many', async () => {
  const world = await World.start();
  const { log } = await world.bus();
  const readers = await Promise.all(
    Array.from({ length: limits.liveReaders + 5 }, () => world.engine.live.open(log, 0)),
  );
  assert.equal(readers.filter((reader) => reader === 'full').length, 5);
  for (const reader of readers) if (reader !== 'full' && reader !== 'missing') reader.close();
  assert.ok((await world.engine.live.open(log, undefined)) instanceof LiveReader);
  let missing: unknown;
  void world.engine.live.open('none', undefined).then((answer) => (missing = answer));
  await world.clock.until(() => missing === 'missing');
});
