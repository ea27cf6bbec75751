import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import fc from 'fast-check';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import type { QueueMessage } from '../../src/engine/ports/queue-storage.ts';
import type { Storage } from '../../src/engine/ports/storage.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';

/**
 * Random histories: both stores, given the same calls at the same times, answer the same. Ids and sequences may differ
 * (one store leaves gaps), so they are told apart by the order in which they came.
 */

const RUNS = Number(process.env['MODEL_RUNS'] ?? 60);
const SECOND = 1_000;

const directory = await mkdtemp(join(tmpdir(), 'busbar-model-'));
const sqlite = await openSqliteStorage({ directory, logger: silentLogger });
after(async () => {
  await sqlite.close();
  await rm(directory, { recursive: true, force: true });
});

interface World {
  readonly storage: Storage;
  readonly name: string;
  /** What was received or put so far, in order: what later steps refer to by index. */
  readonly receipts: { sequence: bigint; receipt: number }[];
  readonly parked: bigint[];
}

type Step = (world: World, now: number) => Promise<unknown>;

const pick = <Item>(items: readonly Item[], index: number): Item[] => {
  const item = items[index % Math.max(items.length, 1)];
  return item === undefined ? [] : [item];
};

const withoutPlace = (message: QueueMessage): QueueMessage => ({ ...message, sequence: 0n, receipt: 0 });

const small = fc.nat(5);
const delay = fc.constantFrom(0, 0, 1, 400, SECOND, 3 * SECOND);

const queueStep: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(small, delay).map(
    ([count, after]): Step =>
      ({ storage, name }, now) =>
        storage.queues.send(
          name,
          Array.from({ length: count }, (_, n) => ({
            messageId: `${now}-${n}`,
            body: 'b',
            senderId: 's',
            sentAt: now,
            visibleAt: now + after * n,
          })),
        ),
  ),
  fc.tuple(small, delay, fc.nat(20), fc.boolean()).map(([max, hidden, age, redrives]): Step => {
    return async ({ storage, name, receipts }, now) => {
      const order = { max, now, visibleAgainAt: now + hidden, sentAfter: now - age * SECOND, maxInFlight: 9 };
      const redrive = redrives ? { maxReceives: 2, to: `${name}-dead`, source: 'q' } : undefined;
      const received = await storage.queues.receive(name, { ...order, redrive });
      receipts.push(...received.messages);
      return { ...received, messages: received.messages.map(withoutPlace) };
    };
  }),
  fc.tuple(small, fc.constantFrom('-dead', '')).map(
    ([count, from]): Step =>
      ({ storage, name }, now) =>
        storage.queues.move(`${name}${from}`, {
          now,
          sentAfter: 0,
          messageIds: Array.from({ length: count }, (_, n) => `moved-${now}-${n}`),
          to: from === '' ? new Map([['q', `${name}-dead`]]) : name,
        }),
  ),
  fc.constant<Step>(({ storage, name }, now) => storage.queues.counts(`${name}-dead`, now)),
  fc.nat().map(
    (index): Step =>
      ({ storage, name, receipts }, now) =>
        storage.queues.removeInFlight(name, pick(receipts, index), now),
  ),
  fc.tuple(fc.nat(), delay).map(([index, hidden]): Step => async ({ storage, name, receipts }, now) => {
    const again = await storage.queues.receiveAgain(name, pick(receipts, index), now + hidden, now);
    return again.map(withoutPlace);
  }),
  fc.nat().map(
    (index): Step =>
      ({ storage, name, receipts }) =>
        storage.queues.remove(name, pick(receipts, index)),
  ),
  fc.tuple(fc.nat(), delay).map(
    ([index, hidden]): Step =>
      ({ storage, name, receipts }, now) =>
        storage.queues.changeVisibility(name, pick(receipts, index), now + hidden, now),
  ),
  fc.tuple(fc.nat(20), small).map(
    ([age, max]): Step =>
      ({ storage, name }, now) =>
        storage.queues.expire(name, now - age * SECOND, max),
  ),
  fc.constant<Step>(({ storage, name }, now) => storage.queues.counts(name, now)),
  fc.constant<Step>(({ storage, name }) => storage.queues.nextVisible(name)),
);

const parkedStep: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.nat(), small, delay).map(([index, count, after]): Step => async (world, now) => {
    const put = Array.from({ length: count }, (_, n) => ({
      lane: `${world.name}-${n % 2}`,
      log: `${world.name}-${n % 3}`,
      positions: Array.from({ length: n + 1 }, (__, m) => BigInt(now + m * n * 100)),
      due: now + after,
      state: n,
    }));
    const ids = await world.storage.parked.settle(pick(world.parked, index), put);
    world.parked.push(...ids);
    return ids.length;
  }),
  fc.tuple(small, delay).map(([max, until]): Step => async ({ storage, name }, now) => {
    const leased = await storage.parked.lease(`${name}-0`, now, now + until, max);
    return leased.map((row) => ({ ...row, id: 0n }));
  }),
  fc.constant<Step>(async ({ storage, name }) => {
    const lanes = (await storage.parked.lanes()).filter(({ lane }) => lane.startsWith(`${name}-`));
    return lanes.toSorted((a, b) => (a.lane + a.log < b.lane + b.log ? -1 : 1));
  }),
  fc.constant<Step>(({ storage, name }) => storage.parked.lowest(`${name}-0`)),
  fc.constant<Step>(({ storage, name }) => storage.parked.nextDue(`${name}-0`)),
);

const logStep: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(small, fc.nat(2_000)).map(
    ([count, back]): Step =>
      ({ storage, name }, now) =>
        storage.log.append(
          name,
          Array.from({ length: count }, (_, n) => ({
            eventId: `${n}`,
            ingestedAt: now - back * n,
            account: '1',
            event: 'é'.repeat(n * 10),
          })),
        ),
  ),
  fc.tuple(fc.nat(60), small, fc.nat(100)).map(
    ([from, records, bytes]): Step =>
      ({ storage, name }) =>
        storage.log.read(name, BigInt(from), records + 1, bytes),
  ),
  fc.array(fc.nat(60), { maxLength: 5 }).map(
    (positions): Step =>
      ({ storage, name }) =>
        storage.log.readAt(name, positions.toSorted((a, b) => a - b).map(BigInt)),
  ),
  fc.nat(40).map(
    (age): Step =>
      ({ storage, name }, now) =>
        storage.log.seek(name, now - age * 300),
  ),
  fc.tuple(fc.nat(60), small).map(
    ([below, most]): Step =>
      ({ storage, name }) =>
        storage.log.trim(name, BigInt(below), most),
  ),
  fc.constant<Step>(({ storage, name }) => storage.log.create(name)),
);

const history = fc.array(fc.tuple(delay, fc.oneof(queueStep, parkedStep, logStep)), {
  maxLength: 60,
  size: 'max',
});

it('memory and sqlite answer every history alike', async () => {
  let run = 0;
  const property = fc.asyncProperty(history, async (steps) => {
    const name = `run-${run++}`;
    const worlds: World[] = [createMemoryStorage(), sqlite].map((storage) => ({
      storage,
      name,
      receipts: [],
      parked: [],
    }));
    for (const { storage } of worlds) {
      await storage.log.create(name);
      await storage.queues.create(name);
      await storage.queues.create(`${name}-dead`);
    }
    let now = 1_000_000;
    for (const [passed, step] of steps) {
      now += passed;
      const [expected, actual] = await Promise.all(worlds.map((world) => step(world, now)));
      assert.deepEqual(actual, expected);
    }
  });
  await fc.assert(property, { numRuns: RUNS });
});
