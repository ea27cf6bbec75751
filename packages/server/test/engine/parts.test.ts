import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fifo } from '../../src/engine/fifo.ts';
import { LogTail } from '../../src/engine/ingest/tail.ts';
import { Breaker } from '../../src/engine/lane/breaker.ts';
import { Budget } from '../../src/engine/lane/budget.ts';
import { DueTimes } from '../../src/engine/lane/due-times.ts';
import { Spill } from '../../src/engine/lane/spill.ts';
import { Tracker } from '../../src/engine/route/tracker.ts';
import type { LogRecord } from '../../src/engine/ports/storage.ts';
import { limits } from '../../src/model/limits.ts';
import { FakeClock } from './fake-clock.ts';

test('tracker: the cursor is the lowest position that is still outstanding', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ gap: fc.nat(3), count: fc.nat(3) }), { maxLength: 900 }),
      fc.nat(),
      (steps, seed) => {
        const tracker = new Tracker(1n);
        const open: { position: bigint; ordinal: number; left: number }[] = [];
        let position = 1n;
        let salt = seed;
        for (const { gap, count } of steps) {
          position += BigInt(gap);
          if (count > 0) open.push({ position, ordinal: tracker.open(position, count), left: count });
          position += 1n;
          tracker.head = position;
          salt = (salt * 48_271 + 11) % 2_147_483_647;
          const victim = open[salt % Math.max(open.length * 2, 1)];
          if (victim) {
            tracker.settle(victim.ordinal);
            if (--victim.left === 0) open.splice(open.indexOf(victim), 1);
          }
          assert.equal(tracker.cursor, open[0]?.position ?? position);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('tracker: a full window says when it has room again', () => {
  const tracker = new Tracker(1n, 2);
  let room = 0;
  tracker.onRoom = () => room++;
  const first = tracker.open(1n, 1);
  const second = tracker.open(2n, 1);
  assert.equal(tracker.full, true);
  tracker.settle(second);
  assert.equal(room, 0);
  tracker.settle(first);
  assert.equal(room, 1);
  assert.equal(tracker.size, 0);
});

test('breaker: opens after failures in a row, probes with growing pauses, closes on success', () => {
  const breaker = new Breaker();
  for (let index = 1; index < limits.breakerFailures; index++) assert.equal(breaker.failed(0), false);
  breaker.succeeded();
  for (let index = 1; index < limits.breakerFailures; index++) assert.equal(breaker.failed(0), false);
  assert.equal(breaker.failed(0), true);
  const pauses: number[] = [];
  let now = 0;
  for (let probe = 0; probe < 7; probe++) {
    pauses.push(breaker.until - now);
    assert.equal(breaker.tryHalfOpen(breaker.until - 1), false);
    now = breaker.until;
    assert.equal(breaker.tryHalfOpen(now), true);
    assert.equal(breaker.failed(now), true);
  }
  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  breaker.tryHalfOpen(breaker.until);
  breaker.succeeded();
  assert.equal(breaker.state, 'closed');
  assert.equal(breaker.failures, 0);
});

test('budget: bounds of a lane, of all lanes, and the guaranteed minimum', () => {
  const budget = new Budget({ laneDeliveries: 4, laneMinimum: 1, bytes: 100 });
  const rows: [held: number, used: number, bytes: number, admitted: boolean][] = [
    [0, 0, 50, true],
    [3, 0, 50, true],
    [4, 0, 1, false],
    [1, 90, 11, false],
    [1, 90, 10, true],
    [0, 100, 50, true],
  ];
  for (const [held, used, bytes, admitted] of rows) {
    budget.take(used);
    assert.equal(budget.admits(held, bytes), admitted);
    budget.give(used);
  }
  assert.equal(budget.room(0, 10), 4);
  budget.take(90);
  assert.equal(budget.room(1, 10), 1);
  assert.equal(budget.room(0, 100), 1);
  assert.equal(budget.room(1, 100), 0);
});

test('due times: one timer, in order, the earliest wish counts', async () => {
  const clock = new FakeClock(0);
  const due = new DueTimes(clock);
  const woken: string[] = [];
  const client = (name: string) => ({
    dueAt: Infinity,
    onDue: (now: number) => void woken.push(`${name}@${now}`),
  });
  const [a, b, c] = [client('a'), client('b'), client('c')];
  due.wakeAt(a, 300);
  due.wakeAt(b, 100);
  due.wakeAt(a, 200);
  due.wakeAt(a, 250);
  due.wakeAt(c, 100);
  assert.equal(clock.timers, 1);
  await clock.advance(1_000);
  assert.deepEqual(woken.sort(), ['a@200', 'b@100', 'c@100']);
});

test('spill: chunks of ascending positions that keep their places', () => {
  const spill = new Spill();
  for (const [position, ordinal] of [
    [5n, 50],
    [6n, 60],
    [1n, 10],
    [2n, 20],
    [9n, 90],
  ] as const) {
    spill.add(position, ordinal, 0);
  }
  assert.deepEqual(spill.takeChunks(2), [
    { positions: [1n, 2n], ordinals: [10, 20] },
    { positions: [5n, 6n], ordinals: [50, 60] },
    { positions: [9n], ordinals: [90] },
  ]);
  assert.equal(spill.length, 0);
});

test('tail: holds the latest batches, forgets the oldest and those that were read', () => {
  const tail = new LogTail(30);
  const batch = (from: bigint, to: bigint): LogRecord[] => {
    const records: LogRecord[] = [];
    for (let position = from; position <= to; position++) {
      records.push({ position, eventId: '', ingestedAt: 0, account: '', event: '' });
    }
    return records;
  };
  tail.push('a', batch(1n, 3n), 10);
  tail.push('b', batch(1n, 1n), 10);
  tail.push('a', batch(4n, 5n), 10);
  assert.equal(tail.holding('a', 2n)?.first, 1n);
  assert.equal(tail.holding('a', 6n), undefined);
  assert.equal(tail.bytes, 10);
  tail.push('b', batch(2n, 2n), 10);
  tail.push('b', batch(3n, 3n), 15);
  assert.equal(tail.holding('b', 1n), undefined);
  assert.equal(tail.holding('b', 2n)?.last, 2n);
  tail.drop('b');
  assert.equal(tail.bytes, 0);
});

test('fifo: what goes in comes out in order', () => {
  const fifo = new Fifo<number>();
  let next = 0;
  for (let index = 0; index < 10_000; index++) {
    fifo.push(index);
    if (index % 3 === 0) assert.equal(fifo.shift(), next++);
  }
  assert.equal(fifo.length, 10_000 - next);
  assert.deepEqual([...fifo].slice(0, 2), [next, next + 1]);
  assert.equal(fifo.drain().at(-1), 9_999);
  assert.equal(fifo.shift(), undefined);
});
