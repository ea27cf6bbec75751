import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REDRIVE_LOG } from '../../src/engine/deliver/redrive.ts';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import type { DeadLetter } from '../../src/engine/ports/storage.ts';
import { fixtureArn, World } from './world.ts';

const ARN = fixtureArn('t');
const REFUSED: SendOutcome = { status: 'reject', code: 'NO_RESOURCE', reason: 'no such queue' };
const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };
const DAY = 86_400_000;

/** A world in which one event has failed for good at the rule `t`. */
async function failedWorld(count = 1): Promise<{ world: World; letters: DeadLetter[] }> {
  const world = await World.start({ options: { logRetentionMs: 0 } });
  await world.rule('t');
  world.targets.behave(ARN, () => REFUSED);
  await world.publishMany(count);
  await world.clock.advance(1_000);
  world.targets.behave(ARN, () => DELIVERED);
  return { world, letters: await world.storage.deadLetters.list({ max: 100 }) };
}

const one = async (world: World, id: string, event?: string) =>
  (await world.engine.redrives.redrive([{ id, event }]))[0]!;

test('a redriven delivery reaches the same target as the same delivery, and takes its dead letter away', async () => {
  const { world, letters } = await failedWorld();
  const [letter] = letters;
  // The bus's log has long forgotten the event.
  await world.clock.advance(2 * DAY);
  await world.engine.runRetention();
  assert.deepEqual(await one(world, letter!.id), { id: letter!.id, status: 'redriven' });
  await world.clock.advance(1_000);
  assert.deepEqual(await world.deadLetters(), []);
  const [first, second] = world.targets.seen;
  assert.equal(second!.delivery.event, first!.delivery.event);
  assert.equal(second!.delivery.deliveryId, first!.delivery.deliveryId);
  assert.equal(second!.delivery.attempt, 1);
  await world.clock.advance(1_000);
  assert.equal(world.targets.seen.length, 2);
  assert.equal(await world.backlogRows(), 0);
  await world.engine.runRetention();
  assert.deepEqual(await world.storage.log.read(REDRIVE_LOG, 0n, 10, 1_000_000), []);
});

test('of redriven events only those are kept that a delivery needs, however long buses keep theirs', async () => {
  const world = await World.start();
  await world.rule('t');
  world.targets.behave(ARN, () => REFUSED);
  await world.publishMany(50);
  await world.clock.advance(1_000);
  const letters = await world.storage.deadLetters.list({ max: 100 });
  world.targets.behave(ARN, () => DELIVERED);
  await world.engine.redrives.redrive(letters.map(({ id }) => ({ id })));
  await world.clock.advance(1_000);
  await world.engine.runRetention();
  assert.ok((await world.storage.log.read(REDRIVE_LOG, 0n, 100, 1_000_000)).length <= 1);
});

test('one that fails again leaves a new dead letter in place of the old one', async () => {
  const { world, letters } = await failedWorld();
  world.targets.behave(ARN, () => ({ ...REFUSED, reason: 'still none' }));
  await one(world, letters[0]!.id);
  await world.clock.advance(1_000);
  assert.deepEqual(
    (await world.deadLetters()).map(({ reason }) => reason),
    ['still none'],
  );
  // And may be tried again.
  assert.equal((await one(world, letters[0]!.id)).status, 'redriven');
});

test('a redriven delivery is retried with fresh patience, over a crash', async () => {
  const { world, letters } = await failedWorld();
  world.targets.behave(ARN, () => BUSY);
  await one(world, letters[0]!.id);
  await world.clock.advance(30_000);
  assert.ok(world.targets.seen.length > 2);
  await world.crash();
  world.targets.behave(ARN, () => DELIVERED);
  await world.engine.runRetention();
  // New events of the same lane, whose backlog points into two logs now.
  const [id] = await world.publishMany(1);
  await world.clock.advance(60_000);
  assert.deepEqual(await world.deadLetters(), []);
  assert.equal(await world.backlogRows(), 0);
  assert.ok(world.targets.deliveredTo(ARN).includes(id!));
  assert.ok(world.targets.deliveredTo(ARN).includes(letters[0]!.eventId));
});

test('a rule that was made anew takes the letters of its predecessor', async () => {
  const { world, letters } = await failedWorld();
  await world.removeRule('t');
  assert.equal((await one(world, letters[0]!.id)).status, 'gone');
  await world.rule('t');
  world.targets.behave(ARN, () => REFUSED);
  assert.equal((await one(world, letters[0]!.id)).status, 'redriven');
  await world.clock.advance(1_000);
  const kept = await world.storage.deadLetters.list({ max: 10 });
  assert.equal(kept.length, 1);
  assert.notEqual(kept[0]!.id, letters[0]!.id);
});

test('a rule that is removed meanwhile gives the letter back', async () => {
  const { world, letters } = await failedWorld();
  world.targets.behave(ARN, () => BUSY);
  await one(world, letters[0]!.id);
  await world.clock.advance(5_000);
  await world.removeRule('t');
  await world.clock.advance(60_000);
  assert.deepEqual(
    (await world.deadLetters()).map(({ code }) => code),
    ['TARGET_REMOVED'],
  );
  assert.equal(await world.backlogRows(), 0);
});

test('an edited event is delivered under its old id', async () => {
  const { world, letters } = await failedWorld();
  const edited = '{ "source": "fixed", "detail-type": "Test", "detail": { "n": 12345678901234567890 } }';
  await one(world, letters[0]!.id, edited);
  await world.clock.until(() => world.targets.deliveredTo(ARN).length === 1);
  const event = world.targets.seen.at(-1)!.delivery.event;
  assert.match(event, /"source":"fixed"/);
  assert.match(event, /"detail":\{"n":12345678901234567890\}/);
  assert.match(event, new RegExp(`"id":"${letters[0]!.eventId}"`));
});

test('what cannot be redriven says why, and the rest goes', async () => {
  const { world, letters } = await failedWorld(20);
  const ids = letters.map(({ id }) => id);
  assert.equal((await one(world, ids[0]!, '{"source":1}')).status, 'invalid');
  world.targets.behave(ARN, () => BUSY);
  const results = await world.engine.redrives.redrive([...ids, ids[0]!, 'none'].map((id) => ({ id })));
  const count = (status: string): number => results.filter((result) => result.status === status).length;
  assert.deepEqual([count('redriven'), count('under-way'), count('missing')], [20, 1, 1]);
  assert.equal((await one(world, ids[3]!)).status, 'under-way');
  world.targets.behave(ARN, () => DELIVERED);
  await world.clock.advance(120_000);
  assert.equal((await world.deadLetters()).length, 0);
  assert.equal(world.targets.deliveredTo(ARN).length, 20);
});

test('nothing is lost between dead letters, lanes, crashes and retention', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const world = await World.start({ seed, options: { logRetentionMs: 0 } });
    await world.rule('t');
    const chance = (): number => world.random.next();
    world.targets.behave(ARN, () => (chance() < 0.5 ? DELIVERED : chance() < 0.5 ? REFUSED : BUSY));
    const ids = await world.publishMany(40);
    for (let step = 0; step < 30; step++) {
      const letters = await world.storage.deadLetters.list({ max: 100 });
      const some = letters.filter(() => chance() < 0.5).map(({ id }) => ({ id }));
      const redriving = world.engine.redrives.redrive(some);
      redriving.catch(() => undefined);
      if (chance() < 0.3) await world.engine.runRetention();
      if (chance() < 0.2) await world.crash();
      else if (chance() < 0.1) await world.restart();
      await world.clock.advance(Math.floor(chance() * 20_000));
    }
    world.targets.behave(ARN, () => DELIVERED);
    const left = await world.storage.deadLetters.list({ max: 100 });
    await world.engine.redrives.redrive(left.map(({ id }) => ({ id })));
    await world.clock.advance(1_800_000);
    assert.deepEqual(new Set(world.targets.deliveredTo(ARN)), new Set(ids), `seed ${seed}`);
    assert.deepEqual(await world.deadLetters(), [], `seed ${seed}`);
    assert.equal(await world.backlogRows(), 0, `seed ${seed}`);
    await world.engine.stop(0);
  }
});
