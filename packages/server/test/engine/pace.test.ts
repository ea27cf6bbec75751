import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../src/engine/lane/pace.ts';
import { DELIVERED } from '../../src/engine/ports/connector.ts';
import type { PaceSettings } from '../../src/model/resources.ts';
import { fixtureArn, World } from './world.ts';

const ARN = fixtureArn('t');

const ruleWith = (world: World, pace: PaceSettings) =>
  world.rule('t', { targets: [{ Id: 't', Arn: ARN, BusbarParameters: pace }] });

test('the bucket fills with time, up to a tenth of a second, and never below one', () => {
  const pace = new Pace();
  assert.equal(pace.room(100, 0), 10);
  pace.take(10);
  assert.equal(pace.room(100, 0), 0);
  assert.equal(pace.nextAt(0), 10);
  assert.equal(pace.room(100, 10), 1);
  assert.equal(pace.room(100, 10_000), 10);
  // A clock that is set back earns nothing and loses nothing.
  assert.equal(pace.room(100, 5_000), 10);
  const slow = new Pace();
  assert.equal(slow.room(1, 0), 1);
  slow.take(1);
  assert.equal(slow.room(1, 999), 0);
  assert.equal(slow.room(1, 1_000), 1);
  assert.equal(slow.room(undefined, 1_000), Infinity);
});

for (const rate of [1, 7, 50, 333, 5_000]) {
  test(`a target with ${rate} a second gets so many, in every second`, async () => {
    const world = await World.start();
    await ruleWith(world, { MaximumRatePerSecond: rate });
    const times: number[] = [];
    world.targets.behave(ARN, () => {
      times.push(world.clock.now());
      return DELIVERED;
    });
    const started = world.clock.now();
    await world.publishMany(Math.min(rate * 4, 6_000));
    await world.clock.advance(3_000);
    const burst = Math.max(1, rate / 10);
    for (let from = 0; from < 3_000; from += 250) {
      const within = times.filter((at) => at - started >= from && at - started < from + 1_000).length;
      assert.ok(within <= rate + burst + 1, `${within} in the second from ${from}`);
    }
    const expected = Math.min(rate * 3, 6_000);
    assert.ok(times.length >= expected * 0.95, `${times.length} of ${expected}`);
  });
}

test('no more sends at once than the target allows; a changed bound holds at once', async () => {
  const world = await World.start();
  world.targets.maxBatch = 1;
  world.targets.maxConcurrency = 10;
  await ruleWith(world, { MaximumConcurrency: 2 });
  world.targets.behave(ARN, () => 'hang');
  await world.publishMany(50);
  await world.clock.advance(100);
  assert.equal(world.targets.seen.length, 2);
  await ruleWith(world, { MaximumConcurrency: 5 });
  await world.clock.advance(1);
  assert.equal(world.targets.seen.length, 5);
  await ruleWith(world, {});
  await world.clock.advance(1);
  assert.equal(world.targets.seen.length, 10);
});

test('a raised rate holds at once, and what waited is delivered in order', async () => {
  const world = await World.start();
  await ruleWith(world, { MaximumRatePerSecond: 1 });
  const ids = await world.publishMany(200);
  await world.clock.advance(2_000);
  assert.equal(world.targets.seen.length, 3);
  await ruleWith(world, { MaximumRatePerSecond: 1_000 });
  await world.clock.advance(500);
  assert.equal(world.targets.seen.length, 200);
  await ruleWith(world, {});
  await world.clock.advance(500);
  assert.deepEqual(
    world.targets.seen.map(({ delivery }) => delivery.eventId),
    ids,
  );
});

test('what waits for its turn does not hold the cursor, survives a crash, and delays nobody else', async () => {
  const world = await World.start();
  await ruleWith(world, { MaximumRatePerSecond: 10 });
  await world.rule('other');
  const ids = await world.publishMany(300);
  await world.clock.advance(3_000);
  assert.equal(world.targets.deliveredTo(fixtureArn('other')).length, 300);
  assert.equal(world.cursor(), 301n);
  await world.crash();
  await world.clock.advance(60_000);
  assert.deepEqual(new Set(world.targets.deliveredTo(ARN)), new Set(ids));
  assert.deepEqual(await world.deadLetters(), []);
  assert.equal(await world.backlogRows(), 0);
});
