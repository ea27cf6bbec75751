import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import { limits } from '../../src/model/limits.ts';
import { ACCOUNT, fixtureArn, REGION, World } from './world.ts';

const ARN = fixtureArn('tick');
const RULE_ARN = `arn:aws:events:${REGION}:${ACCOUNT}:rule/tick`;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Time for what a due timer begins. */
const A_MOMENT = 1_000;
const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };

interface ScheduledEvent {
  readonly id: string;
  readonly time: string;
}

const eventsAt = (world: World, arn = ARN): ScheduledEvent[] =>
  world.targets.seen
    .filter(({ target }) => target === arn)
    .map(({ delivery }) => JSON.parse(delivery.payload) as ScheduledEvent);
const timesAt = (world: World, arn = ARN): string[] =>
  eventsAt(world, arn).map(({ time }) => time.slice(11, 16));

/** The world begins at 2026-01-01T00:00Z. */
async function tickingWorld(schedule: string): Promise<World> {
  const world = await World.start();
  await world.bus();
  await world.rule('tick', { schedule });
  await world.clock.advance(A_MOMENT);
  return world;
}

describe('a scheduled rule', () => {
  it('sends the scheduled event to its targets, at each time, and nothing to other rules', async () => {
    const world = await tickingWorld('rate(5 minutes)');
    await world.rule('everything');
    await world.clock.advance(10 * MINUTE);
    assert.deepEqual(timesAt(world), ['00:05', '00:10']);
    const [first] = eventsAt(world);
    assert.deepEqual(first, {
      version: '0',
      id: first!.id,
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: ACCOUNT,
      time: '2026-01-01T00:05:00Z',
      region: REGION,
      resources: [RULE_ARN],
      detail: {},
    });
    assert.match(first!.id, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    assert.deepEqual(timesAt(world, fixtureArn('everything')), []);
  });

  it('follows a calendar in UTC', async () => {
    const world = await tickingWorld('cron(10,50 0-1 ? * THU *)');
    await world.clock.advance(2 * HOUR);
    assert.deepEqual(timesAt(world), ['00:10', '00:50', '01:10', '01:50']);
  });

  it('gives its targets what their settings make of the event', async () => {
    const world = await World.start();
    await world.bus();
    const transformed = fixtureArn('transformed');
    await world.rule('tick', {
      schedule: 'rate(1 minute)',
      targets: [
        { Id: 'a', Arn: ARN, Input: '{"fixed":true}' },
        {
          Id: 'b',
          Arn: transformed,
          InputTransformer: { InputPathsMap: { at: '$.time' }, InputTemplate: '{"at":<at>}' },
        },
      ],
    });
    await world.clock.advance(MINUTE + A_MOMENT);
    const payloads = world.targets.seen.map(({ delivery }) => delivery.payload).sort();
    assert.deepEqual(payloads, ['{"at":"2026-01-01T00:01:00Z"}', '{"fixed":true}']);
  });

  it('takes events that match its pattern as well, on another lane', async () => {
    const world = await World.start();
    await world.bus();
    await world.rule('tick', { schedule: 'rate(1 minute)', pattern: '{"source":["shop"]}' });
    await world.publish([world.event('shop'), world.event('other')]);
    await world.clock.advance(MINUTE + A_MOMENT);
    assert.equal(world.targets.seen.length, 2);
    assert.deepEqual(timesAt(world), ['00:00', '00:01']);
  });

  it('does not tick while it is disabled, and makes nothing up for it later', async () => {
    const world = await tickingWorld('rate(10 minutes)');
    await world.rule('tick', { schedule: 'rate(10 minutes)', state: 'DISABLED' });
    await world.clock.advance(HOUR);
    assert.deepEqual(timesAt(world), []);
    assert.equal(await world.storage.timers.count(), 0);
    await world.rule('tick', { schedule: 'rate(10 minutes)' });
    await world.clock.advance(HOUR / 2);
    // Enabled at 01:00:01.
    assert.deepEqual(timesAt(world), ['01:10', '01:20', '01:30']);
  });

  it('starts anew when its expression changes, and goes on when anything else does', async () => {
    const world = await tickingWorld('rate(10 minutes)');
    await world.clock.advance(8 * MINUTE);
    await world.rule('tick', { schedule: 'rate(10 minutes)', targets: [{ Id: 'other', Arn: ARN }] });
    await world.clock.advance(4 * MINUTE);
    assert.deepEqual(timesAt(world), ['00:10']);
    await world.rule('tick', { schedule: 'rate(5 minutes)' });
    await world.clock.advance(5 * MINUTE + A_MOMENT);
    assert.deepEqual(timesAt(world), ['00:10', '00:17']);
    await world.rule('tick', { pattern: '{"source":["shop"]}' });
    await world.clock.advance(HOUR);
    assert.equal(timesAt(world).length, 2);
    assert.equal(await world.storage.timers.count(), 0);
  });

  it('fires nothing once it is deleted, whatever was on its way', async () => {
    const world = await tickingWorld('rate(1 minute)');
    world.targets.behave(ARN, () => BUSY);
    await world.clock.advance(MINUTE + A_MOMENT);
    const seen = world.targets.seen.length;
    assert.ok(seen > 0);
    await world.removeRule('tick');
    await world.clock.advance(HOUR);
    assert.equal(world.targets.seen.length, seen);
    assert.equal(await world.storage.timers.count(), 0);
    assert.deepEqual(
      (await world.deadLetters()).map(({ code }) => code),
      ['TARGET_REMOVED'],
    );
  });

  it('retries a tick like an event: into the dead letters in the end', async () => {
    const world = await World.start();
    await world.bus();
    const policy = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3_600 };
    world.targets.behave(ARN, () => BUSY);
    await world.rule('tick', {
      schedule: 'cron(5 0 * * ? *)',
      targets: [{ Id: 't', Arn: ARN, RetryPolicy: policy }],
    });
    await world.clock.advance(HOUR / 2);
    const [letter] = await world.deadLetters();
    assert.equal(letter?.condition, 'MaximumRetryAttempts');
    assert.equal(letter.attempts, 3);
    assert.equal(letter.ruleArn, RULE_ARN);
    // It can be redriven, by the rule's name.
    world.targets.behave(ARN, () => DELIVERED);
    const [stored] = await world.storage.deadLetters.list({ max: 1 });
    const [redriven] = await world.engine.redrives.redrive([{ id: stored!.id }]);
    assert.equal(redriven?.status, 'redriven');
    await world.clock.advance(A_MOMENT);
    assert.deepEqual(await world.deadLetters(), []);
  });

  it('never ticks in years that are over', async () => {
    const world = await tickingWorld('cron(0 0 1 1 ? 2002-2005)');
    assert.equal(await world.storage.timers.count(), 0);
    await world.clock.advance(HOUR);
    assert.deepEqual(timesAt(world), []);
  });
});

describe('ticks and restarts', () => {
  it('what was missed is delivered late, once each', async () => {
    const world = await tickingWorld('rate(10 minutes)');
    await world.engine.stop(0);
    await world.clock.advance(HOUR);
    await world.crash();
    await world.clock.advance(A_MOMENT);
    assert.deepEqual(timesAt(world).sort(), ['00:10', '00:20', '00:30', '00:40', '00:50', '01:00']);
    await world.clock.advance(10 * MINUTE);
    assert.equal(timesAt(world).at(-1), '01:10');
  });

  it('what was missed beyond a bound is one tick, that of the latest time', async () => {
    const world = await tickingWorld('rate(1 minute)');
    await world.engine.stop(0);
    await world.clock.advance(5 * HOUR);
    await world.crash();
    await world.clock.advance(A_MOMENT);
    const times = timesAt(world).sort();
    assert.equal(times.length, limits.lateTicks + 1);
    assert.deepEqual([times[0], times[99], times[100]], ['00:01', '01:40', '05:00']);
  });

  it('a crash between the tick and the timer repeats the same tick, recognisably', async () => {
    const world = await tickingWorld('rate(10 minutes)');
    world.gate.fault = (part, method) => {
      if (part === 'timers' && method === 'change') throw new Error('the disk is gone');
    };
    await world.clock.advance(10 * MINUTE);
    assert.ok(world.targets.seen.length >= 1);
    world.gate.fault = undefined;
    await world.crash();
    await world.clock.advance(A_MOMENT);
    const ids = new Set(world.targets.seen.map(({ delivery }) => delivery.deliveryId));
    assert.equal(ids.size, 1);
    assert.deepEqual([...new Set(timesAt(world))], ['00:10']);
    await world.clock.advance(10 * MINUTE);
    assert.equal(timesAt(world).at(-1), '00:20');
  });

  it('a rule whose timer was never written ticks all the same', async () => {
    const world = await tickingWorld('rate(10 minutes)');
    const due = await world.storage.timers.due(Number.MAX_SAFE_INTEGER, 10);
    world.gate.shut = true;
    await world.storage.timers.change(
      due.map(({ id }) => id),
      [],
    );
    await world.startEngine();
    await world.clock.advance(20 * MINUTE);
    assert.deepEqual(timesAt(world), ['00:10', '00:20']);
  });

  it('a timer of a rule that is gone fires nothing and goes', async () => {
    const world = await tickingWorld('rate(10 minutes)');
    const due = await world.storage.timers.due(Number.MAX_SAFE_INTEGER, 10);
    await world.removeRule('tick');
    await world.clock.advance(A_MOMENT);
    await world.storage.timers.change([], due);
    await world.crash();
    await world.clock.advance(HOUR);
    assert.equal(await world.storage.timers.count(), 0);
    assert.deepEqual(timesAt(world), []);
  });

  it('retries go on after a crash on the same lane', async () => {
    const world = await tickingWorld('cron(5 0 * * ? *)');
    world.targets.behave(ARN, () => BUSY);
    await world.clock.advance(5 * MINUTE + 10_000);
    assert.ok((await world.backlogRows()) > 0);
    world.targets.behave(ARN, () => DELIVERED);
    await world.crash();
    await world.clock.advance(HOUR / 2);
    assert.equal(world.targets.deliveredTo(ARN).length, 1);
    assert.equal(await world.backlogRows(), 0);
    const ids = new Set(world.targets.seen.map(({ delivery }) => delivery.deliveryId));
    assert.equal(ids.size, 1);
  });

  it('a store that fails for a while delays ticks and loses none', async () => {
    const world = await tickingWorld('rate(1 minute)');
    let failures = 0;
    world.gate.fault = (part) => {
      if ((part === 'timers' || part === 'log') && world.random.next() < 0.5) {
        failures++;
        throw new Error('busy disk');
      }
    };
    await world.clock.advance(10 * MINUTE);
    world.gate.fault = undefined;
    await world.clock.advance(A_MOMENT * 5);
    assert.ok(failures > 0);
    const times = new Set(timesAt(world));
    assert.equal(times.size, 10);
  });
});

it('many rules that tick in the same second', async () => {
  const world = await World.start();
  await world.bus();
  const rules = 2_500;
  for (let n = 0; n < rules; n++) {
    await world.rule(`many-${n}`, { schedule: 'cron(0 1 * * ? *)', targets: [{ Id: 't', Arn: ARN }] });
  }
  await world.clock.advance(HOUR + 10_000);
  assert.equal(world.targets.deliveredTo(ARN).length, rules);
  assert.equal(new Set(world.targets.deliveredTo(ARN)).size, rules);
});
