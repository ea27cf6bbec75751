import assert from 'node:assert/strict';
import type { NewParked } from '../../../src/engine/ports/storage.ts';
import type { Behaviour } from './behaviour.ts';

const row = (due: number, over: Partial<NewParked> = {}): NewParked => ({
  lane: 'lane',
  log: 'bus',
  positions: [BigInt(due)],
  due,
  state: { attempt: 1 },
  ...over,
});

export const parkedBehaviours: readonly Behaviour[] = [
  {
    name: 'leases what is due, earliest first, at most so many',
    async run({ storage: { parked } }) {
      const ids = await parked.put([row(30), row(10), row(20), row(40), row(10, { lane: 'other' })]);
      assert.equal(new Set(ids).size, 5);
      const leased = await parked.lease('lane', 30, 100, 2);
      assert.deepEqual(leased, [
        { id: ids[1], ...row(10) },
        { id: ids[2], ...row(20) },
      ]);
      assert.deepEqual(
        (await parked.lease('lane', 30, 100, 10)).map(({ due }) => due),
        [30],
      );
      assert.deepEqual(await parked.lease('lane', 30, 100, 10), []);
      assert.deepEqual(await parked.lease('nobody', 30, 100, 10), []);
    },
  },
  {
    name: 'finds the row that points at a position, leased or not',
    async run({ storage: { parked } }) {
      const ids = await parked.put([
        row(10, { positions: [3n] }),
        row(20, { positions: [2n, 5n, 9n] }),
        row(30, { positions: [4n, 6n, 8n] }),
        row(40, { positions: [7n], log: 'another' }),
      ]);
      await parked.lease('lane', 20, 1_000, 10);
      const found = async (position: bigint, log = 'bus', lane = 'lane') =>
        (await parked.find(lane, log, position))?.id;
      assert.deepEqual(await parked.find('lane', 'bus', 3n), {
        id: ids[0],
        ...row(1_000, { positions: [3n] }),
      });
      assert.equal(await found(5n), ids[1]);
      assert.equal(await found(9n), ids[1]);
      assert.equal(await found(8n), ids[2]);
      assert.equal(await found(7n), undefined);
      assert.equal(await found(7n, 'another'), ids[3]);
      assert.equal(await found(1n), undefined);
      assert.equal(await found(3n, 'bus', 'nobody'), undefined);
    },
  },
  {
    name: 'a lease that is not settled comes back at its time',
    async run({ storage: { parked } }) {
      const [id] = await parked.put([row(10)]);
      await parked.lease('lane', 10, 50, 10);
      assert.equal(await parked.nextDue('lane'), 50);
      assert.deepEqual(await parked.lease('lane', 49, 90, 10), []);
      assert.deepEqual(
        (await parked.lease('lane', 50, 90, 10)).map((leased) => leased.id),
        [id],
      );
    },
  },
  {
    name: 'settles: removes and puts; unknown ids are ignored',
    async run({ storage: { parked } }) {
      const ids = await parked.put([row(10), row(20), row(30)]);
      const put = await parked.settle([ids[0]!, ids[2]!, 999_999_999n], [row(5), row(15)]);
      assert.equal(put.length, 2);
      assert.deepEqual(
        (await parked.lease('lane', 100, 200, 10)).map((leased) => [leased.due, leased.id]),
        [
          [5, put[0]],
          [15, put[1]],
          [20, ids[1]],
        ],
      );
      await parked.settle([...put, ids[1]!], []);
      assert.deepEqual(await parked.lanes(), []);
      assert.equal(await parked.nextDue('lane'), undefined);
    },
  },
  {
    name: 'settles made at the same time all take place',
    async run({ storage: { parked } }) {
      const ids = await parked.put(Array.from({ length: 100 }, (_, index) => row(index + 1)));
      const put = await Promise.all(
        ids.map((id, index) => parked.settle([id], index % 2 === 0 ? [row(500 + index)] : [])),
      );
      assert.equal(new Set(put.flat()).size, 50);
      const [backlog] = await parked.lanes();
      assert.deepEqual(backlog, { lane: 'lane', log: 'bus', rows: 50, positions: 50, nextDue: 500 });
      assert.ok(
        put.flat().every((id) => !ids.includes(id)),
        'ids are not used twice',
      );
    },
  },
  {
    name: 'keeps all positions of a chunk, however far apart',
    firstPosition: 9_007_199_254_740_993n,
    async run({ storage: { parked } }) {
      const start = 9_007_199_254_740_993n;
      const table = [
        [1n],
        [1n, 2n],
        [start],
        Array.from({ length: 256 }, (_, index) => start + BigInt(index)),
        [0n, 127n, 255n, 16_639n, 9_007_199_254_740_993n, 9_223_372_036_854_775_807n],
      ];
      await parked.put(table.map((positions, index) => row(index, { positions })));
      const leased = await parked.lease('lane', 10, 20, 10);
      assert.deepEqual(
        leased.map(({ positions }) => positions),
        table,
      );
    },
  },
  {
    name: 'keeps any state, also none',
    async run({ storage: { parked } }) {
      const states = [{ text: 'é😀' }, null, undefined, [1, 2], 'text'];
      await parked.put(states.map((state, index) => row(index, { state })));
      assert.deepEqual(
        (await parked.lease('lane', 10, 20, 10)).map(({ state }) => state),
        states,
      );
    },
  },
  {
    name: 'sums up lanes: rows, positions, earliest due time',
    async run({ storage: { parked } }) {
      await parked.put([
        row(30, { lane: 'a', positions: [5n, 6n, 7n] }),
        row(20, { lane: 'a' }),
        row(40, { lane: 'b' }),
        row(50, { lane: 'b', log: 'second' }),
      ]);
      const lanes = await parked.lanes();
      assert.deepEqual(
        lanes.toSorted((x, y) => `${x.lane} ${x.log}`.localeCompare(`${y.lane} ${y.log}`)),
        [
          { lane: 'a', log: 'bus', rows: 2, positions: 4, nextDue: 20 },
          { lane: 'b', log: 'bus', rows: 1, positions: 1, nextDue: 40 },
          { lane: 'b', log: 'second', rows: 1, positions: 1, nextDue: 50 },
        ],
      );
      assert.equal(await parked.nextDue('b'), 40);
      const leased = await parked.lease('b', 60, 70, 10);
      assert.deepEqual(
        leased.map(({ log, due }) => [log, due]),
        [
          ['bus', 40],
          ['second', 50],
        ],
      );
    },
  },
  {
    name: 'knows the lowest position of a log that anything points at',
    async run({ storage: { parked } }) {
      assert.equal(await parked.lowest('bus'), undefined);
      const ids = await parked.put([
        row(1, { lane: 'a', positions: [7n, 900n] }),
        row(2, { lane: 'b', positions: [5n, 6n] }),
        row(3, { lane: 'c', log: 'second', positions: [1n] }),
      ]);
      assert.equal(await parked.lowest('bus'), 5n);
      await parked.settle([ids[1]!], []);
      assert.equal(await parked.lowest('bus'), 7n);
      await parked.settle([ids[0]!], []);
      assert.equal(await parked.lowest('bus'), undefined);
      assert.equal(await parked.lowest('second'), 1n);
    },
  },
  {
    name: 'drops a lane',
    async run({ storage: { parked } }) {
      const [id] = await parked.put([row(1), row(2), row(3, { lane: 'other' })]);
      await parked.dropLane('lane');
      await parked.dropLane('lane');
      assert.deepEqual(await parked.lease('lane', 10, 20, 10), []);
      assert.equal(await parked.nextDue('lane'), undefined);
      assert.deepEqual(
        (await parked.lanes()).map(({ lane }) => lane),
        ['other'],
      );
      const [again] = await parked.put([row(1)]);
      assert.ok(again! > id!);
    },
  },
  {
    name: 'survives a restart, and ids are not used twice',
    reopens: true,
    async run({ storage, reopen }) {
      const ids = await storage.parked.put([row(10, { positions: [1n, 2n] }), row(20)]);
      await storage.parked.settle([ids[1]!], []);
      const { parked } = await reopen();
      assert.deepEqual(await parked.lanes(), [
        { lane: 'lane', log: 'bus', rows: 1, positions: 2, nextDue: 10 },
      ]);
      const [next] = await parked.put([row(30)]);
      assert.ok(!ids.includes(next!));
      assert.deepEqual(
        (await parked.lease('lane', 50, 60, 10)).map(({ id }) => id),
        [ids[0], next],
      );
    },
  },
];
