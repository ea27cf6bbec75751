import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import { limits } from '../../src/model/limits.ts';
import {
  archived,
  archiveIn,
  fill,
  replayLogs,
  replayNow,
  SECOND,
  startReplay,
  THEN,
  until,
} from './replay-kit.ts';
import { fixtureArn, SCOPE, World } from './world.ts';

const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };
const NO: SendOutcome = { status: 'reject', code: 'NO_RESOURCE', reason: 'no such thing' };
const HOUR = 3_600_000;

/** A world with a bus and, of a name each, rules that match everything. */
async function worldWith(...rules: string[]): Promise<World> {
  const world = await World.start();
  await world.bus();
  for (const rule of rules) await world.rule(rule);
  return world;
}

const payloadsAt = (world: World, name: string): string[] =>
  world.targets.seen
    .filter(({ target }) => target === fixtureArn(name))
    .map(({ delivery }) => delivery.payload);

describe('a replay', () => {
  it('brings events to the rules of the bus, in the order of their times', async () => {
    const world = await worldWith('a', 'b');
    world.targets.maxConcurrency = 1;
    const ids = await fill(world, 2_000);
    await startReplay(world);
    assert.equal(replayNow(world).state, 'STARTING');
    await until(world, 'COMPLETED');
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('a')), ids);
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('b')), ids);
    const { replayed, lastReplayedAt, endedAt, startedAt } = replayNow(world);
    assert.equal(replayed, 2_000);
    assert.equal(lastReplayedAt, THEN + 1_999 * SECOND);
    assert.ok(endedAt! >= startedAt);
  });

  it('adds its name to the event and nothing else', async () => {
    const world = await worldWith('a');
    await fill(world, 1);
    await startReplay(world, 'may-again');
    await until(world, 'COMPLETED', 'may-again');
    const [payload] = payloadsAt(world, 'a');
    const [event] = await world.storage.archives.read((await archiveIn(world)).uid, {
      from: 0,
      until: Infinity,
      after: undefined,
      maxEvents: 1,
      maxBytes: 1,
    });
    assert.equal(payload, event!.event.replace('"resources":', '"replay-name":"may-again","resources":'));
  });

  it('takes the window from its start up to and without its end', async () => {
    const world = await worldWith('a');
    const ids = await fill(world, 10);
    await startReplay(world, 'r', { from: THEN + 2 * SECOND, until: THEN + 5 * SECOND });
    await until(world, 'COMPLETED');
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('a')), ids.slice(2, 5));
  });

  it('completes when there is nothing to replay', async () => {
    const world = await worldWith('a');
    await fill(world, 0);
    await startReplay(world);
    await until(world, 'COMPLETED');
    assert.equal(replayNow(world).lastReplayedAt, undefined);
    assert.equal(replayNow(world).replayed, 0);
  });

  it('drops its log once no delivery needs it', async () => {
    const world = await worldWith('a');
    await fill(world, 3);
    let answer: SendOutcome = BUSY;
    world.targets.behave(fixtureArn('a'), () => answer);
    await startReplay(world);
    await until(world, 'COMPLETED');
    await world.clock.advance(SECOND);
    assert.equal((await replayLogs(world)).length, 1, 'its retries are to come');
    answer = DELIVERED;
    await world.clock.advance(HOUR);
    assert.equal(world.targets.deliveredTo(fixtureArn('a')).length, 3);
    assert.deepEqual(await replayLogs(world), []);
    assert.equal(await world.backlogRows(), 0);
  });

  it('leaves dead letters as other deliveries do', async () => {
    const world = await worldWith('a');
    await fill(world, 3);
    world.targets.behave(fixtureArn('a'), () => NO);
    await startReplay(world);
    await until(world, 'COMPLETED');
    await world.clock.advance(SECOND);
    const letters = await world.deadLetters();
    assert.equal(letters.length, 3);
    assert.match(letters[0]!.event, /"replay-name":"r"/);
  });

  it('shows in the status and the metrics, apart from live deliveries', async () => {
    const world = await worldWith('a');
    await fill(world, 5);
    world.targets.behave(fixtureArn('a'), () => 'hang');
    await startReplay(world);
    await world.publishMany(1, 'live');
    await world.clock.until(() => world.targets.seen.length > 1);
    assert.deepEqual(
      world.engine.replays.active().map(({ name }) => name),
      ['r'],
    );
    const lanes = world.engine.status().lanes.filter(({ target }) => target === fixtureArn('a'));
    assert.deepEqual(new Set(lanes.map(({ replay }) => replay)), new Set(['r', undefined]));
    const text = await world.metrics.text();
    assert.match(text, /^busbar_replays 1$/m);
    assert.equal(await world.metric('replayed_events'), 5);
    const series = text.split('\n').map((line) => line.slice(0, line.lastIndexOf(' ')));
    assert.equal(series.length - 1, new Set(series).size - 1, 'no series is there twice');
  });

  it('shows in the trace of an event', async () => {
    const world = await worldWith('a');
    const bus = await world.bus();
    const event = archived(world, 0);
    await world.publish([{ ...event, ingestedAt: world.clock.now() }]);
    await world.storage.archives.put((await archiveIn(world)).uid, [event]);
    await startReplay(world, 'may.again');
    await until(world, 'COMPLETED', 'may.again');
    const { rules } = await world.engine.tracer.trace(bus, event.eventId);
    const { deliveries } = rules.find(({ rule }) => rule === 'a')!;
    assert.deepEqual(
      deliveries[0]!.delivered.map(({ replay }) => replay),
      [undefined, 'may.again'],
    );
  });

  it("keeps to the target's rate together with live events, which go first", async () => {
    const world = await worldWith();
    const arn = fixtureArn('a');
    await world.rule('a', {
      targets: [{ Id: 't', Arn: arn, BusbarParameters: { MaximumRatePerSecond: 10 } }],
    });
    await fill(world, 60);
    const sent: { at: number; live: boolean }[] = [];
    world.targets.behave(arn, ({ event }) => {
      sent.push({ at: world.clock.now(), live: !event.includes('"replay-name"') });
      return DELIVERED;
    });
    await startReplay(world);
    await world.clock.advance(2 * SECOND);
    assert.ok(sent.length >= 15, `${sent.length} in two seconds`);
    const published = world.clock.now();
    await world.publishMany(20, 'live');
    await world.clock.until(() => sent.length === 80);
    for (const { at } of sent) {
      const count = sent.filter((other) => other.at >= at && other.at < at + SECOND).length;
      assert.ok(count <= 11, `${count} in a second`);
    }
    const lastLive = sent.findLast(({ live }) => live)!;
    assert.ok(lastLive.at - published <= 3 * SECOND, 'live events did not wait');
  });

  it('does not hold up live events', async () => {
    const world = await worldWith('a');
    await fill(world, 50);
    world.targets.behave(fixtureArn('a'), (delivery) =>
      delivery.event.includes('"replay-name"') ? 'hang' : DELIVERED,
    );
    await startReplay(world);
    await world.clock.until(() => world.targets.seen.length > 0);
    const live = await world.publishMany(20, 'live');
    await world.clock.until(() => world.targets.deliveredTo(fixtureArn('a')).length === 20, SECOND);
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('a')), live);
    // Those that hang have a durable place after a while: the replay has done its part.
    await until(world, 'COMPLETED');
  });

  it('matches rules as they are when an event is routed, and follows their changes', async () => {
    const world = await worldWith('a', 'gone');
    await world.rule('off', { state: 'DISABLED' });
    const ids = await fill(world, 100);
    world.targets.behave(fixtureArn('gone'), () => BUSY);
    world.targets.behave(fixtureArn('a'), () => BUSY);
    await startReplay(world);
    await until(world, 'COMPLETED');
    await world.removeRule('gone');
    await world.rule('a', { targets: [{ Id: 't', Arn: fixtureArn('elsewhere') }] });
    await world.clock.advance(HOUR);
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('elsewhere')).sort(), [...ids].sort());
    const letters = await world.deadLetters();
    assert.equal(letters.filter(({ code }) => code === 'TARGET_REMOVED').length, 100);
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('off')), []);
  });

  it('goes to the rules that it is to go to', async () => {
    const world = await worldWith('a', 'b', 'c');
    const ids = await fill(world, 5);
    const rules = ['a', 'c'].map(
      (name) =>
        world.engine.catalog.rule({ account: '111111111111', region: 'us-east-1' }, 'default', name)!.document
          .arn,
    );
    await startReplay(world, 'r', { filterArns: rules });
    await until(world, 'COMPLETED');
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('a')), ids);
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('b')), []);
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('c')), ids);
  });

  it('goes to one target, to another bus, and takes what a pattern or an id says', async () => {
    const world = await worldWith();
    const targets = ['x', 'y'].map((name) => ({ Id: name, Arn: fixtureArn(name) }));
    const rule = await world.rule('two', { targets });
    await world.bus('other');
    await world.rule('elsewhere', { bus: 'other' });
    const ids = await fill(world, 30, (index) => (index % 3 === 0 ? 'billing' : 'shop'));
    await startReplay(world, 'one', { target: { rule: rule.arn, id: 'y' } });
    await until(world, 'COMPLETED', 'one');
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('x')), []);
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('y')), ids);
    await startReplay(world, 'other', { bus: 'other', pattern: '{"source":["billing"]}' });
    await until(world, 'COMPLETED', 'other');
    assert.deepEqual(
      world.targets.deliveredTo(fixtureArn('elsewhere')),
      ids.filter((_, index) => index % 3 === 0),
    );
    await startReplay(world, 'single', { eventId: ids[7]! });
    await until(world, 'COMPLETED', 'single');
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('x')), [ids[7]]);
    assert.equal(replayNow(world, 'single').replayed, 1);
  });

  it('keeps to a rate', async () => {
    const world = await worldWith('a');
    await fill(world, 100);
    await startReplay(world, 'r', { ratePerSecond: 10 });
    await world.clock.advance(5 * SECOND);
    const halfway = world.targets.deliveredTo(fixtureArn('a')).length;
    assert.ok(halfway >= 48 && halfway <= 52, `${halfway} in five seconds`);
    await until(world, 'COMPLETED');
    assert.equal(world.targets.deliveredTo(fixtureArn('a')).length, 100);
  });

  it('keeps the pace at which the events came, times a speed', async () => {
    const world = await worldWith('a');
    await fill(world, 100);
    await startReplay(world, 'r', { speed: 10 });
    await world.clock.advance(5 * SECOND);
    const halfway = world.targets.deliveredTo(fixtureArn('a')).length;
    assert.ok(halfway >= 49 && halfway <= 52, `${halfway} in five seconds`);
    await until(world, 'COMPLETED');
    assert.equal(world.targets.deliveredTo(fixtureArn('a')).length, 100);
  });
});

describe('a replay that cannot go on', () => {
  it('fails when its archive is deleted', async () => {
    const world = await worldWith('a');
    await fill(world, 100);
    await startReplay(world, 'r', { ratePerSecond: 10 });
    await world.clock.advance(SECOND);
    const found = world.engine.archives.documents.get(SCOPE, 'a');
    await world.engine.archives.remove(found!);
    await until(world, 'FAILED');
    assert.equal(replayNow(world).stateReason, 'The archive was deleted.');
    assert.ok(replayNow(world).endedAt !== undefined);
    await world.clock.advance(SECOND);
    assert.deepEqual(await replayLogs(world), []);
  });

  it('fails when its pattern is understood no more, and keeps nothing else from working', async () => {
    const world = await worldWith('a');
    await fill(world, 1);
    await startReplay(world, 'r', { pattern: '{"source":[{"spelled":"shop"}]}' });
    await until(world, 'FAILED');
    assert.equal(replayNow(world).stateReason, 'The pattern of the replay cannot be used.');
  });

  it('fails when its bus is deleted', async () => {
    const world = await worldWith();
    const bus = await world.bus('other');
    await fill(world, 100);
    // The next event is due in an hour.
    await startReplay(world, 'r', { bus: 'other', ratePerSecond: 1 / 3_600 });
    await world.clock.advance(SECOND);
    await world.engine.catalog.removeBus(bus, undefined);
    await world.bus('other');
    await until(world, 'FAILED', 'r', 2 * limits.replayLookMs);
    assert.equal(replayNow(world).stateReason, 'The event bus was deleted.');
  });

  it('waits while its deliveries do not follow, and goes on when they do', async () => {
    const world = await worldWith('a');
    const ids = await fill(world, 3 * limits.replayAheadPositions);
    let answer: SendOutcome | 'hang' = 'hang';
    world.targets.behave(fixtureArn('a'), () => answer);
    world.targets.keepSeen = false;
    await startReplay(world);
    // Before the deliveries under way get durable places.
    await world.clock.advance(limits.deliveryGuardMs / 2);
    const { replayed } = replayNow(world);
    assert.ok(
      replayed > 0 && replayed <= limits.replayAheadPositions + limits.replayReadEvents,
      `${replayed}`,
    );
    answer = DELIVERED;
    world.targets.release(fixtureArn('a'));
    await until(world, 'COMPLETED');
    assert.equal(new Set(world.targets.deliveredTo(fixtureArn('a'))).size, ids.length);
  });

  it('goes on after the store has failed', async () => {
    const world = await worldWith('a');
    const ids = await fill(world, 1_500);
    let failures = 0;
    world.gate.fault = (part, method) => {
      if (part !== 'archives' && method !== 'append' && part !== 'catalog') return;
      if (failures++ % 2 === 0) throw new Error('the disk has a bad day');
    };
    failures = 1;
    await startReplay(world);
    failures = 0;
    await until(world, 'COMPLETED');
    assert.ok(failures > 6);
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('a')).sort(), [...ids].sort());
  });
});

describe('the list of replays', () => {
  it('knows a name once, and ten that are active', async () => {
    const world = await worldWith('a');
    await fill(world, 100);
    for (let index = 0; index < limits.activeReplays; index++) {
      await startReplay(world, `r${index}`, { ratePerSecond: 1 });
    }
    await assert.rejects(startReplay(world, 'r0'), { message: 'taken' });
    await assert.rejects(startReplay(world, 'more'), { message: 'full' });
    await world.engine.replays.cancel(replayNow(world, 'r3'));
    await startReplay(world, 'more');
    await assert.rejects(startReplay(world, 'r3'), { message: 'taken' });
  });

  it('forgets a replay 90 days after its end', async () => {
    const world = await worldWith('a');
    await fill(world, 1);
    await startReplay(world);
    await until(world, 'COMPLETED');
    await world.clock.advance(SECOND);
    const ended = replayNow(world);
    await world.engine.replays.sweep();
    assert.ok(replayNow(world), 'it has only just ended');
    await world.engine.stop(0);
    world.gate.shut = true;
    const endedAt = ended.endedAt! - limits.replayRecordMs;
    const key = `${ended.account}/${ended.region}/${ended.name}`;
    const value = { ...ended, endedAt };
    await world.storage.catalog.write([{ kind: 'replay', key, value, expect: undefined }]);
    await world.startEngine();
    assert.ok(replayNow(world));
    await world.clock.advance(limits.replaySweepMs + SECOND);
    assert.equal(replayNow(world), undefined);
  });
});

describe('an event that others wrote', () => {
  it('gets the replay name in its place too', async () => {
    const world = await worldWith('a');
    const { uid } = await archiveIn(world);
    const event = archived(world, 0);
    const strange = { ...(JSON.parse(event.event) as object), 'replay-name': 'earlier' };
    const text = JSON.stringify({ detail: { x: 1, resources: [] }, ...strange }, undefined, 1);
    await world.storage.archives.put(uid, [{ ...event, event: text }]);
    await startReplay(world);
    await until(world, 'COMPLETED');
    const [payload] = payloadsAt(world, 'a');
    const expected = event.event.replace('"resources":', '"replay-name":"r","resources":');
    assert.equal(payload, expected);
  });
});
