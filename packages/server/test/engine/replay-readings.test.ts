import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Reading } from '../../src/engine/replay/readings.ts';
import { limits } from '../../src/model/limits.ts';
import type { ReplayPlan } from '../../src/model/replay.ts';
import { archiveIn, fill, SECOND } from './replay-kit.ts';
import { fixtureArn, SCOPE, World } from './world.ts';

async function readingIn(world: World, plan: Partial<ReplayPlan> = {}): Promise<Reading> {
  const bus = await world.bus();
  const { arn: archiveArn, uid: archiveUid } = await archiveIn(world);
  const whole = { archiveArn, archiveUid, from: 0, until: world.clock.now(), bus: bus.name, busLog: bus.log };
  return { scope: SCOPE, name: 'look', plan: { ...whole, ...plan } };
}

const { signal: NEVER } = new AbortController();

describe('a reading', () => {
  it('gets the events as a replay would deliver them, and leaves nothing behind', async () => {
    const world = await World.start();
    const ids = await fill(world, 1_200);
    const got: string[] = [];
    const events: string[] = [];
    const take = async (records: readonly { eventId: string; event: string }[]): Promise<boolean> => {
      got.push(...records.map(({ eventId }) => eventId));
      events.push(...records.map(({ event }) => event));
      return true;
    };
    await world.engine.replays.readings.read(await readingIn(world), take, NEVER);
    assert.deepEqual(got, ids);
    assert.ok(events.every((event) => event.includes('"replay-name":"look","resources"')));
    assert.deepEqual(world.engine.replays.list(SCOPE), []);
  });

  it('keeps to its pace, and ends when nobody wants more', async () => {
    const world = await World.start();
    await fill(world, 100);
    const reading = await readingIn(world, { ratePerSecond: 10 });
    let count = 0;
    const aborter = new AbortController();
    const done = world.engine.replays.readings.read(
      reading,
      async (records) => {
        count += records.length;
        return true;
      },
      aborter.signal,
    );
    await world.clock.advance(5 * SECOND);
    assert.ok(count >= 48 && count <= 52, `${count} in five seconds`);
    aborter.abort();
    await done;
    assert.ok(count <= 52);
    let batches = 0;
    await world.engine.replays.readings.read(await readingIn(world), async () => ++batches < 1, NEVER);
    assert.equal(batches, 1);
  });

  it('counts what would be delivered where, without waiting for a pace, and delivers nothing', async () => {
    const world = await World.start();
    await world.bus();
    await world.rule('shop', { pattern: '{"source":["shop"]}' });
    await world.rule('off', { state: 'DISABLED' });
    const targets = ['x', 'y'].map((name) => ({ Id: name, Arn: fixtureArn(name) }));
    await world.rule('both', { pattern: '{"source":["shop","bank"]}', targets });
    await fill(world, 100, (index) => ['shop', 'shop', 'bank', 'other'][index % 4]!);
    const tell = (): Promise<boolean> => Promise.resolve(true);
    const reading = await readingIn(world, { ratePerSecond: 1 });
    const rehearsal = await world.engine.replays.readings.rehearse(reading, tell, NEVER);
    assert.deepEqual([rehearsal.events, rehearsal.unmatched], [100, 25]);
    assert.deepEqual(
      rehearsal.targets().map(({ target, events }) => [target, events]),
      [
        [fixtureArn('x'), 75],
        [fixtureArn('y'), 75],
        [fixtureArn('shop'), 50],
      ],
    );
    assert.deepEqual(world.targets.seen, []);
  });

  it('finds a place only so often', async () => {
    const world = await World.start();
    const { readings } = world.engine.replays;
    const places = Array.from({ length: limits.replayReadings }, () => readings.place());
    assert.ok(places.every((place) => place !== undefined));
    assert.equal(readings.place(), undefined);
    places[0]!();
    assert.ok(readings.place());
  });
});
