import assert from 'node:assert/strict';
import type { DeadLetterStore, NewDeadLetter } from '../../../src/engine/ports/storage.ts';
import type { Behaviour } from './behaviour.ts';

const letter = (id: string, over: Partial<NewDeadLetter> = {}): NewDeadLetter => ({
  id,
  createdAt: 1_000,
  eventId: `event-${id}`,
  bus: 'bus',
  rule: 'rule',
  target: 'target',
  document: { reason: 'naïve 😀' },
  ...over,
});

const idsOf = async (letters: DeadLetterStore): Promise<string[]> =>
  (await letters.list({ max: 1_000 })).map(({ id }) => id);

export const deadLetterBehaviours: readonly Behaviour[] = [
  {
    name: 'gets and lists letters, oldest first',
    async run({ storage: { deadLetters } }) {
      await deadLetters.put([letter('a'), letter('b')]);
      await deadLetters.put([letter('c')]);
      const [a, b, c] = await deadLetters.list({ max: 10 });
      assert.deepEqual(a, { sequence: a!.sequence, ...letter('a') });
      assert.deepEqual([b?.id, c?.id], ['b', 'c']);
      assert.deepEqual(await deadLetters.get('b'), b);
      assert.equal(await deadLetters.get('z'), undefined);
      assert.equal(await deadLetters.count(), 3);
    },
  },
  {
    name: 'filters by bus and rule, and continues behind a row',
    async run({ storage: { deadLetters } }) {
      const table: [string, string, string][] = [
        ['1', 'x', 'r'],
        ['2', 'x', 's'],
        ['3', 'y', 'r'],
        ['4', 'x', 'r'],
        ['5', 'y', 's'],
      ];
      await deadLetters.put(table.map(([id, bus, rule]) => letter(id, { bus, rule })));
      const list = async (filter: object): Promise<string[]> =>
        (await deadLetters.list({ max: 10, ...filter })).map(({ id }) => id);
      assert.deepEqual(await list({ bus: 'x' }), ['1', '2', '4']);
      assert.deepEqual(await list({ rule: 'r' }), ['1', '3', '4']);
      assert.deepEqual(await list({ bus: 'x', rule: 'r' }), ['1', '4']);
      assert.deepEqual(await list({ bus: 'z' }), []);
      assert.deepEqual(await list({ max: 2 }), ['1', '2']);
      const second = await deadLetters.get('2');
      assert.deepEqual(await list({ after: second!.sequence, max: 2 }), ['3', '4']);
      assert.deepEqual(await list({ after: second!.sequence, bus: 'x' }), ['4']);
    },
  },
  {
    name: 'a repeat replaces the earlier letter and goes to the end',
    async run({ storage: { deadLetters } }) {
      await deadLetters.put([letter('a'), letter('b')]);
      await deadLetters.put([letter('a', { createdAt: 2_000, document: { again: true } }), letter('c')]);
      assert.deepEqual(await idsOf(deadLetters), ['b', 'a', 'c']);
      assert.deepEqual((await deadLetters.get('a'))?.document, { again: true });
      assert.equal(await deadLetters.count(), 3);
    },
  },
  {
    name: 'removes by id and says how many',
    async run({ storage: { deadLetters } }) {
      await deadLetters.put([letter('a'), letter('b'), letter('c')]);
      assert.equal(await deadLetters.remove(['a', 'c', 'z']), 2);
      assert.equal(await deadLetters.remove(['a']), 0);
      assert.deepEqual(await idsOf(deadLetters), ['b']);
      assert.equal(await deadLetters.count(), 1);
    },
  },
  {
    name: 'trims by count and by age, at most so many a call',
    async run({ storage: { deadLetters } }) {
      await deadLetters.put(
        Array.from({ length: 10 }, (_, index) => letter(`${index}`, { createdAt: index * 100 })),
      );
      assert.equal(await deadLetters.trim(0, 8, 100), 2);
      assert.deepEqual((await idsOf(deadLetters))[0], '2');
      assert.equal(await deadLetters.trim(500, 100, 2), 2);
      assert.equal(await deadLetters.trim(500, 100, 2), 1);
      assert.equal(await deadLetters.trim(500, 100, 2), 0);
      assert.deepEqual(await idsOf(deadLetters), ['5', '6', '7', '8', '9']);
      assert.equal(await deadLetters.trim(700, 4, 100), 2, 'both at once');
      assert.equal(await deadLetters.count(), 3);
    },
  },
  {
    name: 'survives a restart',
    reopens: true,
    async run({ storage, reopen }) {
      await storage.deadLetters.put([letter('a'), letter('b')]);
      const before = await storage.deadLetters.list({ max: 10 });
      const { deadLetters } = await reopen();
      assert.deepEqual(await deadLetters.list({ max: 10 }), before);
      await deadLetters.put([letter('c')]);
      assert.deepEqual(await idsOf(deadLetters), ['a', 'b', 'c']);
      assert.equal(await deadLetters.count(), 3);
    },
  },
];
