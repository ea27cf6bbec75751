// Dead letters of schedules, tried again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import type { DeadLetter } from '../../src/engine/ports/storage.ts';
import type { Schedule } from '../../src/model/schedule.ts';
import { scheduleKey } from '../../src/engine/scheduler/schedule-catalog.ts';
import { ARN, withSchedule } from './schedule-world.ts';
import { fixtureArn, SCOPE, type World } from './world.ts';

const OTHER = fixtureArn('other');
const KEY = scheduleKey(SCOPE, 'default', 's');
const REFUSED: SendOutcome = { status: 'reject', code: 'INVALID_PARAMETER', reason: 'no' };
const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };
const A_MOMENT = 1_000;
const HOUR = 3_600_000;
const INPUT = '<aws.scheduler.attempt-number> <aws.scheduler.scheduled-time> <aws.scheduler.execution-id>';

/** A world in which the only tick of a schedule has failed for good, an hour ago. */
async function failedWorld(): Promise<{ world: World; made: Schedule; letter: DeadLetter; first: string }> {
  const RetryPolicy = { MaximumEventAgeInSeconds: 600, MaximumRetryAttempts: 2 };
  const target = { Arn: ARN, RoleArn: 'arn:aws:iam::111111111111:role/r', Input: INPUT, RetryPolicy };
  const { world, made } = await withSchedule({ expression: 'rate(100 days)', target });
  world.targets.behave(ARN, () => REFUSED);
  await world.clock.advance(HOUR);
  world.targets.behave(ARN, () => DELIVERED);
  const [letter] = await world.storage.deadLetters.list({ max: 1 });
  return { world, made, letter: letter!, first: world.targets.seen.at(-1)!.delivery.payload };
}

const payloads = (world: World): string[] => world.targets.seen.map(({ delivery }) => delivery.payload);

test('a tick is sent again as the same execution, and its letter goes', async () => {
  const { world, letter, first } = await failedWorld();
  const [result] = await world.engine.redrives.redrive([{ id: letter.id }]);
  assert.equal(result?.status, 'redriven', result?.reason);
  await world.clock.advance(A_MOMENT);
  assert.deepEqual(payloads(world).slice(1), [first]);
  assert.equal(new Set(world.targets.seen.map(({ delivery }) => delivery.deliveryId)).size, 1);
  assert.deepEqual(await world.deadLetters(), []);
});

test('patience counts from the redrive; what it comes to is a new letter', async () => {
  const { world, letter } = await failedWorld();
  world.targets.behave(ARN, () => BUSY);
  await world.engine.redrives.redrive([{ id: letter.id }]);
  await world.clock.advance(HOUR);
  assert.equal(payloads(world).length, 1 + 3);
  const letters = await world.deadLetters();
  assert.deepEqual(
    letters.map(({ condition, attempts }) => [condition, attempts]),
    [['MaximumRetryAttempts', 3]],
  );
});

test('over a crash, edited, and to another target', async () => {
  const { world, letter } = await failedWorld();
  world.targets.behave(OTHER, () => BUSY);
  const [result] = await world.engine.redrives.redrive([{ id: letter.id }], { to: OTHER });
  assert.equal(result?.status, 'redriven', result?.reason);
  await world.clock.advance(A_MOMENT);
  world.targets.behave(OTHER, () => DELIVERED);
  await world.crash();
  await world.clock.advance(HOUR);
  const [last] = world.targets.seen.slice(-1);
  assert.equal(last?.target, OTHER);
  assert.match(last.delivery.payload, /^[2-9] 2026-01-01T00:00:00Z [0-9a-f]{16}$/);
  assert.equal(world.targets.deliveredTo(OTHER).length, 1);
  assert.deepEqual(await world.deadLetters(), []);
});

test('the preview shows the payload; what the schedule has become counts', async () => {
  const { world, made, letter } = await failedWorld();
  const { schedules } = world.engine.scheduler;
  const later = { ...made, revision: 'later', target: { ...made.target, Input: 'now another' } };
  assert.equal(await schedules.replace(later, 1n), true);
  const [preview] = await world.engine.redrives.preview([{ id: letter.id }], {});
  assert.ok(preview?.status === 'redrivable', JSON.stringify(preview));
  assert.match(preview.before!, /^1 2026/);
  assert.equal(preview.after, 'now another');
});

test('an event that is changed is refused with the reason', async () => {
  const { world, letter } = await failedWorld();
  const event = '{"source":"s","detail-type":"d","detail":{}}';
  const [changed] = await world.engine.redrives.redrive([{ id: letter.id, event }]);
  assert.equal(changed?.status, 'invalid');
  assert.match(changed.reason!, /^What a schedule has fired is no event to be changed/);
  assert.equal(payloads(world).length, 1);
});

for (const to of [undefined, OTHER]) {
  test(`of a schedule that is gone: what it has sent goes out again, over a crash, ${to ?? 'as it was'}`, async () => {
    const { world, made, letter, first } = await failedWorld();
    const target = to ?? ARN;
    await world.engine.scheduler.schedules.remove(made, undefined);
    world.targets.behave(target, () => BUSY);
    const [preview] = await world.engine.redrives.preview([{ id: letter.id }], { to });
    assert.ok(preview?.status === 'redrivable', JSON.stringify(preview));
    assert.equal(preview.after, first);
    const [result] = await world.engine.redrives.redrive([{ id: letter.id }], { to });
    assert.equal(result?.status, 'redriven', result?.reason);
    await world.clock.advance(A_MOMENT);
    world.targets.behave(target, () => DELIVERED);
    await world.crash();
    await world.clock.advance(HOUR);
    assert.equal(world.targets.deliveredTo(target).length, 1);
    assert.deepEqual(new Set(payloads(world)), new Set([first]));
    assert.deepEqual(await world.deadLetters(), []);
    // Nothing is kept of it once nothing needs it.
    await world.crash();
    assert.deepEqual(await world.storage.catalog.list('schedule-remains'), []);
  });
}

test('of a schedule that is gone, and fails again: a letter that can be tried again', async () => {
  const { world, made, letter, first } = await failedWorld();
  await world.engine.scheduler.schedules.remove(made, undefined);
  world.targets.behave(ARN, () => REFUSED);
  await world.engine.redrives.redrive([{ id: letter.id }]);
  await world.clock.advance(HOUR);
  const [again] = await world.storage.deadLetters.list({ max: 10 });
  assert.equal((again!.document as { payload: string }).payload, first);
  world.targets.behave(ARN, () => DELIVERED);
  const [result] = await world.engine.redrives.redrive([{ id: again!.id }]);
  assert.equal(result?.status, 'redriven');
  await world.clock.advance(HOUR);
  assert.deepEqual(await world.deadLetters(), []);
});

test('one that has completed and was deleted', async () => {
  const { world } = await withSchedule({
    expression: 'at(2026-01-01T00:01:00)',
    actionAfterCompletion: 'DELETE',
  });
  world.targets.behave(ARN, () => REFUSED);
  await world.clock.advance(HOUR);
  assert.equal(await world.engine.scheduler.controls.find(KEY), undefined);
  world.targets.behave(ARN, () => DELIVERED);
  const [letter] = await world.storage.deadLetters.list({ max: 1 });
  const [result] = await world.engine.redrives.redrive([{ id: letter!.id }]);
  assert.equal(result?.status, 'redriven', result?.reason);
  await world.clock.advance(HOUR);
  assert.equal(world.targets.deliveredTo(ARN).length, 1);
  assert.deepEqual(await world.deadLetters(), []);
});
