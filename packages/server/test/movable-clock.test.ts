// A clock that is moved: the machine's clock stands still in these tests, so whatever happens has waited for nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../src/engine/engine.ts';
import { Metrics } from '../src/engine/metrics.ts';
import type { SendOutcome } from '../src/engine/ports/connector.ts';
import { silentLogger } from '../src/engine/ports/logger.ts';
import { MovableClock } from '../src/movable-clock.ts';
import { observeStorage } from '../src/observed-storage.ts';
import { createMemoryStorage } from '../src/store/memory/index.ts';
import { FakeClock, SeededRandom } from './engine/fake-clock.ts';
import { fixtureArn, SCOPE, World } from './engine/world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DOWN: SendOutcome = { status: 'retry', code: 'CONNECTION_FAILURE', reason: 'connection refused' };

describe('a movable clock', () => {
  it('is the machine’s until it is moved, and then ahead of it', async () => {
    const machine = new FakeClock();
    const clock = new MovableClock(machine);
    assert.equal(clock.now(), machine.now());
    const moved = await clock.advance(DAY);
    assert.deepEqual(moved, { now: machine.now() + DAY, offsetMs: DAY, stops: 1 });
    await machine.advance(5);
    assert.equal(clock.now(), machine.now() + DAY);
  });

  it('fires what is due in order, what comes up on the way too, and stops for each', async () => {
    const clock = new MovableClock(new FakeClock());
    const start = clock.now();
    const fired: [string, number][] = [];
    const note = (name: string) => () => void fired.push([name, clock.now() - start]);
    clock.after(2 * HOUR, note('second'));
    clock.after(HOUR, () => {
      note('first')();
      clock.after(HOUR / 2, note('between'));
    });
    clock.after(3 * HOUR, note('later'));
    const cancel = clock.after(HOUR, note('cancelled'));
    cancel();
    const { stops } = await clock.advance(2 * HOUR);
    assert.deepEqual(fired, [
      ['first', HOUR],
      ['between', 1.5 * HOUR],
      ['second', 2 * HOUR],
    ]);
    assert.equal(stops, 3);
  });

  it('does not stop for housekeeping, but has it done', async () => {
    const clock = new MovableClock(new FakeClock());
    let rounds = 0;
    const sweep = (): void => void clock.after(1_000, () => (rounds++, sweep()), 'housekeeping');
    sweep();
    clock.after(HOUR, () => undefined);
    const { stops } = await clock.advance(DAY);
    assert.deepEqual([stops, rounds], [2, 2]);
  });

  it('waits for what a timer began', async () => {
    const clock = new MovableClock(new FakeClock());
    let under = 0;
    clock.busy = () => under > 0;
    const order: string[] = [];
    clock.after(HOUR, () => {
      under++;
      setImmediate(() => setImmediate(() => (order.push('work'), under--)));
    });
    clock.after(2 * HOUR, () => order.push('next'));
    await clock.advance(DAY);
    assert.deepEqual(order, ['work', 'next']);
  });

  it('goes on with the machine: timers that were left are due sooner', async () => {
    const machine = new FakeClock();
    const clock = new MovableClock(machine);
    let fired = 0;
    clock.after(DAY, () => fired++);
    await clock.advance(DAY - 1_000);
    assert.equal(fired, 0);
    await machine.advance(1_000);
    assert.equal(fired, 1);
    await clock.advance(DAY);
    assert.equal(fired, 1);
  });

  it('begins ahead, and tells how far it will be before it moves on', async () => {
    const machine = new FakeClock();
    const told: [number, number][] = [];
    const keep = async (aheadMs: number): Promise<void> => {
      await Promise.resolve();
      told.push([aheadMs, clock.offsetMs]);
    };
    const clock = new MovableClock(machine, { aheadMs: DAY, keep });
    assert.equal(clock.now(), machine.now() + DAY);
    clock.after(HOUR, () => undefined);
    await clock.advance(3 * HOUR);
    assert.deepEqual(told, [
      [DAY + HOUR, DAY],
      [DAY + 3 * HOUR, DAY + HOUR],
    ]);
  });

  it('stays where it is when that cannot be kept', async () => {
    const keep = (): Promise<void> => Promise.reject(new Error('the disk is full'));
    const clock = new MovableClock(new FakeClock(), { aheadMs: HOUR, keep });
    let fired = 0;
    clock.after(HOUR, () => fired++);
    await assert.rejects(clock.advance(DAY), /the disk is full/);
    assert.deepEqual([clock.offsetMs, fired], [HOUR, 0]);
  });

  it('counts the way that it came when the rest cannot be kept', async () => {
    const machine = new FakeClock();
    let kept = 0;
    const keep = async (): Promise<void> => {
      if (++kept > 1) throw new Error('the disk is full');
    };
    const clock = new MovableClock(machine, { aheadMs: 0, keep });
    let fired = 0;
    clock.after(HOUR, () => undefined);
    clock.after(2 * HOUR, () => fired++);
    await assert.rejects(clock.advance(DAY), /the disk is full/);
    assert.deepEqual([clock.offsetMs, fired], [HOUR, 0]);
    await machine.advance(HOUR);
    assert.equal(fired, 1);
  });

  it('moves one call after the other', async () => {
    const clock = new MovableClock(new FakeClock());
    const [first, second] = await Promise.all([clock.advance(HOUR), clock.advance(HOUR)]);
    assert.equal(second.now - first.now, HOUR);
  });
});

/** An engine that goes by a movable clock. The world around it makes rules. */
async function movedWorld(): Promise<{ world: World; clock: MovableClock; engine: Engine }> {
  const world = new World();
  const clock = new MovableClock(world.clock);
  const { storage, busy } = observeStorage(createMemoryStorage());
  const engine = await Engine.start({
    storage,
    clock,
    random: new SeededRandom(7),
    logger: silentLogger,
    metrics: new Metrics(),
    targets: () => [world.targets],
    queueSender: world.queues,
  });
  clock.busy = () => busy() || engine.busy;
  return { world, clock, engine };
}

it('a day of retries against a dead target ends in its dead-letter queue, without any waiting', async (t) => {
  const { world, clock, engine } = await movedWorld();
  const arn = fixtureArn('dead');
  world.targets.behave(arn, () => DOWN);
  const bus = await engine.catalog.resolveBus(SCOPE, 'default');
  const queue = 'arn:aws:sqs:us-east-1:111111111111:dead-letters';
  await engine.catalog.putRule(
    {
      ...SCOPE,
      uid: world.random.uuid(),
      bus: 'default',
      name: 'dead',
      arn: 'arn:aws:events:us-east-1:111111111111:rule/dead',
      state: 'ENABLED',
      scheduleExpression: 'cron(30 0 1 1 ? 2026)',
      scheduledAt: clock.now(),
      createdBy: '111111111111',
      tags: [],
      targets: [
        {
          Id: 't',
          Arn: arn,
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
          DeadLetterConfig: { Arn: queue },
        },
      ],
      since: String(await engine.catalog.headOf(bus!.document)),
    },
    undefined,
  );
  const stood = world.clock.now();
  const { stops } = await clock.advance(HOUR);
  assert.equal(world.queues.messages.length, 0, 'an hour is not enough');
  const { stops: more } = await clock.advance(DAY);
  t.diagnostic(`${world.targets.seen.length} attempts, ${stops + more} stops of the clock`);
  assert.equal(world.clock.now(), stood, 'the machine’s clock has not moved');
  const [message] = world.queues.messages;
  assert.equal(world.queues.messages.length, 1);
  assert.equal(message!.queue, queue);
  assert.match(message!.message.attributes?.['EXHAUSTED_RETRY_CONDITION'] ?? '', /^Maximum/);
  assert.ok(world.targets.seen.length > 100 && world.targets.seen.length <= 186);
  await engine.stop(0);
});
