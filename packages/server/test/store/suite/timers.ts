import assert from 'node:assert/strict';
import type { Timer } from '../../../src/engine/ports/timer-storage.ts';
import type { Behaviour } from './behaviour.ts';

const timer = (id: string, dueAt: number, document: unknown = { n: dueAt }): Timer => ({
  id,
  dueAt,
  document,
});
const idsOf = (timers: readonly Timer[]): string[] => timers.map(({ id }) => id);

/** Far more than a page of the store's own. */
const MANY = 3_000;

export const timerBehaviours: readonly Behaviour[] = [
  {
    name: 'answers what is due, earliest first and of one time by id, at most so many',
    async run({ storage: { timers } }) {
      assert.equal(await timers.nextDue(), undefined);
      await timers.change([], [timer('c', 20), timer('b', 10), timer('a', 20), timer('d', 30)]);
      assert.equal(await timers.nextDue(), 10);
      assert.deepEqual(await timers.due(9, 10), []);
      assert.deepEqual(await timers.due(20, 10), [timer('b', 10), timer('a', 20), timer('c', 20)]);
      assert.deepEqual(idsOf(await timers.due(99, 2)), ['b', 'a']);
      assert.deepEqual(idsOf(await timers.due(20, 10)), ['b', 'a', 'c'], 'they stay until they are changed');
    },
  },
  {
    name: 'one timer an id: putting it again moves it, and takes its document along',
    async run({ storage: { timers } }) {
      await timers.change([], [timer('a', 10, { revision: 1 }), timer('b', 15)]);
      await timers.change([], [timer('a', 20, { revision: 2 })]);
      assert.equal(await timers.count(), 2);
      assert.deepEqual(idsOf(await timers.due(10, 10)), []);
      assert.deepEqual(await timers.get(['a']), [timer('a', 20, { revision: 2 })]);
      await timers.change([], [timer('c', 1), timer('c', 2)]);
      assert.deepEqual(await timers.get(['c']), [timer('c', 2)], 'the later of one call counts');
    },
  },
  {
    name: 'removes and puts in one go; unknown ids are ignored; an id in both is put',
    async run({ storage: { timers } }) {
      await timers.change([], [timer('a', 10), timer('b', 20), timer('c', 30)]);
      await timers.change(['a', 'c', 'nobody'], [timer('c', 5), timer('d', 40)]);
      assert.deepEqual(idsOf(await timers.due(99, 10)), ['c', 'b', 'd']);
      assert.equal(await timers.count(), 3);
      await timers.change(['b', 'c', 'd'], []);
      assert.equal(await timers.nextDue(), undefined);
      assert.equal(await timers.count(), 0);
    },
  },
  {
    name: 'gets those that exist, each once',
    async run({ storage: { timers } }) {
      await timers.change([], [timer('a', 10), timer('b', 20)]);
      assert.deepEqual(idsOf(await timers.get(['b', 'nobody', 'a', 'b'])).sort(), ['a', 'b']);
      assert.deepEqual(await timers.get([]), []);
    },
  },
  {
    name: 'is never early: a fraction of a millisecond counts up',
    async run({ storage: { timers } }) {
      await timers.change([], [timer('a', 10.2)]);
      assert.equal(await timers.nextDue(), 11);
      assert.deepEqual(await timers.due(10.9, 10), []);
    },
  },
  {
    name: 'a document may be absent; text of any script comes back',
    async run({ storage: { timers } }) {
      await timers.change(
        [],
        [timer('a', 10, undefined), { id: 'b', dueAt: 20, document: { text: '\u{1f552} "x"' } }],
      );
      const [first, second] = await timers.due(99, 10);
      assert.deepEqual(first, { id: 'a', dueAt: 10, document: { n: 10 } });
      assert.deepEqual(second?.document, { text: '\u{1f552} "x"' });
      await timers.change([], [{ id: 'c', dueAt: 1, document: undefined }]);
      assert.deepEqual(await timers.due(1, 10), [{ id: 'c', dueAt: 1, document: undefined }]);
    },
  },
  {
    name: 'many of them, worked off in batches',
    async run({ storage: { timers } }) {
      await timers.change(
        [],
        Array.from({ length: MANY }, (_, n) => timer(`t${n}`, (n * 7_919) % MANY)),
      );
      assert.equal(await timers.count(), MANY);
      const seen: number[] = [];
      for (;;) {
        const due = await timers.due(MANY, 500);
        if (due.length === 0) break;
        seen.push(...due.map(({ dueAt }) => dueAt));
        await timers.change(idsOf(due), []);
      }
      assert.deepEqual(
        seen,
        Array.from({ length: MANY }, (_, n) => n),
      );
    },
  },
  {
    name: 'are still there when the store is opened again',
    reopens: true,
    async run({ storage, reopen }) {
      await storage.timers.change([], [timer('a', 10), timer('b', 20)]);
      await storage.timers.change(['a'], [timer('b', 25)]);
      const { timers } = await reopen();
      assert.deepEqual(await timers.due(99, 10), [timer('b', 25, { n: 25 })]);
      assert.equal(await timers.count(), 1);
    },
  },
];
