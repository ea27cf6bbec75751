import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentDeliveries } from '../../src/engine/deliver/recent-deliveries.ts';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import type { EventTrace } from '../../src/engine/trace/trace.ts';
import { limits } from '../../src/model/limits.ts';
import { fixtureArn, World } from './world.ts';

const ARN = fixtureArn('t');
const OTHER = fixtureArn('other');
const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };
const REFUSED: SendOutcome = { status: 'reject', code: 'INVALID_PARAMETER', reason: 'no amount' };

const traced = async (world: World, eventId: string): Promise<EventTrace> =>
  world.engine.tracer.trace(await world.bus(), eventId);

/** The only delivery of an event. */
async function delivery(world: World, eventId: string) {
  const { rules } = await traced(world, eventId);
  const [only, ...others] = rules.flatMap(({ deliveries }) => deliveries);
  assert.deepEqual(others, []);
  return only!;
}

test('every rule tells whether it matched and why', async () => {
  const world = await World.start();
  await world.rule('yes', { pattern: '{"source":["a"]}' });
  await world.rule('no', { pattern: '{"source":["b"]}' });
  await world.rule('off', { pattern: '{"source":["a"]}', state: 'DISABLED' });
  const [id] = await world.publish([world.event('a')]);
  await world.clock.advance(500);
  await world.rule('late', { pattern: '{"source":["a"]}' });
  const { rules, record } = await traced(world, id!);
  assert.equal(record?.eventId, id);
  assert.deepEqual(
    rules.map(({ rule, matched, deliveries }) => [rule, matched, deliveries.map(({ state }) => state)]),
    [
      ['late', false, []],
      ['no', false, []],
      ['off', false, []],
      ['yes', true, ['delivered']],
    ],
  );
  assert.match(rules[0]!.reason, /published before the rule was made/);
  assert.match(rules[1]!.reason, /"source" is "a"/);
  assert.match(rules[2]!.reason, /disabled/);
});

test('a delivery is followed from its first failure to its end', async () => {
  const world = await World.start();
  await world.rule('t');
  world.targets.behave(ARN, () => 'hang');
  const [id] = await world.publishMany(1);
  await world.clock.advance(100);
  assert.equal((await delivery(world, id!)).state, 'under-way');
  world.targets.behave(ARN, () => BUSY);
  world.targets.release(ARN, BUSY);
  await world.clock.until(() => world.engine.status().lanes[0]!.pending === 0, 10_000, 5);
  await world.clock.advance(1);
  const parked = await delivery(world, id!);
  assert.equal(parked.state, 'parked');
  assert.ok(parked.attempts >= 1);
  assert.equal(parked.notes[0]!.code, 'ERROR_FROM_TARGET');
  assert.ok(parked.dueAt! > 0);
  world.targets.behave(ARN, () => DELIVERED);
  await world.clock.advance(60_000);
  const done = await delivery(world, id!);
  assert.equal(done.state, 'delivered');
  assert.equal(done.delivered.length, 1);
  assert.ok(done.delivered[0]!.attempts >= 2);
});

test('a dead letter tells its attempts, also when the log has forgotten the event', async () => {
  const world = await World.start({ options: { logRetentionMs: 0 } });
  await world.rule('t');
  world.targets.behave(ARN, () => REFUSED);
  const [id] = await world.publishMany(1);
  await world.clock.advance(1_000);
  assert.equal((await delivery(world, id!)).state, 'dead-letter');
  await world.clock.advance(60_000);
  await world.publishMany(1);
  await world.clock.advance(60_000);
  await world.engine.runRetention();
  const { record, event } = await traced(world, id!);
  assert.equal(record, undefined);
  assert.ok(event?.includes(id!));
  const dead = await delivery(world, id!);
  assert.equal(dead.letter?.eventId, id);
  assert.equal(dead.notes[0]!.reason, 'no amount');
  await world.engine.redrives.redrive([{ id: dead.deliveryId }], { to: OTHER });
  await world.clock.advance(1_000);
  const moved = await delivery(world, id!);
  assert.equal(moved.state, 'delivered');
  assert.equal(moved.delivered[0]!.to, OTHER);
});

test('deliveries behind an open breaker are in the backlog', async () => {
  const world = await World.start();
  await world.rule('t');
  world.targets.behave(ARN, () => BUSY);
  await world.publishMany(limits.breakerFailures);
  await world.clock.until(() => world.engine.status().lanes[0]?.breaker === 'open');
  const ids = await world.publishMany(100);
  await world.clock.advance(400);
  assert.equal((await delivery(world, ids[50]!)).state, 'backlog');
});

test('after a restart a delivery that has ended is known to have ended', async () => {
  const world = await World.start();
  await world.rule('t');
  const [id] = await world.publishMany(1);
  await world.clock.advance(1_000);
  await world.restart();
  await world.clock.advance(1_000);
  assert.equal((await delivery(world, id!)).state, 'forgotten');
});

test('an event that nobody knows has no trace; a search is bounded', async () => {
  const world = await World.start();
  await world.rule('t');
  const ids = await world.publishMany(3 * limits.eventSearchStep);
  await world.clock.advance(1_000);
  assert.equal((await traced(world, ids[0]!)).record?.position, 1n);
  const { record, searched, complete, rules } = await traced(world, 'nobody');
  assert.deepEqual([record, searched, complete], [undefined, BigInt(ids.length), true]);
  assert.deepEqual(
    rules.flatMap(({ deliveries }) => deliveries),
    [],
  );
});

test('an event is sent to one target once more, as a fresh delivery, over a crash', async () => {
  const world = await World.start();
  await world.rule('t');
  await world.rule('other');
  const [id] = await world.publishMany(1);
  await world.clock.advance(1_000);
  const bus = await world.bus();
  const unclear = await world.engine.tracer.resend(bus, id!, undefined);
  assert.deepEqual(unclear.status === 'ambiguous' && unclear.candidates, ['other/t', 't/t']);
  world.targets.behave(OTHER, () => BUSY);
  // Older than any patience: it is counted anew.
  await world.clock.advance(86_000_000);
  const resent = await world.engine.tracer.resend(bus, id!, 'other/t');
  assert.deepEqual(resent, { status: 'resent', rule: 'other', targetId: 't', target: OTHER });
  await world.clock.advance(2_000);
  await world.crash();
  world.targets.behave(OTHER, () => DELIVERED);
  await world.clock.advance(60_000);
  assert.deepEqual(world.targets.deliveredTo(OTHER), [id, id]);
  assert.deepEqual(world.targets.deliveredTo(ARN), [id]);
  assert.equal(await world.backlogRows(), 0);
  assert.equal((await world.engine.tracer.resend(bus, 'nobody', 't')).status, 'missing');
  assert.equal((await world.engine.tracer.resend(bus, id!, 'none')).status, 'missing');
});

test('the ring remembers the latest deliveries and forgets the oldest', () => {
  const recent = new RecentDeliveries(3);
  for (let index = 0; index < 5; index++) recent.add(`e${index}`, 'lane', index, 1, 10);
  assert.deepEqual(recent.of('e1'), []);
  assert.deepEqual(recent.of('e2'), [{ lane: 'lane', at: 2, attempts: 1, latencyMs: 10 }]);
  assert.equal(recent.of('e4').length, 1);
});
