import assert from 'node:assert/strict';
import type { LogRecord, LogStore, NewLogRecord, Position } from '../../../src/engine/ports/storage.ts';
import { rejectsWith, type Behaviour } from './behaviour.ts';

const record = (id: number | string, ingestedAt = 1_000, event = `{"id":"${id}"}`): NewLogRecord => ({
  eventId: `event-${id}`,
  ingestedAt,
  account: '123456789012',
  event,
});

const many = (count: number): NewLogRecord[] => Array.from({ length: count }, (_, index) => record(index));

const ids = (records: readonly LogRecord[]): string[] =>
  records.map(({ eventId }) => eventId.replace('event-', ''));

async function filled(log: LogStore, count: number): Promise<Position[]> {
  await log.create('bus');
  return log.append('bus', many(count));
}

const all = (log: LogStore, from = 0n): Promise<LogRecord[]> => log.read('bus', from, 1_000, 1_000_000_000);

export const logBehaviours: readonly Behaviour[] = [
  {
    name: 'creates a log once, and lists it',
    async run({ storage: { log } }) {
      const created = await log.create('bus');
      assert.deepEqual(created, { log: 'bus', first: created.first, next: created.first });
      await log.append('bus', many(3));
      const again = await log.create('bus');
      assert.deepEqual(again, { log: 'bus', first: created.first, next: created.first + 3n });
      await log.create('other');
      assert.deepEqual((await log.list()).map((state) => state.log).toSorted(), ['bus', 'other']);
      assert.deepEqual(
        (await log.list()).find((state) => state.log === 'bus'),
        again,
      );
    },
  },
  {
    name: 'gives back every field of a record, and undefined for absent ones',
    async run({ storage: { log } }) {
      await log.create('bus');
      const full: NewLogRecord = {
        eventId: 'e1',
        ingestedAt: 1_700_000_000_123,
        account: '123456789012',
        event: '{"text":"naïve 漢字 😀 \\u0000 \\ud83d"}',
        traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
        hops: 2,
        group: 'grüppe',
        deduplicationKey: 'key',
      };
      const [first, second] = await log.append('bus', [full, record('plain', full.ingestedAt)]);
      assert.deepEqual(await all(log), [
        { position: first, ...full },
        {
          position: second,
          ...record('plain', full.ingestedAt),
          traceHeader: undefined,
          hops: undefined,
          group: undefined,
          deduplicationKey: undefined,
        },
      ]);
    },
  },
  {
    name: 'appends in order, within a call and over calls made at the same time',
    async run({ storage: { log } }) {
      await log.create('bus');
      const calls = Array.from({ length: 200 }, (_, index) =>
        log.append('bus', [record(`${index}a`), record(`${index}b`)]),
      );
      const positions = (await Promise.all(calls)).flat();
      for (const [index, position] of positions.entries()) {
        assert.ok(index === 0 || position > positions[index - 1]!, 'positions grow');
      }
      const expected = Array.from({ length: 200 }, (_, index) => [`${index}a`, `${index}b`]).flat();
      const read = await all(log);
      assert.deepEqual(ids(read), expected);
      assert.deepEqual(
        read.map(({ position }) => position),
        positions,
      );
    },
  },
  {
    name: 'appends nothing for an empty call',
    async run({ storage: { log } }) {
      await log.create('bus');
      assert.deepEqual(await log.append('bus', []), []);
      assert.deepEqual(await all(log), []);
    },
  },
  {
    name: 'a log that does not exist: an append is refused, reading finds nothing',
    async run({ storage: { log } }) {
      await log.create('bus');
      const both = [
        log.append('bus', [record(1)]),
        log.append('none', [record(2)]),
        log.append('bus', [record(3)]),
      ];
      await rejectsWith('missing', both[1]!);
      await Promise.all([both[0], both[2]]);
      assert.deepEqual(ids(await all(log)), ['1', '3']);
      assert.deepEqual(await log.read('none', 0n, 10, 1_000), []);
      assert.deepEqual(await log.readAt('none', [1n]), []);
      assert.equal(await log.trim('none', 100n, 10), 0);
      await log.drop('none');
    },
  },
  {
    name: 'reads until the first bound is reached, and at least one record',
    async run({ storage: { log } }) {
      await log.create('bus');
      const events = ['x', 'y', 'z', 'é'].map((text) => text.repeat(100));
      const [first] = await log.append(
        'bus',
        events.map((event, index) => record(index, 0, event)),
      );
      const read = async (maxRecords: number, maxBytes: number, from = first!): Promise<string[]> =>
        ids(await log.read('bus', from, maxRecords, maxBytes));
      assert.deepEqual(await read(2, 1_000), ['0', '1']);
      assert.deepEqual(await read(9, 300), ['0', '1', '2']);
      assert.deepEqual(await read(9, 299), ['0', '1']);
      assert.deepEqual(await read(9, 499), ['0', '1', '2'], 'bytes are those of UTF-8');
      assert.deepEqual(await read(9, 500), ['0', '1', '2', '3']);
      assert.deepEqual(await read(9, 1), ['0']);
      assert.deepEqual(await read(9, 1_000, first! + 2n), ['2', '3']);
      assert.deepEqual(await read(9, 1_000, first! + 4n), []);
      assert.deepEqual(await read(9, 1_000, first! + 400n), []);
    },
  },
  {
    name: 'reads at positions, in order, leaving out what is gone',
    async run({ storage: { log } }) {
      const positions = await filled(log, 10);
      await log.trim('bus', positions[3]!, 100);
      const wanted = [0, 2, 3, 5, 9].map((index) => positions[index]!);
      assert.deepEqual(ids(await log.readAt('bus', [...wanted, positions[9]! + 5n])), ['3', '5', '9']);
      assert.deepEqual(await log.readAt('bus', []), []);
    },
  },
  {
    name: 'raises the ingestion time so that it never falls',
    async run({ storage: { log } }) {
      await log.create('bus');
      await log.append('bus', [record(0, 5_000), record(1, 3_000)]);
      await log.append('bus', [record(2, 4_000), record(3, 6_000)]);
      assert.deepEqual(
        (await all(log)).map(({ ingestedAt }) => ingestedAt),
        [5_000, 5_000, 5_000, 6_000],
      );
    },
  },
  {
    name: 'finds an event between two positions',
    async run({ storage: { log } }) {
      const positions = await filled(log, 20);
      const [first, next] = [positions[0]!, positions[19]! + 1n];
      assert.equal(await log.find('bus', 'event-7', first, next), positions[7]);
      assert.equal(await log.find('bus', 'event-7', positions[7]!, positions[8]!), positions[7]);
      assert.equal(await log.find('bus', 'event-7', first, positions[7]!), undefined);
      assert.equal(await log.find('bus', 'event-7', positions[8]!, next), undefined);
      assert.equal(await log.find('bus', 'event-70', first, next), undefined);
      await log.trim('bus', positions[10]!, 100);
      assert.equal(await log.find('bus', 'event-7', 0n, next), undefined);
      assert.equal(await log.find('nothing', 'event-7', 0n, next), undefined);
    },
  },
  {
    name: 'seeks the first position at or after a time',
    async run({ storage: { log } }) {
      await log.create('bus');
      const empty = await log.create('bus');
      assert.equal(await log.seek('bus', 5), empty.next);
      const times = [10, 20, 20, 20, 30, 50];
      const positions = await log.append(
        'bus',
        times.map((time, index) => record(index, time)),
      );
      const table: [number, number][] = [
        [0, 0],
        [10, 0],
        [11, 1],
        [20, 1],
        [21, 4],
        [30, 4],
        [31, 5],
        [50, 5],
      ];
      for (const [time, index] of table)
        assert.equal(await log.seek('bus', time), positions[index], `${time}`);
      assert.equal(await log.seek('bus', 51), positions[5]! + 1n);
      await log.trim('bus', positions[2]!, 10);
      assert.equal(await log.seek('bus', 0), positions[2]);
    },
  },
  {
    name: 'trims the oldest below a position, at most so many a call',
    async run({ storage: { log } }) {
      const positions = await filled(log, 10);
      assert.equal(await log.trim('bus', positions[5]!, 3), 3);
      assert.deepEqual(ids(await all(log)), ['3', '4', '5', '6', '7', '8', '9']);
      assert.equal((await log.create('bus')).first, positions[3]);
      assert.equal(await log.trim('bus', positions[5]!, 3), 2);
      assert.equal(await log.trim('bus', positions[5]!, 3), 0);
      assert.equal(await log.trim('bus', 0n, 3), 0);
      assert.equal(await log.trim('bus', positions[9]! + 100n, 100), 5);
      assert.deepEqual(await all(log), []);
      const state = await log.create('bus');
      assert.deepEqual([state.first, state.next], [positions[9]! + 1n, positions[9]! + 1n]);
    },
  },
  {
    name: 'never uses a position twice: trimmed to nothing and opened again',
    reopens: true,
    async run({ storage, reopen }) {
      const positions = await filled(storage.log, 5);
      const last = positions.at(-1)!;
      await storage.log.append('bus', [record('late', 9_000)]);
      await storage.log.trim('bus', last + 100n, 100);
      const { log } = await reopen();
      assert.deepEqual((await log.create('bus')).next, last + 2n);
      assert.deepEqual(await log.append('bus', [record('new', 10)]), [last + 2n]);
      assert.equal((await all(log))[0]?.ingestedAt, 9_000, 'the time does not fall either');
    },
  },
  {
    name: 'positions go beyond what a double can hold',
    firstPosition: 9_007_199_254_740_990n,
    async run({ storage: { log } }) {
      const positions = await filled(log, 10);
      assert.deepEqual(
        positions,
        Array.from({ length: 10 }, (_, index) => 9_007_199_254_740_990n + BigInt(index)),
      );
      assert.deepEqual(ids(await log.readAt('bus', [9_007_199_254_740_993n])), ['3']);
      assert.deepEqual(ids(await all(log, 9_007_199_254_740_997n)), ['7', '8', '9']);
      await log.saveCursors([{ log: 'bus', name: 'router', position: 9_007_199_254_740_993n }]);
      assert.equal((await log.cursors())[0]?.position, 9_007_199_254_740_993n);
    },
  },
  {
    name: 'drops a log with its records and cursors',
    async run({ storage: { log } }) {
      await filled(log, 5);
      await log.create('other');
      await log.saveCursors([
        { log: 'bus', name: 'router', position: 3n },
        { log: 'other', name: 'router', position: 4n },
      ]);
      await log.drop('bus');
      assert.deepEqual(
        (await log.list()).map((state) => state.log),
        ['other'],
      );
      assert.deepEqual(await log.cursors(), [{ log: 'other', name: 'router', position: 4n }]);
      await rejectsWith('missing', log.append('bus', [record(1)]));
      assert.deepEqual(await all(log), []);
    },
  },
  {
    name: 'saves cursors by log and name; the latest counts',
    async run({ storage: { log } }) {
      await log.create('a');
      await log.create('b');
      await log.saveCursors([{ log: 'a', name: 'router', position: 1n }]);
      await log.saveCursors([
        { log: 'a', name: 'router', position: 5n },
        { log: 'a', name: 'archive', position: 2n },
        { log: 'b', name: 'router', position: 7n },
        { log: 'gone', name: 'router', position: 9n },
      ]);
      const cursors = (await log.cursors()).map(({ log: of, name, position }) => `${of} ${name} ${position}`);
      assert.deepEqual(cursors.toSorted(), ['a archive 2', 'a router 5', 'b router 7']);
    },
  },
  {
    name: 'records and cursors survive a restart',
    reopens: true,
    async run({ storage, reopen }) {
      await filled(storage.log, 20);
      await storage.log.saveCursors([{ log: 'bus', name: 'router', position: 11n }]);
      const before = await all(storage.log);
      const { log } = await reopen();
      assert.deepEqual(await all(log), before);
      assert.deepEqual(await log.cursors(), [{ log: 'bus', name: 'router', position: 11n }]);
    },
  },
  {
    name: 'takes big events',
    async run({ storage: { log } }) {
      await log.create('bus');
      const event = `{"text":"${'é'.repeat(400_000)}"}`;
      await log.append('bus', [record('big', 0, event), record('small')]);
      const [big, ...others] = await log.read('bus', 0n, 10, 1_000);
      assert.equal(big?.event, event);
      assert.deepEqual(others, []);
    },
  },
];
