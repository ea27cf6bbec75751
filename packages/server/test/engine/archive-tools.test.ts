// What reads and fills whole archives: lines of exports and imports, scans, backtests.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesPattern } from '@busbar/pattern';
import fc from 'fast-check';
import { lineOf, readLine, type LineFault } from '../../src/engine/archive/archive-line.ts';
import { backtest, type BacktestStep } from '../../src/engine/archive/backtest.ts';
import { importLines } from '../../src/engine/archive/import.ts';
import { ArchiveScans, type ArchiveScan, type TimeRange } from '../../src/engine/archive/scans.ts';
import { archivedEvent } from '../../src/engine/archive/archived-event.ts';
import { buildEnvelope } from '../../src/engine/envelope.ts';
import type { ArchivedEvent, ArchiveStore } from '../../src/engine/ports/archive-storage.ts';
import { StorageError } from '../../src/engine/ports/storage.ts';
import { limits } from '../../src/model/limits.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';

const NOW = Date.UTC(2026, 5, 1);
const ARCHIVE = 'an-archive';
const ALL: TimeRange = { from: -8.64e15, until: 8.64e15 + 1 };

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function eventOf(number: number, detail: object = { number }, time = NOW + number * 1_000): ArchivedEvent {
  const event = buildEnvelope({
    id: idOf(number),
    detailType: 'Order "placed",\n"time":"x"',
    source: 'shop.orders',
    account: '123456789012',
    time,
    region: 'eu-west-1',
    resources: ['arn:aws:a', '"ingestion-time":"2026-01-01T00:00:00.000Z"}'],
    detail: JSON.stringify(detail),
  });
  return archivedEvent(idOf(number), event, NOW - 5_000 + number);
}

async function filled(events: readonly ArchivedEvent[]): Promise<ArchiveStore> {
  const { archives } = createMemoryStorage();
  await archives.create(ARCHIVE);
  await archives.put(ARCHIVE, events);
  return archives;
}

async function scanOf(store: ArchiveStore, range: TimeRange = ALL): Promise<ArchiveScan> {
  const scan = await new ArchiveScans(store).open(ARCHIVE, range);
  assert.ok(typeof scan === 'object', 'a scan was refused');
  return scan;
}

test('a line is read back as the event that it was', () => {
  const event = eventOf(7, { text: '","ingestion-time":"2020-01-01T00:00:00Z"}', number: 1 });
  assert.match(lineOf(event), /,"ingestion-time":"2026-05-31T23:59:55\.007Z"\}$/);
  assert.deepEqual(readLine(lineOf(event), { now: NOW }), event);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.json()), fc.string({ minLength: 1 }), (members, source) => {
      const pairs = Object.entries(members).map(([name, json]) => `${JSON.stringify(name)}:${json}`);
      const detail = `{${pairs.join(',')}}`;
      const parts = { id: idOf(1), detailType: source, account: '123456789012', region: 'r' };
      const text = buildEnvelope({ ...parts, source, time: NOW, resources: [], detail });
      const original = archivedEvent(idOf(1), text, NOW - 1);
      const read = readLine(lineOf(original), { now: NOW });
      assert.ok(!('fault' in read));
      assert.deepEqual(JSON.parse(read.event), JSON.parse(text));
      assert.equal(read.ingestedAt, NOW - 1);
    }),
  );
});

test('lines of other programs: members in any order, spaces, numbers as they were, no replay name', () => {
  const line =
    ` { "detail" : {"n":12345678901234567890, "x": 1.0}, "source":"a", "detail-type":"b", "id":"${idOf(3)}", ` +
    '"time":"2026-02-03T04:05:06.789+01:00","account":"000000000000","region":"us-east-1","replay-name":"r","other":1}\r';
  assert.deepEqual(readLine(line, { now: NOW }), {
    eventId: idOf(3),
    eventTime: Date.UTC(2026, 1, 3, 3, 5, 6),
    ingestedAt: NOW,
    account: '000000000000',
    event:
      `{"version":"0","id":"${idOf(3)}","detail-type":"b","source":"a","account":"000000000000",` +
      '"time":"2026-02-03T03:05:06Z","region":"us-east-1","resources":[],"detail":{"n":12345678901234567890,"x":1.0}}',
  });
});

test('an event cannot have been received later than now', () => {
  const line = lineOf({ ...eventOf(1), ingestedAt: NOW + 1 });
  assert.equal((readLine(line, { now: NOW }) as ArchivedEvent).ingestedAt, NOW);
});

test('an event of another account is turned away where one account is asked for', () => {
  const { event } = eventOf(1);
  assert.ok('event' in readLine(event, { now: NOW, account: '123456789012' }));
  assert.match((readLine(event, { now: NOW, account: '210987654321' }) as LineFault).fault, /"account"/);
});

const good = JSON.parse(eventOf(1).event) as Record<string, unknown>;
const { id: _id, ...noId } = good;
const faulty: readonly [string, string, RegExp][] = [
  ['no JSON', '{"a":', /no JSON object/],
  ['an array', '[]', /no JSON object/],
  ['no detail', JSON.stringify({ ...good, detail: 'text' }), /no JSON object with/],
  ['no id', JSON.stringify(noId), /"id"/],
  ['an id that is none', JSON.stringify({ ...good, id: `${idOf(1)}"` }), /"id"/],
  ['an account that is none', JSON.stringify({ ...good, account: '1","source":"x' }), /"account"/],
  ['no time', JSON.stringify({ ...good, time: 'soon' }), /"time"/],
  ['no region', JSON.stringify({ ...good, region: '' }), /"region"/],
  [
    'a huge event',
    JSON.stringify({ ...good, detail: { x: 'x'.repeat(limits.archivedEventBytes) } }),
    /larger than/,
  ],
];

for (const [what, line, reason] of faulty) {
  test(`${what} is no event`, () => {
    const read = readLine(line, { now: NOW });
    assert.ok('fault' in read);
    assert.match(read.fault, reason);
  });
}

test('an import tells damaged lines by number, and adds all others once', async () => {
  const store = await filled([eventOf(2)]);
  const text = Buffer.concat([
    Buffer.from(`${eventOf(1).event}\n\n${lineOf(eventOf(2))}\r\nnonsense\n{"x":"`),
    Buffer.from([0xff, 0xfe]),
    Buffer.from(`"}\n${eventOf(3).event}`),
  ]);
  const imported = await importLines(store, ARCHIVE, text, { now: NOW });
  assert.deepEqual(
    { ...imported, added: imported.added.events, damaged: imported.damaged.map(({ line }) => line) },
    { lines: 6, events: 3, added: 2, damaged: [4, 5], damagedCount: 2 },
  );
  const again = await importLines(store, ARCHIVE, text, { now: NOW });
  assert.equal(again.added.events, 0);
  assert.equal((await store.stats(ARCHIVE))!.events, 3);
  const hopeless = Buffer.from('x\n'.repeat(limits.archiveDamagedLines + 5));
  const { damaged, damagedCount } = await importLines(store, ARCHIVE, hopeless, { now: NOW });
  assert.deepEqual(
    [damaged.length, damagedCount],
    [limits.archiveDamagedLines, limits.archiveDamagedLines + 5],
  );
});

test('an import into an archive that is gone is refused, also an empty one', async () => {
  const { archives } = createMemoryStorage();
  for (const text of ['', eventOf(1).event]) {
    await assert.rejects(
      importLines(archives, ARCHIVE, Buffer.from(text), { now: NOW }),
      (error) => error instanceof StorageError && error.kind === 'missing',
    );
  }
});

test('a scan reads everything in order of time, and knows its part', async () => {
  const numbers = Array.from({ length: 1_300 }, (_, index) => (index * 7) % 1_300);
  const store = await filled(numbers.map((number) => eventOf(number)));
  for (const [range, first, last] of [
    [ALL, 0, 1_299],
    [{ from: NOW + 100_000, until: NOW + 1_200_000 }, 100, 1_199],
  ] as const) {
    const scan = await scanOf(store, range);
    assert.equal(scan.part, 0);
    const found: string[] = [];
    let part = 0;
    for (let step = await scan.next(); 'events' in step; step = await scan.next()) {
      found.push(...step.events.map(({ eventId }) => eventId));
      assert.ok(scan.part > part && scan.part <= 1, `${scan.part}`);
      part = scan.part;
    }
    assert.ok(part > 0.99);
    assert.equal(scan.scanned, found.length);
    assert.deepEqual(
      found,
      Array.from({ length: last - first + 1 }, (_, index) => idOf(first + index)),
    );
    scan.close();
  }
});

test('scans are bounded, and a closed one makes room once', async () => {
  const scans = new ArchiveScans(await filled([eventOf(1)]));
  assert.equal(await scans.open('another', ALL), 'gone');
  const open = await Promise.all(Array.from({ length: limits.archiveScans }, () => scans.open(ARCHIVE, ALL)));
  assert.equal(await scans.open(ARCHIVE, ALL), 'full');
  const [first] = open as ArchiveScan[];
  first!.close();
  first!.close();
  assert.equal(typeof (await scans.open(ARCHIVE, ALL)), 'object');
  assert.equal(await scans.open(ARCHIVE, ALL), 'full');
});

test('a scan of an archive that is deleted meanwhile says so', async () => {
  const store = await filled([eventOf(1), eventOf(2)]);
  const scan = await scanOf(store);
  await store.drop(ARCHIVE);
  assert.deepEqual(await scan.next(), { ended: 'gone' });
});

async function lastOf(steps: AsyncGenerator<BacktestStep>) {
  const examples: string[] = [];
  let last: BacktestStep | undefined;
  for await (const step of steps) {
    examples.push(...step.examples.map(({ change, event }) => `${change} ${JSON.parse(event).detail.a}`));
    last = step;
  }
  return { ...last!, examples };
}

test('a backtest counts what a pattern gains and loses against another', async () => {
  const store = await filled(Array.from({ length: 1_000 }, (_, a) => eventOf(a, { a })));
  const candidate = '{"detail":{"a":[{"numeric":["<",100]}]}}';
  const present = '{"detail":{"a":[{"numeric":[">=",10,"<",102]}]}}';
  const compared = await lastOf(backtest(await scanOf(store), { candidate, present }, 3));
  assert.deepEqual(compared.counts, { scanned: 1_000, matched: 100, present: 92, gained: 10, lost: 2 });
  assert.equal(compared.ended, 'end');
  assert.deepEqual(compared.examples, ['gained 0', 'gained 1', 'gained 2', 'lost 100', 'lost 101']);
  const alone = await lastOf(backtest(await scanOf(store), { candidate, present: undefined }, 1));
  assert.deepEqual(alone.counts, { scanned: 1_000, matched: 100, present: 0, gained: 0, lost: 0 });
  assert.deepEqual(alone.examples, ['matched 0']);
});

test('a backtest agrees with matching every event by itself', async () => {
  const value = fc.constantFrom(0, 1, 2, 'x', 'xy', null);
  const condition = fc.oneof(
    value,
    fc.constant({ prefix: 'x' }),
    fc.constant({ numeric: ['>', 0] }),
    fc.constant({ exists: false }),
  );
  const pattern = fc
    .dictionary(fc.constantFrom('a', 'b'), fc.array(condition, { minLength: 1, maxLength: 2 }), {
      minKeys: 1,
    })
    .map((detail) => JSON.stringify({ detail }));
  const details = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(details, pattern, pattern, async (list, candidate, present) => {
      const events = list.map((detail, index) => eventOf(index, detail));
      const store = await filled(events);
      const { counts } = await lastOf(backtest(await scanOf(store), { candidate, present }, 0));
      const [now, before] = [candidate, present].map((each) =>
        events.map(({ event }) => matchesPattern(each, event)),
      ) as [boolean[], boolean[]];
      const count = (holds: (index: number) => boolean): number => events.filter((_, at) => holds(at)).length;
      assert.deepEqual(counts, {
        scanned: events.length,
        matched: count((at) => now[at]!),
        present: count((at) => before[at]!),
        gained: count((at) => now[at]! && !before[at]!),
        lost: count((at) => !now[at]! && before[at]!),
      });
    }),
    { numRuns: 100 },
  );
});
