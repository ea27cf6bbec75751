import assert from 'node:assert/strict';
import type {
  LogEventQuery,
  LogEventStore,
  LogStreamQuery,
  NewLogEvent,
} from '../../../src/engine/ports/log-group-storage.ts';
import { rejectsWith, type Behaviour } from './behaviour.ts';

const NOW = 1_700_000_000_000;

const event = (timestamp: number, message = `at ${timestamp}`): NewLogEvent => ({
  timestamp: NOW + timestamp,
  ingestedAt: NOW + 500,
  message,
});

const query = (over: Partial<LogEventQuery> = {}): LogEventQuery => ({
  streams: undefined,
  from: 0,
  before: Number.MAX_SAFE_INTEGER,
  beyond: undefined,
  descending: false,
  maxEvents: 100,
  maxChars: 1_000_000,
  ...over,
});

const listing = (over: Partial<LogStreamQuery> = {}): LogStreamQuery => ({
  order: 'name',
  prefix: '',
  descending: false,
  beyond: undefined,
  maxStreams: 100,
  ...over,
});

/** A group with the given streams, each with events at the given times. */
async function filled(store: LogEventStore, streams: Readonly<Record<string, readonly number[]>>) {
  await store.create('g');
  for (const [name, times] of Object.entries(streams)) {
    await store.createStream('g', name, NOW);
    for (const time of times) await store.append('g', name, [event(time, `${name}${time}`)]);
  }
}

async function messages(store: LogEventStore, over: Partial<LogEventQuery> = {}): Promise<string[]> {
  return (await store.read('g', query(over))).events.map(({ message }) => message);
}

async function names(store: LogEventStore, over: Partial<LogStreamQuery> = {}): Promise<string[]> {
  return (await store.streams('g', listing(over))).map(({ state }) => state.name);
}

/** Everything that a query finds, read in small pages. */
async function paged(store: LogEventStore, over: Partial<LogEventQuery>): Promise<string[]> {
  const all: string[] = [];
  let beyond: LogEventQuery['beyond'];
  for (;;) {
    const page = await store.read('g', query({ ...over, maxEvents: 2, beyond }));
    all.push(...page.events.map(({ message }) => message));
    if (!page.more) return all;
    beyond = page.events.at(-1);
  }
}

export const logEventBehaviours: readonly Behaviour[] = [
  {
    name: 'reads what was appended, with every field',
    async run({ storage: { logEvents } }) {
      const given = { timestamp: NOW, ingestedAt: NOW + 5, message: 'naïve 😀 \u0000 "x"\n' };
      await logEvents.create('g');
      assert.equal(await logEvents.createStream('g', 's', NOW), true);
      await logEvents.append('g', 's', [given]);
      const { events, more } = await logEvents.read('g', query());
      assert.deepEqual(events, [{ ...given, stream: 's', sequence: events[0]!.sequence }]);
      assert.equal(more, false);
      assert.deepEqual(await logEvents.storedBytes(['g']), [Buffer.byteLength(given.message)]);
    },
  },
  {
    name: 'the order is that of time, whatever the order of arrival; of equal times the earlier arrival comes first',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [5, 1, 9], b: [5, 3] });
      await logEvents.append('g', 'a', [event(5, 'a5 again'), event(2, 'a2')]);
      const expected = ['a1', 'a2', 'b3', 'a5', 'b5', 'a5 again', 'a9'];
      assert.deepEqual(await messages(logEvents), expected);
      assert.deepEqual(await messages(logEvents, { descending: true }), expected.toReversed());
    },
  },
  {
    name: 'bounds of time: from is included, before is not',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [1, 2, 3, 4] });
      for (const streams of [undefined, ['a']]) {
        const bounds = { streams, from: NOW + 2, before: NOW + 4 };
        assert.deepEqual(await messages(logEvents, bounds), ['a2', 'a3']);
        assert.deepEqual(await messages(logEvents, { ...bounds, descending: true }), ['a3', 'a2']);
        const outside = { timestamp: NOW + 9, sequence: 0n };
        const early = { timestamp: NOW - 9, sequence: 0n };
        for (const nothing of [
          { from: NOW + 3, before: NOW + 3 },
          { ...bounds, beyond: outside },
          { ...bounds, beyond: early, descending: true },
        ]) {
          assert.deepEqual(await messages(logEvents, { streams, ...nothing }), []);
        }
        assert.deepEqual(await messages(logEvents, { ...bounds, beyond: early }), ['a2', 'a3']);
        const back = { ...bounds, beyond: outside, descending: true };
        assert.deepEqual(await messages(logEvents, back), ['a3', 'a2']);
      }
    },
  },
  {
    name: 'some streams only: one, several, unknown ones, none',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [1, 4], b: [2, 5], c: [3, 6] });
      assert.deepEqual(await messages(logEvents, { streams: ['b'] }), ['b2', 'b5']);
      assert.deepEqual(await messages(logEvents, { streams: ['c', 'a', 'x'] }), ['a1', 'c3', 'a4', 'c6']);
      assert.deepEqual(await messages(logEvents, { streams: ['c', 'a'], descending: true, maxEvents: 3 }), [
        'c6',
        'a4',
        'c3',
      ]);
      assert.deepEqual(await messages(logEvents, { streams: ['x'] }), []);
      assert.deepEqual(await messages(logEvents, { streams: [] }), []);
    },
  },
  {
    name: 'a page goes on behind the last event of the one before, in both directions',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [1, 1, 1, 2, 3], b: [1, 1, 4] });
      const all = ['a1', 'a1', 'a1', 'b1', 'b1', 'a2', 'a3', 'b4'];
      for (const streams of [undefined, ['a', 'b']]) {
        assert.deepEqual(await paged(logEvents, { streams }), all);
        assert.deepEqual(await paged(logEvents, { streams, descending: true }), all.toReversed());
      }
      assert.deepEqual(await paged(logEvents, { streams: ['b'] }), ['b1', 'b1', 'b4']);
    },
  },
  {
    name: 'a page ends at its characters, but has at least one event',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [] });
      await logEvents.append('g', 'a', [event(1, 'x'.repeat(60)), event(2, 'y'.repeat(60)), event(3, 'z')]);
      for (const streams of [undefined, ['a'], ['a', 'b']]) {
        const { events, more } = await logEvents.read('g', query({ streams, maxChars: 100 }));
        assert.deepEqual([events.length, more], [1, true]);
        const rest = await logEvents.read('g', query({ streams, maxChars: 61, beyond: events[0] }));
        assert.deepEqual([rest.events.length, rest.more], [2, false]);
        assert.equal((await logEvents.read('g', query({ streams, maxChars: 1 }))).events.length, 1);
      }
    },
  },
  {
    name: 'groups and streams that do not exist: additions are refused, everything else finds nothing',
    async run({ storage: { logEvents } }) {
      await logEvents.create('g');
      await rejectsWith('missing', logEvents.append('none', 's', [event(1)]));
      await rejectsWith('missing', logEvents.append('g', 'none', [event(1)]));
      await rejectsWith('missing', logEvents.createStream('none', 's', NOW));
      assert.equal(await logEvents.removeStream('none', 's'), false);
      assert.equal(await logEvents.removeStream('g', 's'), false);
      assert.deepEqual(await logEvents.read('none', query()), { events: [], more: false });
      assert.deepEqual(await logEvents.streams('none', listing()), []);
      assert.equal(await logEvents.trim('none', NOW, 10), 0);
      assert.deepEqual(await logEvents.storedBytes(['none', 'g']), [0, 0]);
      await logEvents.drop('none');
    },
  },
  {
    name: 'a stream is created once; creating a group again leaves it as it is',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [1] });
      assert.equal(await logEvents.createStream('g', 'a', NOW + 9), false);
      await logEvents.create('g');
      assert.deepEqual(await messages(logEvents), ['a1']);
      assert.equal((await logEvents.streams('g', listing()))[0]!.state.createdAt, NOW);
    },
  },
  {
    name: "a stream's state follows its events",
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [] });
      const state = async () => (await logEvents.streams('g', listing()))[0]!.state;
      const empty = { name: 'a', createdAt: NOW };
      const none = { firstTimestamp: undefined, lastTimestamp: undefined };
      assert.deepEqual(await state(), { ...empty, ...none, lastIngestedAt: undefined });
      await logEvents.append('g', 'a', [event(5), event(9)]);
      await logEvents.append('g', 'a', [{ ...event(2), ingestedAt: NOW + 700 }]);
      assert.deepEqual(await state(), {
        ...empty,
        firstTimestamp: NOW + 2,
        lastTimestamp: NOW + 9,
        lastIngestedAt: NOW + 700,
      });
      assert.equal(await logEvents.trim('g', NOW + 6, 10), 2);
      assert.equal((await state()).firstTimestamp, NOW + 9);
      await logEvents.trim('g', NOW + 100, 10);
      assert.deepEqual(await state(), { ...empty, ...none, lastIngestedAt: NOW + 700 });
    },
  },
  {
    name: 'lists streams by name, with a prefix, page by page, in both directions',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, {
        'b/2': [],
        a: [],
        'b/1': [],
        c: [],
        'b/1x': [],
        é: [],
        '😀': [],
        '\ufffd': [],
      });
      const all = ['a', 'b/1', 'b/1x', 'b/2', 'c', 'é', '\ufffd', '😀'];
      assert.deepEqual(await names(logEvents), all);
      assert.deepEqual(await names(logEvents, { descending: true }), all.toReversed());
      assert.deepEqual(await names(logEvents, { prefix: 'b/' }), ['b/1', 'b/1x', 'b/2']);
      assert.deepEqual(await names(logEvents, { prefix: 'b/1', descending: true }), ['b/1x', 'b/1']);
      assert.deepEqual(await names(logEvents, { prefix: 'b/', maxStreams: 2 }), ['b/1', 'b/1x']);
      const beyond = { name: 'b/1x', lastTimestamp: -1 };
      assert.deepEqual(await names(logEvents, { prefix: 'b/', beyond }), ['b/2']);
      assert.deepEqual(await names(logEvents, { prefix: 'b/', beyond, descending: true }), ['b/1']);
      assert.deepEqual(await names(logEvents, { prefix: 'x' }), []);
    },
  },
  {
    name: 'lists streams by the time of their latest event, page by page, in both directions',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [3], b: [], c: [1, 5], d: [5, 2], e: [] });
      const all = ['b', 'e', 'a', 'c', 'd'];
      for (const descending of [false, true]) {
        const found: string[] = [];
        let beyond: LogStreamQuery['beyond'];
        for (;;) {
          const over = { order: 'lastTimestamp', descending, beyond, maxStreams: 2 } as const;
          const page = await logEvents.streams('g', listing(over));
          if (page.length === 0) break;
          found.push(...page.map(({ state }) => state.name));
          beyond = page.at(-1)!.place;
        }
        assert.deepEqual(found, descending ? all.toReversed() : all);
      }
    },
  },
  {
    name: 'a removed stream is gone with its events, and its name is free at once',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [1, 2], b: [1, 3] });
      assert.equal(await logEvents.removeStream('g', 'a'), true);
      assert.equal(await logEvents.createStream('g', 'a', NOW), true);
      await logEvents.append('g', 'a', [event(2, 'new')]);
      assert.deepEqual(await logEvents.storedBytes(['g']), [7]);
      assert.deepEqual(await messages(logEvents), ['b1', 'new', 'b3']);
      assert.deepEqual(await messages(logEvents, { streams: ['a', 'b'] }), ['b1', 'new', 'b3']);
      assert.deepEqual(await messages(logEvents, { streams: ['a'] }), ['new']);
      assert.equal(await logEvents.trim('g', NOW, 10), 0);
    },
  },
  {
    name: 'streams and events survive a restart, also when something was removed just before',
    reopens: true,
    async run({ storage, reopen }) {
      await filled(storage.logEvents, { a: [1, 2], b: [1, 3], c: [] });
      await storage.logEvents.removeStream('g', 'a');
      await storage.logEvents.create('other');
      await storage.logEvents.drop('other');
      const { logEvents } = await reopen();
      assert.deepEqual(await messages(logEvents), ['b1', 'b3']);
      assert.deepEqual(await names(logEvents), ['b', 'c']);
      assert.deepEqual(await logEvents.storedBytes(['g', 'other']), [4, 0]);
      await logEvents.append('g', 'b', [event(2, 'b2')]);
      assert.deepEqual(await messages(logEvents), ['b1', 'b2', 'b3']);
    },
  },
  {
    name: 'a dropped group is gone; another one of its name starts empty',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [1] });
      await logEvents.drop('g');
      await rejectsWith('missing', logEvents.append('g', 'a', [event(1)]));
      await logEvents.create('g');
      assert.deepEqual(await messages(logEvents), []);
      assert.deepEqual(await names(logEvents), []);
    },
  },
  {
    name: 'trims the oldest first, at most so many, and counts bytes right',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [4, 1, 3], b: [2, 5] });
      assert.deepEqual(await logEvents.storedBytes(['g']), [10]);
      assert.equal(await logEvents.trim('g', NOW + 5, 3), 3);
      assert.deepEqual(await messages(logEvents), ['a4', 'b5']);
      assert.deepEqual(await logEvents.storedBytes(['g']), [4]);
      assert.equal(await logEvents.trim('g', NOW + 5, 3), 1);
      assert.equal(await logEvents.trim('g', NOW + 5, 3), 0);
      assert.deepEqual(await messages(logEvents, { streams: ['b'] }), ['b5']);
      assert.deepEqual(await names(logEvents), ['a', 'b']);
    },
  },
  {
    name: 'sequences are never used twice, whatever is trimmed',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [1, 2] });
      const before = (await logEvents.read('g', query())).events.at(-1)!.sequence;
      await logEvents.trim('g', NOW + 100, 10);
      await logEvents.append('g', 'a', [event(2)]);
      assert.ok((await logEvents.read('g', query())).events[0]!.sequence > before);
    },
  },
  {
    name: 'a thousand events in any order, to two streams at once',
    async run({ storage: { logEvents } }) {
      await filled(logEvents, { a: [], b: [] });
      const times = Array.from({ length: 1_000 }, (_, index) => (index * 7_919) % 1_000);
      await Promise.all(times.map((time) => logEvents.append('g', time % 2 ? 'a' : 'b', [event(time)])));
      const { events, more } = await logEvents.read('g', query({ maxEvents: 2_000 }));
      assert.equal(more, false);
      assert.deepEqual(
        events.map(({ timestamp }) => timestamp - NOW),
        times.toSorted((x, y) => x - y),
      );
      const last = await messages(logEvents, { streams: ['a'], descending: true, maxEvents: 2 });
      assert.deepEqual(last, ['at 999', 'at 997']);
      assert.equal(await logEvents.trim('g', NOW + 600, 1_000), 600);
      assert.equal((await messages(logEvents, { streams: ['b'], maxEvents: 1_000 })).length, 200);
    },
  },
];
