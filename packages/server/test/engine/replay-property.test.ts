import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import type { ReplayPlan } from '../../src/model/replay.ts';
import { SeededRandom } from './fake-clock.ts';
import { archived, archiveIn, replayLogs, replayNow, SECOND, startReplay, THEN } from './replay-kit.ts';
import { fixtureArn, World } from './world.ts';

const SEEDS = 12;
const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };
const HOUR = 3_600_000;

/** A plan of some kind, and which of the events it is to take. */
function planOf(random: SeededRandom): { plan: Partial<ReplayPlan>; takes: (second: number) => boolean } {
  const from = random.below(40);
  const until = from + 1 + random.below(60);
  const plan = { from: THEN + from * SECOND, until: THEN + until * SECOND };
  const inWindow = (second: number): boolean => second >= from && second < until;
  switch (random.below(4)) {
    case 0:
      return { plan, takes: inWindow };
    case 1:
      return { plan: { ...plan, ratePerSecond: 50 + random.below(1_000) }, takes: inWindow };
    case 2:
      return { plan: { ...plan, speed: 10 + random.below(100) }, takes: inWindow };
    default: {
      const pattern = '{"detail":{"even":[true]}}';
      return { plan: { ...plan, pattern }, takes: (second) => inWindow(second) && second % 2 === 0 };
    }
  }
}

async function round(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const world = await World.start({ seed });
  await world.bus();
  await world.rule('a');
  const { uid } = await archiveIn(world);
  const { plan, takes } = planOf(random);
  const events = Array.from({ length: 300 + random.below(2_000) }, () => {
    const second = random.below(100);
    return { second, event: archived(world, second, 'shop', { even: second % 2 === 0 }) };
  });
  await world.storage.archives.put(
    uid,
    events.map(({ event }) => event),
  );
  const wanted = events.filter(({ second }) => takes(second)).map(({ event }) => event.eventId);
  world.targets.behave(fixtureArn('a'), () => (random.next() < 0.05 ? BUSY : DELIVERED));
  await startReplay(world, 'r', plan);
  for (let crashes = random.below(5); crashes > 0; crashes--) {
    world.gate.fault = (_, method) => {
      if (method !== 'list' && random.next() < 0.05) throw new Error('the disk has a bad day');
    };
    await world.clock.advance(random.below(2 * SECOND));
    world.gate.fault = undefined;
    await (random.next() < 0.7 ? world.crash() : world.restart(random.below(100)));
  }
  await world.clock.until(() => replayNow(world).state === 'COMPLETED', HOUR);
  assert.equal(replayNow(world).replayed, wanted.length, 'each was appended once');
  // Retries, and the log after them.
  await world.clock.advance(HOUR / 4);
  assert.deepEqual([...new Set(world.targets.deliveredTo(fixtureArn('a')))].sort(), wanted.sort());
  assert.deepEqual(await replayLogs(world), []);
  assert.deepEqual(await world.deadLetters(), []);
  assert.equal(await world.backlogRows(), 0, 'nothing is left');
}

describe('a replay under crashes and a store that fails', () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    it(`delivers what it is to deliver, appended once: seed ${seed}`, () => round(seed));
  }
});
