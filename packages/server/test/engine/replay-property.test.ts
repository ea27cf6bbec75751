import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import type { ReplayPlan } from '../../src/model/replay.ts';
import type { LogStore, Storage } from '../../src/engine/ports/storage.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { SeededRandom, turns } from './fake-clock.ts';
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
      return { plan: { ...plan, ratePerSecond: 100 + random.below(400) }, takes: inWindow };
    case 2:
      return { plan: { ...plan, speed: 5 + random.below(30) }, takes: inWindow };
    default: {
      const pattern = '{"detail":{"even":[true]}}';
      return { plan: { ...plan, pattern }, takes: (second) => inWindow(second) && second % 2 === 0 };
    }
  }
}

/** A store, and the ids of the events that go into the logs of replays, in order. */
function recording(): { readonly storage: Storage; readonly appended: string[] } {
  const memory = createMemoryStorage();
  const appended: string[] = [];
  const append: LogStore['append'] = (log, records) => {
    if (log.startsWith('replay.')) appended.push(...records.map(({ eventId }) => eventId));
    return memory.log.append(log, records);
  };
  const log = new Proxy(memory.log, {
    get(target, name) {
      const member: unknown = name === 'append' ? append : Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  return { storage: { ...memory, log, close: () => memory.close() }, appended };
}

async function round(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const { storage, appended } = recording();
  const world = await World.start({ seed, storage });
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
  const wanted = events
    .filter(({ second }) => takes(second))
    .sort((a, b) => a.second - b.second || (a.event.eventId < b.event.eventId ? -1 : 1))
    .map(({ event }) => event.eventId);
  world.targets.behave(fixtureArn('a'), () => (random.next() < 0.05 ? BUSY : DELIVERED));
  await startReplay(world, 'r', plan);
  for (let crashes = 1 + random.below(5); crashes > 0; crashes--) {
    world.gate.fault = (_, method) => {
      if (method !== 'list' && random.next() < 0.05) throw new Error('the disk has a bad day');
    };
    // In the middle of whatever goes on, or a while later.
    if (random.next() < 0.5) await turns(random.below(40));
    else await world.clock.advance(random.below(SECOND / 2));
    world.gate.fault = undefined;
    await (random.next() < 0.7 ? world.crash() : world.restart(random.below(100)));
  }
  await world.clock.until(() => replayNow(world).state === 'COMPLETED', HOUR);
  assert.equal(replayNow(world).replayed, wanted.length);
  assert.deepEqual(appended, wanted, 'each was appended once, in order');
  // Retries, and the log after them.
  await world.clock.advance(HOUR / 4);
  assert.deepEqual([...new Set(world.targets.deliveredTo(fixtureArn('a')))].sort(), [...wanted].sort());
  assert.deepEqual(await replayLogs(world), []);
  assert.deepEqual(await world.deadLetters(), []);
  assert.equal(await world.backlogRows(), 0, 'nothing is left');
}

describe('a replay under crashes and a store that fails', () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    it(`delivers what it is to deliver, appended once: seed ${seed}`, () => round(seed));
  }
});
