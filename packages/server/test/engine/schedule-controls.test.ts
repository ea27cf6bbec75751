// What operators do with schedules: overlap policies, pauses, ticks by hand, and ticks of a time that is over.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import { judgeOverlap, type OverlapMemory } from '../../src/engine/scheduler/overlap.ts';
import { scheduleKey } from '../../src/engine/scheduler/schedule-catalog.ts';
import type { OverlapPolicy, Schedule } from '../../src/model/schedule.ts';
import { limits } from '../../src/model/limits.ts';
import { ARN, withSchedule } from './schedule-world.ts';
import { SCOPE, type World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const A_MOMENT = 1_000;
const KEY = scheduleKey(SCOPE, 'default', 's');
const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };

const controls = (world: World) => world.engine.scheduler.controls;

/** Scheduled times of what was sent, each once, in order of the first attempt. */
const times = (world: World): string[] => [
  ...new Set(world.targets.seen.map(({ delivery }) => delivery.payload.slice(-9, -4))),
];

describe('what becomes of ticks', () => {
  const rows: readonly (readonly [
    policy: OverlapPolicy | undefined,
    instants: readonly number[],
    pending: boolean,
    memory: OverlapMemory,
    fire: readonly number[],
    after: OverlapMemory,
  ])[] = [
    [undefined, [1], true, {}, [1], {}],
    [undefined, [2], true, { buffered: 1 }, [1, 2], {}],
    ['SKIP', [1], false, {}, [1], {}],
    ['SKIP', [1], true, {}, [], { skipped: 1, skippedTick: 1 }],
    ['SKIP', [5], true, { skipped: 2, skippedTick: 4 }, [], { skipped: 3, skippedTick: 5 }],
    ['SKIP', [1, 2, 3], false, {}, [3], { skipped: 2, skippedTick: 2 }],
    ['BUFFER_ONE', [1], false, {}, [1], {}],
    ['BUFFER_ONE', [1], true, {}, [], { buffered: 1 }],
    ['BUFFER_ONE', [2], true, { buffered: 1 }, [], { buffered: 1, skipped: 1, skippedTick: 2 }],
    ['BUFFER_ONE', [], true, { buffered: 1 }, [], { buffered: 1 }],
    ['BUFFER_ONE', [], false, { buffered: 1 }, [1], {}],
    ['BUFFER_ONE', [2], false, { buffered: 1 }, [1], { buffered: 2 }],
    ['BUFFER_ONE', [1, 2, 3], false, {}, [1], { buffered: 3, skipped: 1, skippedTick: 2 }],
    ['BUFFER_ONE', [1, 2, 3], true, {}, [], { buffered: 3, skipped: 2, skippedTick: 2 }],
  ];
  for (const [policy, instants, pending, memory, fire, after] of rows) {
    const state = `${policy ?? 'no policy'}, ${JSON.stringify(instants)}${pending ? ' while one is tried' : ''}`;
    it(`${state}, ${JSON.stringify(memory)}`, () => {
      assert.deepEqual(judgeOverlap(policy, instants, pending, memory), { fire, memory: after });
    });
  }
});

it('every tick is fired, waits or is counted as left out, whatever comes, and none is fired while one is tried', () => {
  const policies = fc.constantFrom<OverlapPolicy>('SKIP', 'BUFFER_ONE');
  const steps = fc.array(fc.tuple(fc.nat(4), fc.boolean()), { maxLength: 30 });
  fc.assert(
    fc.property(policies, steps, (policy, given) => {
      let [memory, instant]: [OverlapMemory, number] = [{}, 0];
      const fired: number[] = [];
      for (const [count, pending] of given) {
        const instants = Array.from({ length: count }, () => ++instant);
        const verdict = judgeOverlap(policy, instants, pending, memory);
        assert.ok(verdict.fire.length <= (pending ? 0 : 1));
        fired.push(...verdict.fire);
        ({ memory } = verdict);
      }
      assert.deepEqual(
        fired,
        [...new Set(fired)].sort((one, other) => one - other),
      );
      const waiting = memory.buffered === undefined ? 0 : 1;
      assert.equal(fired.length + waiting + (memory.skipped ?? 0), instant);
      assert.ok(policy === 'BUFFER_ONE' || waiting === 0);
    }),
  );
});

/** A schedule of every ten minutes whose target takes 25 minutes to get well, from 00:00 on. */
async function overlapping(overlap: OverlapPolicy | undefined): Promise<{ world: World; made: Schedule }> {
  const found = await withSchedule({ overlap });
  found.world.targets.behave(ARN, () => BUSY);
  await found.world.clock.advance(25 * MINUTE);
  return found;
}

const recover = async ({ clock, targets }: World, ms: number): Promise<void> => {
  targets.behave(ARN, () => DELIVERED);
  await clock.advance(ms);
};

describe('ticks that overlap', () => {
  it('without a policy all are tried side by side', async () => {
    const { world } = await overlapping(undefined);
    assert.deepEqual(times(world), ['00:00', '00:10', '00:20']);
  });

  it('SKIP leaves out what comes meanwhile, and counts it', async () => {
    const { world, made } = await overlapping('SKIP');
    assert.deepEqual(times(world), ['00:00']);
    const outlook = await controls(world).outlookOf(made);
    assert.deepEqual([outlook.skipped, outlook.buffered], [2, undefined]);
    assert.equal(outlook.skippedTick, Date.parse('2026-01-01T00:20:00Z'));
    await recover(world, 30 * MINUTE);
    // The first execution ends by its own next attempt.
    assert.deepEqual(times(world).slice(0, 1), ['00:00']);
    assert.equal(world.targets.deliveredTo(ARN).length, times(world).length);
    assert.ok(times(world).includes('00:50'));
    assert.ok(!times(world).includes('00:10') && !times(world).includes('00:20'));
  });

  it('BUFFER_ONE lets one wait, over a crash, and fires it once the way is free', async () => {
    const { world, made } = await overlapping('BUFFER_ONE');
    assert.deepEqual(times(world), ['00:00']);
    assert.equal((await controls(world).outlookOf(made)).buffered, Date.parse('2026-01-01T00:10:00Z'));
    await world.crash();
    await recover(world, 3 * MINUTE);
    world.targets.behave(ARN, () => DELIVERED);
    await world.clock.advance(12 * MINUTE);
    assert.deepEqual(times(world).slice(0, 2), ['00:00', '00:10']);
    assert.ok(!times(world).includes('00:20'));
    await world.clock.advance(HOUR);
    assert.equal((await controls(world).outlookOf(made)).buffered, undefined);
    assert.equal(new Set(world.targets.deliveredTo(ARN)).size, times(world).length);
    assert.deepEqual(await world.deadLetters(), []);
  });

  it('one that waits behind the last tick is fired before the schedule is deleted', async () => {
    const { world, made } = await withSchedule({
      overlap: 'BUFFER_ONE',
      endAt: Date.parse('2026-01-01T00:15:00Z'),
      actionAfterCompletion: 'DELETE',
    });
    world.targets.behave(ARN, () => BUSY);
    await world.clock.advance(20 * MINUTE);
    assert.deepEqual(times(world), ['00:00']);
    assert.ok(await controls(world).find(KEY));
    await recover(world, HOUR);
    assert.deepEqual(times(world), ['00:00', '00:10']);
    assert.equal(await controls(world).find(KEY), undefined);
    assert.equal(await world.storage.timers.count(), 0);
    assert.equal((await controls(world).outlookOf(made)).next, undefined);
  });

  it('after an outage the latest stands for the others', async () => {
    const { world } = await withSchedule({ overlap: 'SKIP' });
    await world.clock.advance(A_MOMENT);
    world.gate.shut = true;
    await world.clock.advance(35 * MINUTE);
    await world.startEngine();
    await world.clock.advance(A_MOMENT);
    assert.deepEqual(times(world), ['00:00', '00:30']);
  });

  it('a tick that a crash left in the log counts as one on its way', async () => {
    const { world } = await withSchedule({ overlap: 'SKIP' });
    world.targets.behave(ARN, () => BUSY);
    await world.clock.advance(A_MOMENT);
    await world.crash();
    await world.clock.advance(25 * MINUTE);
    assert.deepEqual(times(world), ['00:00']);
  });

  it('a policy is set and taken away while the schedule goes on', async () => {
    const { world } = await overlapping(undefined);
    assert.equal((await controls(world).setOverlap(KEY, 'SKIP')).status, 'done');
    await world.clock.advance(10 * MINUTE);
    assert.ok(!times(world).includes('00:30'));
    assert.equal((await controls(world).setOverlap(KEY, undefined)).status, 'done');
    await world.clock.advance(10 * MINUTE);
    assert.ok(times(world).includes('00:40'));
    assert.equal((await controls(world).setOverlap(`${KEY}-no`, 'SKIP')).status, 'missing');
  });

  it('a store that fails while a tick is appended loses no tick to the policy', async () => {
    const { world } = await withSchedule({ overlap: 'SKIP' });
    let failures = 0;
    world.gate.fault = (part, method) => {
      if (part !== 'log' || method !== 'append' || failures++ > 2) return;
      throw new Error('the disk is full');
    };
    await world.clock.advance(MINUTE);
    assert.ok(failures > 2);
    assert.deepEqual(times(world), ['00:00']);
  });
});

describe('pauses', () => {
  it('a paused schedule is disabled, with the reason, and makes nothing up; a rate keeps its rhythm', async () => {
    const { world } = await withSchedule();
    await world.clock.advance(3 * MINUTE);
    const paused = await controls(world).pause(KEY, 'maintenance');
    assert.ok(paused.status === 'done');
    assert.deepEqual(paused.schedule.paused, { reason: 'maintenance', at: world.clock.now() });
    assert.equal(paused.schedule.state, 'DISABLED');
    assert.equal(await world.storage.timers.count(), 0);
    await world.crash();
    await world.clock.advance(40 * MINUTE);
    assert.deepEqual(times(world), ['00:00']);
    assert.equal((await controls(world).pause(KEY, 'still')).status, 'done');
    const resumed = await controls(world).resume(KEY);
    assert.ok(resumed.status === 'done');
    assert.equal(resumed.schedule.paused, undefined);
    await world.clock.advance(20 * MINUTE);
    assert.deepEqual(times(world), ['00:00', '00:50', '01:00']);
  });

  it('what cannot be paused or resumed says why', async () => {
    const { world } = await withSchedule({ state: 'DISABLED' });
    const reasonOf = async (result: ReturnType<ReturnType<typeof controls>['pause']>) => {
      const given = await result;
      return given.status === 'refused' ? given.reason : given.status;
    };
    assert.match(await reasonOf(controls(world).pause(KEY, 'r')), /disabled already/);
    assert.match(await reasonOf(controls(world).resume(KEY)), /disabled by its own definition/);
    assert.equal(await reasonOf(controls(world).resume(`${KEY}-no`)), 'missing');
  });
});

describe('ticks by hand', () => {
  it('fire at once, be the schedule paused or not, and leave its rhythm alone', async () => {
    const { world } = await withSchedule();
    await world.clock.advance(3 * MINUTE);
    await controls(world).trigger(KEY);
    await world.clock.advance(A_MOMENT);
    assert.deepEqual(times(world), ['00:00', '00:03']);
    await controls(world).pause(KEY, 'maintenance');
    const fired = await controls(world).trigger(KEY);
    await world.crash();
    await world.clock.advance(A_MOMENT);
    assert.equal(world.targets.seen.at(-1)?.delivery.eventId, fired?.eventId);
    await controls(world).resume(KEY);
    await world.clock.advance(10 * MINUTE);
    assert.equal(times(world).at(-1), '00:10');
  });

  it('count as executions that others overlap with', async () => {
    const { world } = await withSchedule({ overlap: 'SKIP' });
    await world.clock.advance(3 * MINUTE);
    world.targets.behave(ARN, () => BUSY);
    await controls(world).trigger(KEY);
    await world.clock.advance(10 * MINUTE);
    assert.deepEqual(times(world), ['00:00', '00:03']);
  });
});

describe('backfills', () => {
  const range = (from: string, until: string) => ({
    from: Date.parse(`2025-12-${from}Z`),
    until: Date.parse(`2025-12-${until}Z`),
  });

  it('fire what a calendar had, within the range, each once', async () => {
    const { world, made } = await withSchedule({ expression: 'cron(0 6,18 * * ? *)' });
    const wanted = range('01T18:00:00', '03T18:00:00');
    assert.deepEqual(controls(world).plan(made, wanted), {
      count: 4,
      tooMany: false,
      first: ['01T18', '02T06', '02T18', '03T06'].map((at) => Date.parse(`2025-12-${at}:00:00Z`)),
      last: Date.parse('2025-12-03T06:00:00Z'),
    });
    await controls(world).backfill(made, wanted, 'one');
    await world.clock.advance(A_MOMENT);
    const sent = world.targets.seen.map(({ delivery }) => delivery.payload.slice(2));
    assert.deepEqual(sent, [
      '2025-12-01T18:00:00Z',
      '2025-12-02T06:00:00Z',
      '2025-12-02T18:00:00Z',
      '2025-12-03T06:00:00Z',
    ]);
    assert.equal(await world.storage.timers.count(), 1);
  });

  it('go on after a crash; the same request repeats the same ids, another one makes others', async () => {
    const { world, made } = await withSchedule({ expression: 'cron(0 * * * ? *)', state: 'DISABLED' });
    const wanted = range('01T00:00:00', '31T00:00:00');
    const ids = () => new Set(world.targets.seen.map(({ delivery }) => delivery.deliveryId)).size;
    assert.equal(controls(world).plan(made, wanted).count, 720);
    let appends = 0;
    world.gate.fault = (part, method) => {
      if (part === 'log' && method === 'append' && ++appends > 2) throw new Error('the disk is gone');
    };
    await controls(world).backfill(made, wanted, 'one');
    await world.clock.advance(A_MOMENT);
    assert.ok(ids() < 720);
    world.gate.fault = undefined;
    await world.crash();
    await world.clock.advance(MINUTE);
    assert.equal(ids(), 720);
    await controls(world).backfill(made, wanted, 'one');
    await world.clock.advance(MINUTE);
    assert.equal(ids(), 720);
    await controls(world).backfill(made, wanted, 'two');
    await world.clock.advance(MINUTE);
    assert.equal(ids(), 1_440);
    assert.equal(await world.storage.timers.count(), 0);
  });

  it('end when the schedule is deleted; a range that is too large is told', async () => {
    const { world, made } = await withSchedule({ expression: 'cron(* * * * ? *)', state: 'DISABLED' });
    const wanted = range('01T00:00:00', '31T00:00:00');
    const { count, tooMany } = controls(world).plan(made, wanted);
    assert.deepEqual([count, tooMany], [limits.backfillTicks, true]);
    await controls(world).backfill(made, range('01T00:00:00', '02T00:00:00'), 'one');
    await world.engine.scheduler.schedules.remove(made, undefined);
    await world.clock.advance(MINUTE);
    assert.equal(await world.storage.timers.count(), 0);
  });
});
