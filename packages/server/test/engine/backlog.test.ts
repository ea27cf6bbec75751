import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backlog } from '../../src/engine/lane/backlog.ts';
import { Delivery } from '../../src/engine/lane/delivery.ts';
import { Ledger } from '../../src/engine/lane/ledger.ts';
import { Metrics } from '../../src/engine/metrics.ts';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { StorageError, type NewParked, type Storage } from '../../src/engine/ports/storage.ts';
import { Tracker } from '../../src/engine/route/tracker.ts';
import { StorageTrouble } from '../../src/engine/storage-trouble.ts';
import { limits } from '../../src/model/limits.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { FakeClock, turns } from './fake-clock.ts';

const LOG = 'log';
const LANE = 'uid/t';
const ORIGIN = { bus: 'bus', rule: 'rule', target: 'target' };

/** Holds calls of one method back until they are let go: before they take effect, or only their answer. */
class Latch {
  readonly #waiting: (() => void)[] = [];
  holding = false;

  wait(): Promise<void> {
    if (!this.holding) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async open(): Promise<void> {
    this.holding = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
    await turns(4);
  }
}

/** A backlog by itself, on a store whose answers can be held back. */
class Bench {
  readonly storage: Storage = createMemoryStorage();
  readonly clock = new FakeClock(0);
  readonly tracker = new Tracker(1n);
  readonly beforeSettle = new Latch();
  readonly afterSettle = new Latch();
  readonly afterLease = new Latch();
  readonly received: Delivery[] = [];
  readonly backlog: Backlog;

  constructor() {
    const { parked } = this.storage;
    const held: Storage['parked'] = {
      ...bound(parked),
      settle: async (done, put) => {
        await this.beforeSettle.wait();
        const ids = await parked.settle(done, put);
        await this.afterSettle.wait();
        return ids;
      },
      lease: async (lane, now, until, max) => {
        const rows = await parked.lease(lane, now, until, max);
        await this.afterLease.wait();
        return rows;
      },
    };
    const trouble = new StorageTrouble(silentLogger, new Metrics());
    const owner = {
      id: LANE,
      log: LOG,
      origin: ORIGIN,
      removed: false,
      probing: false,
      receive: (deliveries: readonly Delivery[]) => void this.received.push(...deliveries),
      pump: () => undefined,
      wakeAt: () => undefined,
    };
    const ledger = new Ledger(held, this.clock, trouble);
    const parts = {
      clock: this.clock,
      logger: silentLogger,
      log: this.storage.log,
      parked: held,
      ledger,
      trouble,
    };
    this.backlog = new Backlog(owner, parts, this.tracker);
  }

  static async start(events: number): Promise<Bench> {
    const bench = new Bench();
    await bench.storage.log.create(LOG);
    const records = Array.from({ length: events }, (_, index) => ({
      eventId: `e${index + 1}`,
      ingestedAt: 0,
      account: '',
      event: '{}',
    }));
    await bench.storage.log.append(LOG, records);
    return bench;
  }

  /** A delivery as the router hands it over. */
  async routed(position: bigint): Promise<Delivery> {
    const [record] = await this.storage.log.readAt(LOG, [position]);
    this.tracker.head = position + 1n;
    return new Delivery(record!, this.tracker.open(position, 1), undefined, 0);
  }

  async rows(): Promise<number> {
    return (await this.storage.parked.lanes()).reduce((sum, { rows }) => sum + rows, 0);
  }

  async refill(): Promise<Delivery[]> {
    for (let round = 0; round < 4; round++) {
      this.backlog.refill(100);
      await turns(3);
    }
    return this.received.splice(0);
  }
}

function bound(parked: Storage['parked']): Storage['parked'] {
  return {
    put: (items) => parked.put(items),
    lease: (...args) => parked.lease(...args),
    settle: (...args) => parked.settle(...args),
    lanes: () => parked.lanes(),
    nextDue: (lane) => parked.nextDue(lane),
    lowest: (log) => parked.lowest(log),
    find: (...args) => parked.find(...args),
    dropLane: (lane) => parked.dropLane(lane),
  };
}

test('the cursor passes a parked delivery only once its row is durable', async () => {
  const bench = await Bench.start(1);
  const delivery = await bench.routed(1n);
  bench.beforeSettle.holding = true;
  delivery.over = true;
  bench.backlog.repark(delivery, 100);
  await turns(4);
  assert.equal(bench.tracker.cursor, 1n);
  await bench.beforeSettle.open();
  assert.equal(bench.tracker.cursor, 2n);
  assert.equal(await bench.rows(), 1);
});

test('the cursor passes spilled positions only once their chunk is durable', async () => {
  const bench = await Bench.start(3);
  bench.beforeSettle.holding = true;
  for (let position = 1n; position <= 3n; position++) {
    const { ordinal } = await bench.routed(position);
    bench.backlog.spill(position, ordinal);
  }
  bench.backlog.flush();
  await turns(4);
  assert.equal(bench.tracker.cursor, 1n);
  assert.equal(bench.backlog.blocks, true);
  await bench.beforeSettle.open();
  assert.equal(bench.tracker.cursor, 4n);
  assert.deepEqual(
    (await bench.refill()).map(({ record }) => record.position),
    [1n, 2n, 3n],
  );
  assert.equal(bench.backlog.blocks, false);
});

test('a delivery that ends while its guard row is written settles once, and its row goes', async () => {
  const bench = await Bench.start(1);
  const [record] = await bench.storage.log.readAt(LOG, [1n]);
  // Two targets of one event: the cursor must wait for both.
  bench.tracker.head = 2n;
  const ordinal = bench.tracker.open(1n, 2);
  const [delivery, other] = [1, 2].map(() => new Delivery(record!, ordinal, undefined, 0));
  bench.beforeSettle.holding = true;
  bench.backlog.guardEach([delivery!]);
  delivery!.over = true;
  bench.backlog.release(delivery!);
  await bench.beforeSettle.open();
  assert.equal(bench.tracker.cursor, 1n);
  assert.equal(await bench.rows(), 0);
  bench.backlog.release(other!);
  assert.equal(bench.tracker.cursor, 2n);
  assert.equal(bench.backlog.idle, true);
});

test('a delivery that is parked while its guard row is written keeps exactly one row', async () => {
  const bench = await Bench.start(1);
  const delivery = await bench.routed(1n);
  bench.tracker.open(2n, 1);
  bench.beforeSettle.holding = true;
  bench.backlog.guardEach([delivery]);
  await turns(2);
  delivery.over = true;
  bench.backlog.repark(delivery, 100);
  await bench.beforeSettle.open();
  await turns(4);
  assert.equal(await bench.rows(), 1);
  assert.equal(bench.tracker.size, 1);
  assert.equal(bench.backlog.rows, 1);
});

test('a delivery that leaves memory while its guard row is written is read again from the row', async () => {
  const bench = await Bench.start(1);
  const delivery = await bench.routed(1n);
  bench.beforeSettle.holding = true;
  bench.backlog.guardTogether([delivery]);
  bench.backlog.dump(delivery);
  await bench.beforeSettle.open();
  assert.equal(bench.tracker.cursor, 2n);
  const [again] = await bench.refill();
  assert.equal(again?.record.position, 1n);
  bench.backlog.release(again);
  await turns(4);
  assert.equal(await bench.rows(), 0);
  assert.equal(bench.backlog.idle, true);
});

test('a guarded delivery of a chunk moves out of the chunk’s row', async () => {
  const bench = await Bench.start(2);
  for (let position = 1n; position <= 2n; position++) {
    bench.backlog.spill(position, (await bench.routed(position)).ordinal);
  }
  bench.backlog.flush();
  await turns(4);
  const [first, second] = await bench.refill();
  bench.backlog.guardEach([first!]);
  await turns(4);
  assert.equal(await bench.rows(), 2);
  bench.backlog.release(second!);
  await turns(4);
  assert.equal(await bench.rows(), 1);
  bench.backlog.release(first!);
  await turns(4);
  assert.equal(await bench.rows(), 0);
  assert.equal(bench.backlog.idle, true);
});

test('a row whose lease ran out while it is worked on is not delivered a second time', async () => {
  const bench = await Bench.start(1);
  bench.backlog.repark(await bench.routed(1n), 0);
  await turns(4);
  bench.backlog.due();
  assert.equal((await bench.refill()).length, 1);
  await bench.clock.advance(limits.parkedLeaseMs + 1);
  bench.backlog.due();
  assert.equal((await bench.refill()).length, 0);
});

test('a row that is removed while a lease shows it is not delivered a second time', async () => {
  const bench = await Bench.start(1);
  bench.backlog.repark(await bench.routed(1n), 0);
  await turns(4);
  bench.backlog.due();
  const [delivery] = await bench.refill();
  await bench.clock.advance(limits.parkedLeaseMs + 1);
  bench.afterLease.holding = true;
  bench.backlog.due();
  bench.backlog.refill(100);
  await turns(2);
  bench.backlog.release(delivery!);
  await turns(4);
  await bench.afterLease.open();
  assert.equal((await bench.refill()).length, 0);
  assert.equal(bench.backlog.rows, 0);
  assert.equal(bench.backlog.idle, true);
});

test('a guard row that is leased before its own writer hears of it is counted once', async () => {
  const bench = await Bench.start(2);
  bench.backlog.repark(await bench.routed(1n), 0);
  await turns(4);
  const delivery = await bench.routed(2n);
  bench.afterSettle.holding = true;
  bench.backlog.guardEach([delivery]);
  await turns(4);
  await bench.clock.advance(limits.parkedLeaseMs + 1);
  bench.backlog.due();
  const leased = await bench.refill();
  assert.deepEqual(
    leased.map(({ record }) => record.position),
    [1n, 2n],
  );
  await bench.afterSettle.open();
  for (const each of [delivery, ...leased]) bench.backlog.release(each);
  await turns(4);
  assert.equal(bench.backlog.rows, 0);
  assert.equal(bench.tracker.size, 0);
  assert.equal(bench.backlog.idle, true);
});

test('a read that fails leaves everything to be read again', async () => {
  const bench = await Bench.start(2);
  for (let position = 1n; position <= 2n; position++) {
    bench.backlog.spill(position, (await bench.routed(position)).ordinal);
  }
  const readAt = bench.storage.log.readAt.bind(bench.storage.log);
  bench.storage.log.readAt = () => Promise.reject(new StorageError('io', 'broken'));
  assert.equal((await bench.refill()).length, 0);
  assert.equal(bench.backlog.spilled, 2);
  bench.backlog.flush();
  await turns(4);
  assert.equal((await bench.refill()).length, 0);
  bench.storage.log.readAt = readAt;
  assert.equal((await bench.refill()).length, 2);
});

test('an event that is gone from the log does not hold up its row', async () => {
  const bench = await Bench.start(2);
  for (let position = 1n; position <= 2n; position++) {
    bench.backlog.spill(position, (await bench.routed(position)).ordinal);
  }
  bench.backlog.flush();
  await turns(4);
  await bench.storage.log.trim(LOG, 2n, 10);
  const deliveries = await bench.refill();
  assert.deepEqual(
    deliveries.map(({ record }) => record.position),
    [2n],
  );
  bench.backlog.release(deliveries[0]!);
  await turns(4);
  assert.equal(await bench.rows(), 0);
});

test('ledger: a removal never goes ahead of the row that replaces it, however many rows wait', async () => {
  const storage = createMemoryStorage();
  const calls: { done: number; put: number }[] = [];
  const parked = bound(storage.parked);
  let fail = true;
  const trouble = new StorageTrouble(silentLogger, new Metrics());
  const clock = new FakeClock(0);
  const counting: Storage['parked'] = {
    ...parked,
    settle: async (done, put) => {
      if (fail) throw new StorageError('full', 'no space left');
      calls.push({ done: done.length, put: put.length });
      return parked.settle(done, put);
    },
  };
  const ledger = new Ledger(counting, clock, trouble);
  const item: NewParked = { lane: LANE, log: LOG, positions: [1n], due: 0, state: {} };
  let durable = 0;
  for (let index = 0; index < limits.parkedWriteRows * 2 + 1; index++) {
    ledger.park(item, () => durable++);
    ledger.remove(BigInt(index), () => durable++);
  }
  await clock.advance(1_000);
  assert.equal(durable, 0);
  fail = false;
  await clock.advance(1_000);
  await ledger.idle();
  assert.equal(durable, 2 * (limits.parkedWriteRows * 2 + 1));
  assert.deepEqual(calls, [
    { done: 0, put: limits.parkedWriteRows },
    { done: 0, put: limits.parkedWriteRows },
    { done: limits.parkedWriteRows * 2 + 1, put: 1 },
  ]);
});
