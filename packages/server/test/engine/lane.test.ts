import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import { StorageError } from '../../src/engine/ports/storage.ts';
import { limits } from '../../src/model/limits.ts';
import { fixtureArn, World } from './world.ts';

const ARN = fixtureArn('t');
const OTHER = fixtureArn('other');
const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };

const unique = (ids: readonly string[]): number => new Set(ids).size;

test('deliveries of one slice go out in batches, no more sends at once than the session allows', async () => {
  const world = await World.start();
  world.targets.maxBatch = 7;
  world.targets.maxConcurrency = 3;
  await world.rule('t');
  world.targets.behave(ARN, () => 'hang');
  await world.publishMany(100);
  await world.clock.advance(10);
  assert.equal(world.targets.seen.length, 21);
  world.targets.behave(ARN, () => DELIVERED);
  world.targets.release(ARN);
  await world.clock.until(() => world.targets.deliveredTo(ARN).length === 100);
  assert.equal(world.targets.opened, 1);
});

test('an idle lane gives up its session and its place', async () => {
  const world = await World.start();
  await world.rule('t');
  await world.publish([world.event()]);
  await world.clock.advance(1_000);
  assert.equal(world.engine.status().laneCount, 1);
  await world.clock.advance(limits.laneIdleMs + 1_000);
  assert.equal(world.engine.status().laneCount, 0);
  assert.equal(world.targets.closed, 1);
  await world.publish([world.event()]);
  await world.clock.advance(100);
  assert.equal(world.targets.deliveredTo(ARN).length, 2);
});

test('100,000 events behind a hanging target: nobody else waits, memory is bounded, the cursor goes on', async () => {
  const world = await World.start();
  world.targets.keepSeen = false;
  await world.rule('t');
  await world.rule('other');
  world.targets.behave(ARN, () => 'hang');
  const total = 100_000;
  const step = 2_000;
  let turnsBehind = 0;
  for (let published = 0; published < total; published += step) {
    await world.publishMany(step);
    await world.clock.until(() => world.targets.deliveredTo(OTHER).length === published + step, 100, 50);
    turnsBehind++;
    await world.clock.advance(100);
  }
  await world.clock.advance(2_000);
  const { memory } = world.engine.status();
  assert.ok(memory.peakDeliveries <= 2 * limits.laneMemoryDeliveries, `${memory.peakDeliveries} in memory`);
  assert.equal(world.targets.deliveredTo(OTHER).length, total);
  assert.equal(world.targets.deliveredTo(ARN).length, 0);
  assert.equal(world.cursor(), BigInt(total) + 1n);
  world.targets.behave(ARN, () => DELIVERED);
  world.targets.release(ARN);
  await world.clock.until(() => unique(world.targets.deliveredTo(ARN)) === total, 120_000);
  await world.clock.advance(31_000);
  assert.equal(await world.backlogRows(), 0);
  const repeated = world.targets.deliveredTo(ARN).length - total;
  const peak = world.engine.status().memory.peakDeliveries;
  assert.ok(peak <= 2 * limits.laneMemoryDeliveries);
  console.log(
    `hanging target: ${total} events in ${turnsBehind} steps, peak ${peak} deliveries in memory, ${repeated} repeated`,
  );
});

test('a hung attempt times out and is tried again; its late answer is ignored', async () => {
  const world = await World.start();
  await world.rule('t');
  let hang = true;
  world.targets.behave(ARN, () => (hang ? 'hang' : DELIVERED));
  await world.publish([world.event()]);
  await world.clock.advance(1_500);
  assert.equal(world.cursor(), 2n);
  assert.equal(await world.backlogRows(), 1);
  hang = false;
  await world.clock.advance(limits.attemptTimeoutMs + 3_000);
  assert.deepEqual(
    world.targets.seen.map(({ delivery }) => delivery.attempt),
    [1, 2],
  );
  assert.equal(world.targets.deliveredTo(ARN).length, 1);
  world.targets.release(ARN);
  await world.clock.advance(1_000);
  assert.equal(await world.backlogRows(), 0);
  assert.equal(await world.metric('invocations'), 1);
});

test('sends that never come back are bounded', async () => {
  const world = await World.start();
  world.targets.maxConcurrency = 64;
  world.targets.maxBatch = 1;
  await world.rule('t');
  world.targets.behave(ARN, () => 'hang');
  await world.publishMany(200);
  await world.clock.advance(600_000);
  assert.ok(world.targets.seen.length <= 64 + limits.laneLostSends);
  world.targets.behave(ARN, () => DELIVERED);
  world.targets.release(ARN);
  await world.clock.until(() => unique(world.targets.deliveredTo(ARN)) === 200, 3_600_000, 1_000);
});

test('a success after the guard row was written removes the row', async () => {
  const world = await World.start();
  await world.rule('t');
  world.targets.behave(ARN, () => 'hang');
  await world.publish([world.event()]);
  await world.clock.advance(2_000);
  assert.equal(await world.backlogRows(), 1);
  world.targets.release(ARN);
  await world.clock.advance(100);
  assert.equal(await world.backlogRows(), 0);
  await world.clock.advance(120_000);
  assert.equal(world.targets.seen.length, 1);
});

test('breaker: a dead target costs no attempts, and everything arrives when it is back', async () => {
  const world = await World.start();
  await world.rule('t');
  let dead = true;
  world.targets.behave(ARN, () => (dead ? BUSY : DELIVERED));
  await world.publishMany(5_000);
  await world.clock.advance(60_000);
  const attempts = world.targets.seen.length;
  // One full round of sends finds out; then one probe at a time: 1, 2, 4, 8, 16, 30 s.
  assert.ok(attempts < 80, `${attempts} attempts`);
  assert.equal(world.engine.status().lanes[0]?.breaker, 'open');
  assert.ok(world.engine.status().memory.deliveries <= 16);
  assert.equal(world.cursor(), 5_001n);
  dead = false;
  await world.clock.until(() => world.targets.deliveredTo(ARN).length === 5_000, 40_000);
  assert.equal(world.engine.status().lanes[0]?.breaker, 'closed');
  await world.clock.advance(1_000);
  assert.equal(await world.backlogRows(), 0);
});

test('breaker: a target with few retries has none, so that its dead letters come soon', async () => {
  const world = await World.start();
  const settings = { Id: 't', Arn: ARN, RetryPolicy: { MaximumRetryAttempts: 1 } };
  await world.rule('t', { targets: [settings] });
  world.targets.behave(ARN, () => BUSY);
  await world.publishMany(500);
  await world.clock.advance(5_000);
  assert.equal((await world.deadLetters()).length, 500);
});

test('breaker: while it is open events grow old, and are dead-lettered when their turn comes', async () => {
  const world = await World.start();
  const settings = { Id: 't', Arn: ARN, RetryPolicy: { MaximumEventAgeInSeconds: 120 } };
  await world.rule('t', { targets: [settings] });
  world.targets.behave(ARN, () => BUSY);
  await world.publishMany(1_000);
  await world.clock.advance(200_000);
  const letters = await world.deadLetters();
  assert.equal(letters.length, 1_000);
  assert.ok(letters.every(({ condition }) => condition === 'MaximumEventAgeInSeconds'));
  assert.equal(await world.backlogRows(), 0);
});

test('a crash repeats what was behind the cursor, and loses nothing', async () => {
  const world = await World.start();
  await world.rule('t');
  world.targets.behave(ARN, () => 'hang');
  const ids = await world.publishMany(2_000);
  await world.clock.advance(600);
  await world.crash();
  world.targets.behave(ARN, () => DELIVERED);
  await world.clock.until(() => unique(world.targets.deliveredTo(ARN)) === ids.length);
  await world.clock.advance(60_000);
  assert.equal(await world.backlogRows(), 0);
});

test('an orderly stop hands everything back: the next start goes on at once and repeats nothing', async () => {
  const world = await World.start();
  await world.rule('t');
  world.targets.behave(ARN, () => 'hang');
  await world.publishMany(3_000);
  await world.clock.advance(5_000);
  world.targets.behave(ARN, () => DELIVERED);
  const stopping = world.engine.stop(5_000);
  world.targets.release(ARN);
  await world.clock.advance(1_000);
  await stopping;
  world.gate.shut = true;
  const before = world.targets.deliveredTo(ARN).length;
  assert.ok(before > 0 && before < 3_000);
  await world.startEngine();
  await world.clock.until(() => unique(world.targets.deliveredTo(ARN)) === 3_000, 2_000);
  assert.equal(world.targets.deliveredTo(ARN).length, 3_000);
});

test('the cursor is saved: a start after a quiet time routes nothing again', async () => {
  const world = await World.start();
  await world.rule('t');
  await world.publishMany(100);
  await world.clock.advance(1_000);
  await world.crash();
  await world.clock.advance(1_000);
  assert.equal(world.targets.deliveredTo(ARN).length, 100);
});

test('a store that fails for a while: publishers get an error, deliveries go on afterwards', async () => {
  const world = await World.start();
  await world.rule('t');
  let failures = 1;
  world.targets.behave(ARN, () => (failures-- > 0 ? BUSY : DELIVERED));
  world.gate.fault = (part) => {
    if (part !== 'catalog') throw new StorageError('full', 'no space left');
  };
  await assert.rejects(world.publish([world.event()]), { code: 'InternalException' });
  world.gate.fault = undefined;
  await world.publish([world.event()]);
  world.gate.fault = (part) => {
    if (part !== 'catalog') throw new StorageError('full', 'no space left');
  };
  await world.clock.advance(5_000);
  assert.equal(world.targets.deliveredTo(ARN).length, 0);
  world.gate.fault = undefined;
  await world.clock.until(() => world.targets.deliveredTo(ARN).length === 1);
  await world.clock.advance(1_000);
  assert.equal(await world.backlogRows(), 0);
  assert.ok((await world.metric('storage_errors')) > 1);
});

test('a store that takes no dead letters: they wait, and are kept when it does', async () => {
  const world = await World.start();
  await world.rule('t');
  world.targets.behave(ARN, () => ({ status: 'reject', code: 'NO_RESOURCE', reason: 'gone' }));
  world.gate.fault = (part) => {
    if (part === 'deadLetters') throw new StorageError('io', 'broken');
  };
  await world.publishMany(10);
  await world.clock.advance(5_000);
  assert.equal(world.cursor(), 1n);
  world.gate.fault = undefined;
  await world.clock.advance(1_000);
  assert.equal((await world.deadLetters()).length, 10);
  assert.equal(world.cursor(), 11n);
});

test('ingest: too much waiting for the disk is turned away', async () => {
  const world = await World.start({ options: { ingestInFlightBytes: 2_000 } });
  const { log } = await world.bus();
  const records = Array.from({ length: 5 }, () => world.event());
  const first = world.engine.ingest.append(log, records);
  await assert.rejects(
    world.engine.ingest.append(
      log,
      Array.from({ length: 10 }, () => world.event()),
    ),
    {
      code: 'ThrottlingException',
      message: 'Rate exceeded',
    },
  );
  assert.equal((await first).length, 5);
  assert.equal(world.engine.ingest.inFlightBytes, 0);
});

test('an event for thousands of targets reaches all of them', async () => {
  const world = await World.start();
  world.targets.keepSeen = false;
  for (let index = 0; index < 3_000; index++) await world.rule(`r${index}`);
  await world.publishMany(3);
  const total = (): number => [...world.targets.delivered.values()].reduce((sum, ids) => sum + ids.length, 0);
  await world.clock.until(() => total() === 9_000);
  assert.equal(world.targets.delivered.size, 3_000);
  await world.clock.advance(limits.laneIdleMs + 1_000);
  assert.equal(world.engine.status().laneCount, 0);
});

test('the router waits when its window is full, and goes on when there is room', async () => {
  const world = await World.start({
    options: { routerWindowPositions: 64, lanes: { laneDeliveries: 10_000 } },
  });
  await world.rule('t');
  world.targets.behave(ARN, () => 'hang');
  await world.publishMany(500);
  await world.clock.advance(500);
  assert.ok(world.engine.status().memory.deliveries <= 64);
  world.targets.behave(ARN, () => DELIVERED);
  world.targets.release(ARN);
  await world.clock.until(() => world.targets.deliveredTo(ARN).length === 500);
});

test('all lanes together stay within the byte budget; each has its minimum', async () => {
  const world = await World.start({ options: { lanes: { bytes: 50_000, laneMinimum: 4 } } });
  for (let index = 0; index < 20; index++) {
    await world.rule(`r${index}`);
    world.targets.behave(fixtureArn(`r${index}`), () => 'hang');
  }
  await world.publishMany(300);
  await world.clock.advance(500);
  const { memory } = world.engine.status();
  const event = world.event().event.length;
  assert.ok(memory.peakBytes <= 50_000 + 20 * 4 * event, `${memory.peakBytes} bytes`);
  for (let index = 0; index < 20; index++) {
    world.targets.behave(fixtureArn(`r${index}`), () => DELIVERED);
    world.targets.release(fixtureArn(`r${index}`));
  }
  await world.clock.until(
    () => [...world.targets.delivered.values()].reduce((sum, ids) => sum + unique(ids), 0) === 6_000,
  );
});

test('retention removes what is old, never what a delivery needs', async () => {
  const world = await World.start({ options: { logRetentionMs: 60_000 } });
  const { log } = await world.bus();
  await world.rule('other');
  await world.publishMany(50);
  await world.rule('t');
  world.targets.behave(ARN, () => 'hang');
  await world.publishMany(100);
  await world.clock.advance(50_000);
  await world.publishMany(10);
  await world.clock.advance(20_000);
  const [state] = (await world.storage.log.list()).filter((candidate) => candidate.log === log);
  assert.equal(state?.first, 51n);
  world.targets.behave(ARN, () => DELIVERED);
  world.targets.release(ARN);
  await world.clock.until(() => unique(world.targets.deliveredTo(ARN)) === 110, 600_000, 1_000);
  await world.clock.advance(120_000);
  const [after] = (await world.storage.log.list()).filter((candidate) => candidate.log === log);
  assert.equal(after?.first, 161n);
});

test('retention keeps a log below its size', async () => {
  const world = await World.start({ options: { logRetentionBytes: 100_000 } });
  const { log } = await world.bus();
  await world.publishMany(5_000);
  await world.clock.advance(1_000);
  await world.engine.runRetention();
  const [state] = (await world.storage.log.list()).filter((candidate) => candidate.log === log);
  const kept = Number(state!.next - state!.first);
  assert.ok(kept > 200 && kept < 700, `${kept} records kept`);
});

test('a removed bus takes its log along, once its deliveries are dead letters', async () => {
  const world = await World.start();
  const bus = await world.bus('b');
  await world.rule('t', { bus: 'b' });
  world.targets.behave(ARN, () => BUSY);
  await world.publish([world.event()], 'b');
  await world.clock.advance(100);
  await world.engine.catalog.removeBus(bus, undefined);
  await world.clock.advance(3_000);
  assert.equal((await world.deadLetters())[0]?.code, 'TARGET_REMOVED');
  assert.equal(
    (await world.storage.log.list()).some(({ log }) => log === bus.log),
    false,
  );
});
