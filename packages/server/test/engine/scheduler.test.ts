// Schedules of the Scheduler over restarts and crashes, on the engine with a clock that stands still.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import { StorageError } from '../../src/engine/ports/storage.ts';
import { groupArn, scheduleKey } from '../../src/engine/scheduler/schedule-catalog.ts';
import { ARN, schedule, withSchedule } from './schedule-world.ts';
import { SCOPE, World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const A_MOMENT = 1_000;
const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };

const payloads = (world: World): string[] => world.targets.seen.map(({ delivery }) => delivery.payload);
const times = (world: World): string[] => payloads(world).map((text) => text.slice(-9, -4));

describe('schedules over restarts', () => {
  it('tick on after a crash; what was missed comes late, while it is young enough', async () => {
    const { world } = await withSchedule();
    await world.clock.advance(A_MOMENT);
    world.gate.shut = true;
    await world.clock.advance(35 * MINUTE);
    await world.startEngine();
    await world.clock.advance(A_MOMENT);
    assert.deepEqual(times(world).sort(), ['00:00', '00:10', '00:20', '00:30']);

    const short = { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 5 };
    const found = await world.engine.scheduler.catalog.schedule(scheduleKey(SCOPE, 'default', 's'));
    const { document, version } = found!;
    const replaced = { ...document, target: { ...document.target, RetryPolicy: short } };
    assert.equal(await world.engine.scheduler.schedules.replace(replaced, version), true);
    world.gate.shut = true;
    await world.clock.advance(HOUR);
    const before = payloads(world).length;
    await world.startEngine();
    await world.clock.advance(A_MOMENT);
    assert.deepEqual(times(world).slice(before), ['01:30']);
  });

  it('retries go on after a crash, for the same execution, with the attempt counted on', async () => {
    const { world } = await withSchedule({ expression: 'rate(1 day)' });
    world.targets.behave(ARN, () => BUSY);
    await world.clock.advance(20_000);
    const attempts = payloads(world).length;
    assert.ok(attempts > 1);
    assert.deepEqual(
      payloads(world).map((text) => Number(text.split(' ')[0])),
      Array.from({ length: attempts }, (_, n) => n + 1),
    );
    world.targets.behave(ARN, () => DELIVERED);
    await world.crash();
    await world.clock.advance(HOUR);
    assert.equal(world.targets.deliveredTo(ARN).length, 1);
    assert.equal(new Set(world.targets.seen.map(({ delivery }) => delivery.deliveryId)).size, 1);
    assert.ok(Number(payloads(world).at(-1)!.split(' ')[0]) > 1);
  });

  it('a crash between the tick and the timer repeats the same tick', async () => {
    const { world } = await withSchedule();
    world.gate.fault = (part, method) => {
      if (part === 'timers' && method === 'change') throw new Error('the disk is gone');
    };
    await world.clock.advance(A_MOMENT);
    world.gate.fault = undefined;
    await world.crash();
    await world.clock.advance(A_MOMENT);
    assert.ok(world.targets.seen.length > 0);
    assert.equal(new Set(world.targets.seen.map(({ delivery }) => delivery.deliveryId)).size, 1);
  });

  it('deleted while it is retried: nothing more is sent, also after a crash', async () => {
    const { world, made } = await withSchedule();
    world.targets.behave(ARN, () => BUSY);
    await world.clock.advance(A_MOMENT);
    assert.equal(await world.engine.scheduler.schedules.remove(made, undefined), true);
    const seen = world.targets.seen.length;
    await world.crash();
    await world.clock.advance(HOUR);
    assert.equal(world.targets.seen.length, seen);
    assert.equal(await world.storage.timers.count(), 0);
    assert.equal(await world.backlogRows(), 0);
  });

  it('completed, it is deleted however busy the logs of buses are', async () => {
    const world = await World.start({ options: { logTailBytes: 2_000 } });
    await world.rule('busy');
    world.gate.fault = (part, method) => {
      if (part === 'log' && method === 'read') throw new StorageError('io', 'not now');
    };
    await world.publishMany(100);
    const once = schedule(world, 's', {
      expression: 'at(2026-01-01T00:01:00)',
      actionAfterCompletion: 'DELETE',
    });
    assert.equal(await world.engine.scheduler.schedules.create(once), true);
    await world.clock.advance(2 * MINUTE);
    const ticks = world.targets.seen.filter(({ target }) => target === ARN);
    assert.equal(ticks.length, 1);
    assert.ok(world.engine.status().buses.some(({ head, routed }) => routed < head));
    assert.equal(
      await world.engine.scheduler.catalog.schedule(scheduleKey(SCOPE, 'default', 's')),
      undefined,
    );
    assert.equal(await world.storage.timers.count(), 0);
  });

  it('a timer without its schedule, and a schedule whose timer is of an earlier revision', async () => {
    const { world, made } = await withSchedule();
    await world.clock.advance(A_MOMENT);
    const timers = await world.storage.timers.due(Number.MAX_SAFE_INTEGER, 10);
    // As if a crash had come between the two writes of an update.
    const next = { ...made, revision: 'next', expression: 'rate(20 minutes)', modifiedAt: world.clock.now() };
    await world.engine.scheduler.catalog.putSchedule(next, undefined);
    await world.storage.timers.change([], [...timers, { ...timers[0]!, id: 'schedule/1/r/g/nobody' }]);
    await world.clock.advance(45 * MINUTE);
    // The first under the new revision is that of its anchor, at one second past the hour.
    assert.deepEqual(times(world), ['00:00', '00:00', '00:20', '00:40']);
    assert.equal(await world.storage.timers.count(), 1);
  });

  it('completed and to be deleted: goes when its last delivery has ended, not before', async () => {
    const at = '2026-01-01T00:01:00';
    const { world, made } = await withSchedule({ expression: `at(${at})`, actionAfterCompletion: 'DELETE' });
    const key = scheduleKey(made, 'default', 's');
    world.targets.behave(ARN, () => BUSY);
    await world.clock.advance(5 * MINUTE);
    assert.ok(await world.engine.scheduler.catalog.schedule(key));
    await world.crash();
    await world.clock.advance(MINUTE);
    assert.ok(await world.engine.scheduler.catalog.schedule(key));
    world.targets.behave(ARN, () => DELIVERED);
    await world.clock.advance(HOUR);
    assert.equal(await world.engine.scheduler.catalog.schedule(key), undefined);
    assert.equal(world.targets.deliveredTo(ARN).length, 1);
    assert.equal(await world.storage.timers.count(), 0);
    assert.deepEqual(await world.deadLetters(), []);
  });

  it('a group goes on being deleted after a crash', async () => {
    const world = await World.start();
    const { scheduler } = world.engine;
    const now = world.clock.now();
    const group = { ...SCOPE, name: 'g', arn: groupArn(SCOPE, 'g'), state: 'ACTIVE', tags: [] } as const;
    await scheduler.catalog.putGroup({ ...group, createdAt: now, modifiedAt: now }, 'absent');
    for (let n = 0; n < 5; n++) {
      await scheduler.schedules.create(schedule(world, `s${n}`, { group: 'g', expression: 'rate(1 day)' }));
    }
    const found = await scheduler.catalog.group(SCOPE, 'g');
    await scheduler.catalog.putGroup({ ...found!.document, state: 'DELETING' }, found!.version);
    await world.crash();
    await world.clock.advance(MINUTE);
    assert.equal(await world.engine.scheduler.catalog.group(SCOPE, 'g'), undefined);
    assert.equal(await world.storage.timers.count(), 0);
  });
});

it('schedules that have nothing on their way take no memory', async () => {
  const world = await World.start();
  for (let n = 0; n < 50; n++) {
    await world.engine.scheduler.schedules.create(schedule(world, `s${n}`, { expression: 'rate(1 day)' }));
  }
  await world.clock.advance(A_MOMENT);
  assert.equal(world.targets.seen.length, 50);
  assert.equal(world.engine.scheduler.inMemory, 50);
  await world.clock.advance(3 * MINUTE);
  assert.equal(world.engine.scheduler.inMemory, 0);
});
