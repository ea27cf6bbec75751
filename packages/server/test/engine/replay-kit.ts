import { buildEnvelope } from '../../src/engine/envelope.ts';
import type { ArchivedEvent } from '../../src/engine/ports/archive-storage.ts';
import type { Archive } from '../../src/model/archive.ts';
import type { Replay, ReplayPlan } from '../../src/model/replay.ts';
import { ACCOUNT, REGION, SCOPE, type World } from './world.ts';

/** When the archived events happened. */
export const THEN = Date.UTC(2025, 11, 1);
export const SECOND = 1_000;

/** An event that happened `second` seconds after `THEN`. */
export function archived(world: World, second: number, source = 'shop', detail: object = {}): ArchivedEvent {
  const id = world.random.uuid();
  const eventTime = THEN + second * SECOND;
  const event = buildEnvelope({
    id,
    detailType: 'Order',
    source,
    account: ACCOUNT,
    time: eventTime,
    region: REGION,
    resources: [],
    detail: JSON.stringify({ second, ...detail }),
  });
  return { eventId: id, eventTime, ingestedAt: eventTime, account: ACCOUNT, event };
}

/** The archive `a` of the default bus, which is made when it is missing. */
export async function archiveIn(world: World): Promise<Archive> {
  const { archives } = world.engine;
  const known = archives.documents.get(SCOPE, 'a')?.document;
  const made = known ?? (await archives.create(await world.bus(), 'a', { retentionDays: 0 }));
  if (typeof made === 'string') throw new Error(made);
  return made;
}

/** Fills the archive with an event a second, put in whatever order; answers their ids in order of time. */
export async function fill(
  world: World,
  count: number,
  source: (index: number) => string = () => 'shop',
): Promise<string[]> {
  const events = Array.from({ length: count }, (_, index) => archived(world, index, source(index)));
  const { uid } = await archiveIn(world);
  await world.storage.archives.put(uid, [...events].reverse());
  return events.map(({ eventId }) => eventId);
}

/** Starts a replay of the whole archive on the default bus, unless told otherwise. */
export async function startReplay(world: World, name = 'r', plan: Partial<ReplayPlan> = {}): Promise<Replay> {
  const bus = await world.bus(plan.bus ?? 'default');
  const archive = await archiveIn(world);
  const started = await world.engine.replays.begin({
    ...SCOPE,
    name,
    description: undefined,
    plan: {
      archiveArn: archive.arn,
      archiveUid: archive.uid,
      from: THEN,
      until: THEN + 1_000_000 * SECOND,
      bus: bus.name,
      busLog: bus.log,
      ...plan,
    },
  });
  if (started.status !== 'started') throw new Error(started.status);
  return started.replay;
}

export const replayNow = (world: World, name = 'r'): Replay => world.engine.replays.get(SCOPE, name)!;

export const until = (world: World, state: Replay['state'], name = 'r', maxMs = 60_000): Promise<void> =>
  world.clock.until(() => world.engine.replays.get(SCOPE, name)?.state === state, maxMs);

/** The logs of replays that the store has. */
export async function replayLogs(world: World): Promise<string[]> {
  const logs = await world.storage.log.list();
  return logs.map(({ log }) => log).filter((log) => log.startsWith('replay.'));
}
