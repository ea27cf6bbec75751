import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { ArchiveSettings } from '../../src/engine/archive/archives.ts';
import { archiveRulePattern } from '../../src/engine/archive/managed-rule.ts';
import { buildEnvelope } from '../../src/engine/envelope.ts';
import type { ArchivedEvent, ArchiveStats } from '../../src/engine/ports/archive-storage.ts';
import { StorageError, type NewLogRecord } from '../../src/engine/ports/storage.ts';
import type { Archive } from '../../src/model/archive.ts';
import { limits } from '../../src/model/limits.ts';
import { ACCOUNT, fixtureArn, REGION, SCOPE, World } from './world.ts';

const DAY_MS = 86_400_000;
const EVERYTHING: ArchiveSettings = { retentionDays: 0 };
const RULE = 'Events-Archive-a';

/** The call to the store that ends a run, the n-th of its kind. */
function killAt(part: string, method: string, nth: number): void {
  const { gate } = world;
  let left = nth;
  gate.fault = (...call) => {
    if (call[0] !== part || call[1] !== method || --left > 0) return;
    gate.shut = true;
    gate.fault = undefined;
    throw new StorageError('io', 'killed');
  };
}

let world: World;
// A run that was killed does not answer any more.
afterEach(() => (world.gate.shut ? undefined : world.engine.stop(0)));

const begin = async (...settings: Parameters<typeof World.start>): Promise<void> => {
  world = await World.start(...settings);
};

async function make(settings: Partial<ArchiveSettings> = {}, name = 'a', bus = 'default'): Promise<Archive> {
  const made = await world.engine.archives.create(await world.bus(bus), name, { ...EVERYTHING, ...settings });
  assert.ok(typeof made === 'object', JSON.stringify(made));
  return made;
}

async function contents(archive: Archive): Promise<ArchivedEvent[]> {
  const all = { from: Number.MIN_SAFE_INTEGER, until: Number.MAX_SAFE_INTEGER, after: undefined };
  return world.storage.archives.read(archive.uid, { ...all, maxEvents: 100_000, maxBytes: 1e9 });
}

const ids = async (archive: Archive): Promise<string[]> =>
  (await contents(archive)).map(({ eventId }) => eventId).sort();

/** Waits until everything that was published is routed and done. */
async function settled(maxMs = 60_000, stepMs = 50): Promise<void> {
  let stored: number | undefined;
  await world.clock.until(
    () => {
      const { buses } = world.engine.status();
      void world.backlogRows().then((rows) => (stored = rows));
      return stored === 0 && !world.engine.busy && buses.every(({ lag }) => lag === 0n);
    },
    maxMs,
    stepMs,
  );
}

const statsOf = (archive: Archive): Promise<ArchiveStats> => world.engine.archives.stats(archive);

/** An event that was published longer ago, of the given time. */
function earlier(agoMs: number, eventTime = world.clock.now() - agoMs): NewLogRecord {
  const record = world.event();
  const event = record.event.replace(/"time":"[^"]+"/, `"time":"${new Date(eventTime).toISOString()}"`);
  return { ...record, event, ingestedAt: world.clock.now() - agoMs };
}

test('an archive gets what is published after it was made, as it was, and counts it', async () => {
  await begin();
  await world.publishMany(3);
  const archive = await make();
  const records = [world.event('a', { text: 'ß"\\' }), world.event('b')];
  await world.publish(records);
  await settled();
  const found = await contents(archive);
  assert.deepEqual(
    found.toSorted((x, y) => (x.event < y.event ? -1 : 1)),
    records
      .map(({ eventId, event, ingestedAt, account }) => ({
        eventId,
        eventTime: Math.floor(ingestedAt / 1_000) * 1_000,
        ingestedAt,
        account,
        event,
      }))
      .toSorted((x, y) => (x.event < y.event ? -1 : 1)),
  );
  const bytes = records.reduce((sum, { event }) => sum + Buffer.byteLength(event), 0);
  const { events, bytes: counted, oldest, newest } = await statsOf(archive);
  assert.deepEqual([events, counted], [2, bytes]);
  assert.deepEqual([oldest, newest], [found[0]!.eventTime, found[0]!.eventTime]);
  assert.equal(await world.metric('archived_events'), 2);
  assert.equal(await world.metric('archived_bytes'), bytes);
  const text = await world.metrics.text();
  assert.match(text, /^busbar_archive_events\{account="1+",region="us-east-1",archive="a"\} 2$/m);
  assert.match(text, new RegExp(`^busbar_archive_bytes\\{[^}]+\\} ${bytes}$`, 'm'));
  assert.deepEqual(await world.deadLetters(), []);
});

test('the time of an event is the one that it says, however far off, and whatever stands around it', async () => {
  await begin();
  const archive = await make();
  const times = [-8.64e15, Date.UTC(1999, 11, 31, 23, 59, 59), 8.64e15];
  const parts = { account: ACCOUNT, region: REGION, resources: ['"time":"x"'], detail: '{"time":"y"}' };
  const tricky = { detailType: '"time":"2000-01-01T00:00:00Z"', source: 'time","account":"9' };
  const records = times.map((time): NewLogRecord => {
    const eventId = world.random.uuid();
    const event = buildEnvelope({ ...parts, ...tricky, id: eventId, time });
    return { eventId, ingestedAt: world.clock.now(), account: ACCOUNT, event };
  });
  await world.publish(records);
  await settled();
  assert.deepEqual(
    (await contents(archive)).map(({ eventTime, account }) => [eventTime, account]),
    times.map((time) => [time, ACCOUNT]),
  );
});

test('patterns: what stands in them and what does not is archived, and never a replayed event', async () => {
  await begin();
  const [all, some] = [await make(), await make({ eventPattern: '{"source": ["orders"]}' }, 'some')];
  const orders = await world.publishMany(2, 'orders');
  const others = await world.publishMany(3, 'others');
  const replayed = world.event('orders');
  const event = replayed.event.replace('"resources"', '"replay-name":"r","resources"');
  await world.publish([{ ...replayed, event }]);
  await settled();
  assert.deepEqual(await ids(some), orders.toSorted());
  assert.deepEqual(await ids(all), [...orders, ...others].sort());
  assert.equal(archiveRulePattern(undefined), '{"replay-name":[{"exists":false}]}');
});

test('several archives of one bus, and of several, each for itself', async () => {
  await begin();
  const archives = [await make({}, 'a'), await make({}, 'b'), await make({}, 'c', 'other')];
  const [first, second] = [await world.publishMany(4), await world.publish([world.event()], 'other')];
  await settled();
  const expected = [first.toSorted(), first.toSorted(), second];
  for (const [index, archive] of archives.entries()) assert.deepEqual(await ids(archive), expected[index]);
});

test('a new pattern counts for what is published from then on', async () => {
  await begin();
  const archive = await make({ eventPattern: '{"source":["a"]}' });
  const [a1] = await world.publishMany(1, 'a');
  // Appended in the old pattern's time, although not routed yet.
  const later = world.publishMany(1, 'a');
  const [a2] = await later;
  const found = world.engine.archives.documents.get(archive, 'a')!;
  assert.equal(
    await world.engine.archives.update(found, { ...EVERYTHING, eventPattern: '{"source":["b"]}' }),
    true,
  );
  await world.publishMany(1, 'a');
  const [b] = await world.publishMany(1, 'b');
  await settled();
  assert.deepEqual(await ids(archive), [a1!, a2!, b!].sort());
  assert.equal(await world.engine.archives.update(found, EVERYTHING), false, 'somebody else was faster');
});

test('retention goes by when an event was received; a change counts for what is there', async () => {
  await begin();
  const archive = await make({ retentionDays: 2 });
  const old = earlier(2 * DAY_MS + 1);
  const [kept, late] = [earlier(2 * DAY_MS - 60_000), earlier(0, 0)];
  // Straight into the store: a delivery as old as that is given up.
  await world.storage.archives.put(
    archive.uid,
    [old, kept, late].map((record) => ({ ...record, eventTime: 0 })),
  );
  await world.engine.runRetention();
  assert.deepEqual(await ids(archive), [kept.eventId, late.eventId].sort());
  const found = world.engine.archives.documents.get(archive, 'a')!;
  await world.engine.archives.update(found, { retentionDays: 1 });
  await world.engine.runRetention();
  assert.deepEqual(await ids(archive), [late.eventId]);
  assert.equal((await statsOf(archive)).events, 1);
});

test('retention works through many events in steps, and leaves archives without an end alone', async () => {
  await begin();
  const [brief, forever] = [await make({ retentionDays: 1 }), await make({}, 'forever')];
  const events = Array.from({ length: 2 * limits.archiveTrimEvents + 5 }, () => ({
    ...earlier(DAY_MS + 1),
    eventTime: 0,
  }));
  for (const { uid } of [brief, forever]) await world.storage.archives.put(uid, events);
  await world.engine.runRetention();
  assert.deepEqual((await statsOf(brief)).events, 0);
  assert.deepEqual((await statsOf(forever)).events, events.length);
});

test('after a crash nothing is missing and nothing is there twice', async () => {
  await begin();
  const archive = await make();
  const sent: string[] = [];
  for (let round = 0; round < 8; round++) {
    sent.push(...(await world.publishMany(30)));
    await world.clock.advance(round);
    await world.crash();
    sent.push(...(await world.publishMany(5)));
  }
  await settled();
  assert.deepEqual(await ids(archive), sent.toSorted());
  const bytes = (await contents(archive)).reduce((sum, { event }) => sum + Buffer.byteLength(event), 0);
  const { events, bytes: counted } = await statsOf(archive);
  assert.deepEqual([events, counted], [sent.length, bytes]);
});

test('a store that takes nothing for a while holds the archive up, and loses it nothing', async () => {
  await begin();
  const archive = await make();
  let failing = 0;
  world.gate.fault = (part, method) => {
    if (part !== 'archives' || method !== 'put' || failing >= 20) return;
    failing++;
    throw new StorageError('full', 'no space left');
  };
  const sent = await world.publishMany(200);
  await world.clock.advance(1_000);
  assert.equal((await statsOf(archive)).events, 0);
  assert.ok(failing > 0);
  await settled(3_600_000, 1_000);
  assert.deepEqual(await ids(archive), sent.toSorted());
  assert.deepEqual(await world.deadLetters(), []);
});

test('an archive takes what it could not take for days', async () => {
  await begin();
  const archive = await make();
  const [late] = await world.publish([earlier(3 * DAY_MS)]);
  await settled();
  assert.deepEqual(await ids(archive), [late]);
  assert.deepEqual(await world.deadLetters(), []);
});

test('a send is cut into pieces that the store can take', async () => {
  await begin();
  const archive = await make();
  const written: number[] = [];
  world.gate.fault = (part, method) => {
    if (part === 'archives' && method === 'put') written.push(1);
  };
  const large = 'x'.repeat(limits.archiveWriteChars / 3);
  const sent = await world.publish(Array.from({ length: 10 }, () => world.event('a', { large })));
  await settled();
  assert.ok(written.length >= 5, `${written.length} writes`);
  assert.deepEqual(await ids(archive), sent.toSorted());
});

test('an archive that is deleted takes its events, its rule and what was pending along', async () => {
  await begin();
  const archive = await make();
  world.gate.fault = (part, method) => {
    if (part === 'archives' && method === 'put') throw new StorageError('full', 'no space left');
  };
  await world.publishMany(2_000);
  await world.clock.advance(2_000);
  const found = world.engine.archives.documents.get(archive, 'a')!;
  assert.equal(await world.engine.archives.remove(found), true);
  world.gate.fault = undefined;
  await settled();
  assert.deepEqual(await world.storage.archives.list(), []);
  assert.equal(world.engine.catalog.rule(SCOPE, 'default', RULE), undefined);
  assert.deepEqual(await world.deadLetters(), []);
  const again = await make();
  const [only] = await world.publishMany(1);
  await settled();
  assert.deepEqual(await ids(again), [only]);
});

test('an archive does not hold up the other targets of its bus', async () => {
  await begin();
  await make();
  world.gate.fault = (part, method) => {
    if (part === 'archives' && method === 'put') throw new StorageError('full', 'no space left');
  };
  await world.rule('well');
  const sent = await world.publishMany(5_000);
  await world.clock.until(() => world.targets.deliveredTo(fixtureArn('well')).length >= sent.length);
});

/** What making and deleting an archive asks of the store, in order. */
const STEPS = [
  ['archives', 'create', 1],
  ['catalog', 'write', 1],
  ['catalog', 'write', 2],
  ['catalog', 'write', 3],
  ['catalog', 'write', 4],
  ['archives', 'drop', 1],
] as const;

for (const [part, method, nth] of STEPS) {
  test(`a kill at ${part}.${method} ${nth} of a creation and a deletion leaves a whole archive or none`, async () => {
    await begin();
    const bus = await world.bus();
    killAt(part, method, nth);
    const { archives } = world.engine;
    const made = archives.create(bus, 'a', EVERYTHING);
    void made
      .then((archive) =>
        typeof archive === 'object' ? archives.remove(archives.documents.get(archive, 'a')!) : false,
      )
      .catch(() => undefined);
    await world.clock.until(() => world.gate.shut);
    await world.crash();
    const known = world.engine.archives.documents.all().map(({ uid }) => uid);
    assert.deepEqual(await world.storage.archives.list(), known);
    const rule = world.engine.catalog.rule(SCOPE, 'default', RULE)?.document;
    assert.deepEqual(rule?.targets.map(({ Id }) => Id) ?? [], known);
    if (known.length === 0) await make();
  });
}

test('a failure of the store half way leaves nothing that is in the way of another try', async () => {
  await begin();
  const bus = await world.bus();
  let left = 2;
  world.gate.fault = (part, method) => {
    if (part === 'catalog' && method === 'write' && --left === 0) throw new StorageError('full', 'no space');
  };
  await assert.rejects(world.engine.archives.create(bus, 'a', EVERYTHING), StorageError);
  world.gate.fault = undefined;
  const archive = await make();
  const sent = await world.publishMany(3);
  await settled();
  assert.deepEqual(await ids(archive), sent.toSorted());
});

test('an update that a crash cut short is completed at the next start', async () => {
  await begin();
  const archive = await make();
  killAt('catalog', 'write', 2);
  const { archives } = world.engine;
  const found = archives.documents.get(archive, 'a')!;
  void archives.update(found, { ...EVERYTHING, eventPattern: '{"source":["a"]}' }).catch(() => undefined);
  await world.clock.until(() => world.gate.shut);
  await world.crash();
  assert.equal(world.engine.archives.documents.get(archive, 'a')?.document.eventPattern, '{"source":["a"]}');
  const [wanted] = await world.publishMany(1, 'a');
  await world.publishMany(1, 'b');
  await settled();
  assert.deepEqual(await ids(archive), [wanted]);
});
