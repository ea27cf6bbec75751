import assert from 'node:assert/strict';
import type { ArchivedEvent, ArchiveQuery, ArchiveStore } from '../../../src/engine/ports/archive-storage.ts';
import { rejectsWith, type Behaviour } from './behaviour.ts';

const NOW = 1_700_000_000_000;
/** More than a page of any store's own. */
const MANY = 2_000;

/** An event named after its time, which was received in the given millisecond. */
const event = (time: number, id = `at-${time}`, receivedAt = time): ArchivedEvent => ({
  eventId: id,
  eventTime: NOW + time,
  ingestedAt: NOW + receivedAt,
  account: '000000000000',
  event: JSON.stringify({ id, time }),
});

const query = (over: Partial<ArchiveQuery> = {}): ArchiveQuery => ({
  from: Number.MIN_SAFE_INTEGER,
  until: Number.MAX_SAFE_INTEGER,
  after: undefined,
  maxEvents: 10_000,
  maxBytes: 10_000_000,
  ...over,
});

async function filled(archives: ArchiveStore, ...events: readonly ArchivedEvent[]): Promise<void> {
  await archives.create('a');
  await archives.put('a', events);
}

async function ids(archives: ArchiveStore, over: Partial<ArchiveQuery> = {}): Promise<string[]> {
  return (await archives.read('a', query(over))).map(({ eventId }) => eventId);
}

const bytesOf = (...events: readonly ArchivedEvent[]): number =>
  events.reduce((sum, { event: text }) => sum + Buffer.byteLength(text), 0);

export const archiveBehaviours: readonly Behaviour[] = [
  {
    name: 'reads what was put, with every field, of any script and size',
    async run({ storage: { archives } }) {
      const large = { ...event(2), event: JSON.stringify({ text: '\u{1f552}ß"\\'.repeat(30_000) }) };
      await filled(archives, event(1), large);
      assert.deepEqual(await archives.read('a', query()), [event(1), large]);
      assert.equal((await archives.stats('a'))?.bytes, bytesOf(event(1), large));
    },
  },
  {
    name: 'reads in the order of event times, and of one time by id, however events came',
    async run({ storage: { archives } }) {
      await filled(archives, event(5, 'b'), event(1, 'z', 90), event(-3, 'past'), event(5, 'B'));
      await archives.put('a', [event(5, 'a'), event(2, 'y')]);
      assert.deepEqual(await ids(archives), ['past', 'z', 'y', 'B', 'a', 'b']);
    },
  },
  {
    name: 'reads from a time on, up to and without another',
    async run({ storage: { archives } }) {
      await filled(archives, event(1), event(2), event(3), event(4));
      assert.deepEqual(await ids(archives, { from: NOW + 2, until: NOW + 4 }), ['at-2', 'at-3']);
      assert.deepEqual(await ids(archives, { from: NOW + 5 }), []);
      assert.deepEqual(await ids(archives, { from: NOW + 2, until: NOW + 2 }), []);
      assert.deepEqual(await ids(archives, { from: NOW + 3, until: NOW + 1 }), []);
    },
  },
  {
    name: 'goes on behind a place, whether or not its event is still there',
    async run({ storage: { archives } }) {
      await filled(archives, event(1), event(2, 'a'), event(2, 'c'), event(3));
      const after = (time: number, eventId: string) => ({ after: { eventTime: NOW + time, eventId } });
      assert.deepEqual(await ids(archives, after(2, 'a')), ['c', 'at-3']);
      assert.deepEqual(await ids(archives, after(2, 'b')), ['c', 'at-3']);
      assert.deepEqual(await ids(archives, after(3, 'at-3')), []);
      assert.deepEqual(await ids(archives, { ...after(1, 'at-1'), from: NOW + 3 }), ['at-3']);
      assert.deepEqual(await ids(archives, { ...after(2, 'a'), until: NOW + 3 }), ['c']);
      assert.deepEqual(await ids(archives, { ...after(3, 'x'), until: NOW + 3 }), []);
    },
  },
  {
    name: 'answers at most so many events and bytes, but at least one; in pages nothing is left out',
    async run({ storage: { archives } }) {
      const all = Array.from({ length: MANY }, (_, n) => event((n * 7_919) % 100, `id-${n}`, n));
      await filled(archives, ...all);
      assert.equal((await ids(archives, { maxEvents: 3 })).length, 3);
      assert.equal((await ids(archives, { maxBytes: 1 })).length, 1);
      const first = await archives.read('a', query({ maxEvents: 2 }));
      assert.equal((await ids(archives, { maxBytes: bytesOf(...first) })).length, 2);
      const seen: string[] = [];
      for (let after: ArchiveQuery['after']; ;) {
        const page = await archives.read('a', query({ after, maxEvents: 37 }));
        if (page.length === 0) break;
        seen.push(...page.map(({ eventId }) => eventId));
        after = page.at(-1);
      }
      assert.deepEqual(seen, await ids(archives));
      assert.equal(new Set(seen).size, MANY);
    },
  },
  {
    name: 'an event that comes again changes nothing, and what was new is answered',
    async run({ storage: { archives } }) {
      await archives.create('a');
      const [one, two, three] = [event(1), event(2), event(3)];
      assert.deepEqual(await archives.put('a', [one, two]), { events: 2, bytes: bytesOf(one, two) });
      const again = { ...two, event: '{"other":true}' };
      assert.deepEqual(await archives.put('a', [again, three, three]), { events: 1, bytes: bytesOf(three) });
      assert.deepEqual(await archives.put('a', [one]), { events: 0, bytes: 0 });
      assert.deepEqual(await archives.put('a', []), { events: 0, bytes: 0 });
      assert.deepEqual(await archives.read('a', query()), [one, two, three]);
    },
  },
  {
    name: 'calls that were made together are answered apart',
    async run({ storage: { archives } }) {
      await archives.create('a');
      await archives.create('b');
      const puts = [
        ['a', 1, 2],
        ['b', 1, 1],
        ['a', 2, 4],
      ] as const;
      const answers = await Promise.all(
        puts.map(([archive, from, to]) =>
          archives.put(
            archive,
            Array.from({ length: to - from + 1 }, (_, n) => event(from + n)),
          ),
        ),
      );
      assert.deepEqual(
        answers.map(({ events }) => events),
        [2, 1, 2],
      );
    },
  },
  {
    name: 'knows how much it holds, and from when to when',
    async run({ storage: { archives } }) {
      const empty = { events: 0, bytes: 0, oldest: undefined, newest: undefined };
      await archives.create('a');
      assert.deepEqual(await archives.stats('a'), empty);
      const events = [event(20), event(-5), event(10)];
      await archives.put('a', events);
      const whole = { events: 3, bytes: bytesOf(...events), oldest: NOW - 5, newest: NOW + 20 };
      assert.deepEqual(await archives.stats('a'), whole);
      await archives.trim('a', NOW + 11, 10);
      assert.deepEqual(await archives.stats('a'), {
        events: 1,
        bytes: bytesOf(event(20)),
        oldest: NOW + 20,
        newest: NOW + 20,
      });
      await archives.trim('a', NOW + 99, 10);
      assert.deepEqual(await archives.stats('a'), empty);
    },
  },
  {
    name: 'trims what was received before a time, the longest ago first, whatever its event time',
    async run({ storage: { archives } }) {
      await filled(
        archives,
        event(1, 'late', 50),
        event(90, 'early', 10),
        event(5, 'b', 20),
        event(6, 'c', 30),
      );
      assert.equal(await archives.trim('a', NOW + 30, 1), 1);
      assert.deepEqual(await ids(archives), ['late', 'b', 'c']);
      assert.equal(await archives.trim('a', NOW + 30, 10), 1, 'up to and without the time');
      assert.equal(await archives.trim('a', NOW + 30, 10), 0);
      assert.deepEqual(await ids(archives), ['late', 'c']);
      assert.deepEqual(await archives.put('a', [event(90, 'early', 10)]), {
        events: 1,
        bytes: bytesOf(event(90, 'early')),
      });
    },
  },
  {
    name: 'of what was received at one time, trims first what was put first, whatever its time and id',
    async run({ storage: { archives } }) {
      await filled(archives, event(9, 'z', 10), event(1, 'a', 10));
      await archives.put('a', [event(5, 'b', 10), event(9, 'z', 5)]);
      assert.equal(await archives.trim('a', NOW + 11, 2), 2);
      assert.deepEqual(await ids(archives), ['b']);
    },
  },
  {
    name: 'is created once, dropped with its events, and may be created again',
    async run({ storage: { archives } }) {
      await filled(archives, event(1));
      await archives.create('b');
      await archives.create('a');
      assert.deepEqual(await ids(archives), ['at-1']);
      assert.deepEqual((await archives.list()).sort(), ['a', 'b']);
      await archives.drop('a');
      await archives.drop('nobody');
      assert.deepEqual(await archives.list(), ['b']);
      await archives.create('a');
      assert.deepEqual(await ids(archives), []);
      assert.equal((await archives.stats('a'))?.events, 0);
    },
  },
  {
    name: 'of an archive that there is not nothing is found, and nothing can be put into it',
    async run({ storage: { archives } }) {
      await rejectsWith('missing', archives.put('a', [event(1)]));
      assert.deepEqual(await ids(archives), []);
      assert.equal(await archives.stats('a'), undefined);
      assert.equal(await archives.trim('a', NOW, 10), 0);
    },
  },
  {
    name: 'holds the same when the store is opened again, and still knows what came already',
    reopens: true,
    async run({ storage, reopen }) {
      await filled(storage.archives, event(1), event(2));
      await storage.archives.create('gone');
      await storage.archives.drop('gone');
      const { archives } = await reopen();
      assert.deepEqual(await archives.list(), ['a']);
      assert.deepEqual(await archives.put('a', [event(2), event(3)]), {
        events: 1,
        bytes: bytesOf(event(3)),
      });
      assert.deepEqual(await archives.read('a', query()), [event(1), event(2), event(3)]);
      assert.equal((await archives.stats('a'))?.events, 3);
    },
  },
];
