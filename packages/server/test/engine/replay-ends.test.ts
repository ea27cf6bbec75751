import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import { limits } from '../../src/model/limits.ts';
import { turns } from './fake-clock.ts';
import { fill, replayLogs, replayNow, SECOND, startReplay, until } from './replay-kit.ts';
import { fixtureArn, World } from './world.ts';

const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };

const HOUR = 3_600_000;

/** A world with a bus and, of a name each, rules that match everything. */
async function worldWith(...rules: string[]): Promise<World> {
  const world = await World.start();
  await world.bus();
  for (const rule of rules) await world.rule(rule);
  return world;
}

describe('a replay that is cancelled', () => {
  it('delivers nothing more, leaves nothing behind, and no dead letters', async () => {
    const world = await worldWith('a', 'dead');
    await fill(world, 3_000);
    world.targets.behave(fixtureArn('dead'), () => BUSY);
    world.targets.behave(fixtureArn('a'), () => 'hang');
    await startReplay(world, 'r', { ratePerSecond: 1_000 });
    await world.clock.advance(2 * SECOND);
    const cancelled = await world.engine.replays.cancel(replayNow(world));
    assert.equal(cancelled!.state, 'CANCELLING');
    assert.equal(await world.engine.replays.cancel(cancelled!), undefined, 'once is enough');
    const { length } = world.targets.seen;
    await world.clock.advance(SECOND);
    assert.equal(replayNow(world).state, 'CANCELLING', 'a send is under way');
    world.targets.release(fixtureArn('a'));
    await until(world, 'CANCELLED');
    await world.clock.advance(HOUR);
    assert.equal(world.targets.seen.length, length);
    assert.ok(replayNow(world).endedAt !== undefined);
    assert.deepEqual(await world.deadLetters(), []);
    assert.deepEqual(await replayLogs(world), []);
    assert.equal(await world.backlogRows(), 0);
    assert.equal(world.engine.status().memory.deliveries, 0);
  });

  it('is cancelled at once, however far off its next event is', async () => {
    const world = await worldWith('a');
    await fill(world, 2);
    await startReplay(world, 'r', { ratePerSecond: 1 / 3_600 });
    // At every point of a step: while it reads, appends, and waits.
    for (let turn = 0; turn < 40; turn++) {
      const name = `r${turn}`;
      await startReplay(world, name, { ratePerSecond: 1 / 3_600 });
      await turns(turn);
      await world.engine.replays.cancel(replayNow(world, name));
      await until(world, 'CANCELLED', name, SECOND);
    }
    await world.clock.advance(SECOND);
    assert.equal(replayNow(world).replayed, 1);
    assert.equal(replayNow(world).state, 'RUNNING');
  });

  it('is cancelled also over a crash', async () => {
    const world = await worldWith('dead');
    await fill(world, 3_000);
    world.targets.behave(fixtureArn('dead'), () => 'hang');
    await startReplay(world, 'r', { ratePerSecond: 1_000 });
    await world.clock.advance(2 * SECOND);
    await world.engine.replays.cancel(replayNow(world));
    await world.crash();
    const { length } = world.targets.seen;
    await until(world, 'CANCELLED');
    await world.clock.advance(HOUR);
    assert.equal(world.targets.seen.length, length);
    assert.deepEqual(await world.deadLetters(), []);
    assert.deepEqual(await replayLogs(world), []);
    assert.equal(await world.backlogRows(), 0);
  });
});

describe('a replay over a restart', () => {
  for (const way of ['crash', 'restart'] as const) {
    it(`goes on where it was after a ${way}, and appends nothing twice`, async () => {
      const world = await worldWith('a');
      const ids = await fill(world, 2_000);
      await startReplay(world, 'r', { ratePerSecond: 1_000 });
      for (let round = 0; round < 4; round++) {
        await world.clock.advance(300);
        await world[way]();
      }
      await until(world, 'COMPLETED');
      assert.equal(replayNow(world).replayed, ids.length, 'each was appended once');
      const delivered = world.targets.deliveredTo(fixtureArn('a'));
      assert.deepEqual([...new Set(delivered)].sort(), [...ids].sort());
      await world.clock.advance(SECOND);
      assert.deepEqual(await replayLogs(world), []);
    });
  }

  it('still has its retries after it has completed', async () => {
    const world = await worldWith('a');
    const ids = await fill(world, 20);
    let answer: SendOutcome = BUSY;
    world.targets.behave(fixtureArn('a'), () => answer);
    await startReplay(world);
    await until(world, 'COMPLETED');
    await world.clock.advance(2 * limits.cursorSaveMs);
    await world.crash();
    assert.equal(replayNow(world).state, 'COMPLETED');
    answer = DELIVERED;
    await world.clock.advance(HOUR);
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('a')).sort(), [...ids].sort());
    assert.deepEqual(await replayLogs(world), []);
    assert.deepEqual(await world.deadLetters(), []);
  });

  it('starts when it was only accepted before', async () => {
    const world = await worldWith('a');
    const ids = await fill(world, 20);
    await startReplay(world);
    await world.crash();
    await until(world, 'COMPLETED');
    assert.deepEqual(world.targets.deliveredTo(fixtureArn('a')).sort(), [...ids].sort());
  });
});
