import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { limits } from '../../model/limits.ts';
import { hasEnded, isActive, type Replay } from '../../model/replay.ts';
import type { AdminRoute } from './admin-route.ts';
import { notFound, numberParameter, onlyParameters } from './parameters.ts';
import { replayDetails } from './replay-view.ts';

/** `GET /_busbar/replays/NAME?waitMs=`: as it is at this moment, or once it has ended, if that comes within the time. */
export function showReplay(engine: Engine, clock: Clock): AdminRoute {
  return {
    method: 'GET',
    path: '/replays/:name',
    summary: 'one replay, and how far it has come',
    async run({ query, caller, steps }) {
      onlyParameters(query, ['waitMs']);
      const waitMs = numberParameter(query, 'waitMs', 0, limits.replayWaitMs) ?? 0;
      const name = steps['name']!;
      const end = clock.now() + waitMs;
      let replay = engine.replays.get(caller, name);
      while (replay && !hasEnded(replay) && clock.now() < end) {
        await new Promise<void>((resolve) => clock.after(limits.replayPollMs, resolve, 'housekeeping'));
        replay = engine.replays.get(caller, name);
      }
      if (!replay) throw notFound(`There is no replay ${name}.`);
      return { value: { ...replayDetails(replay), part: await partOf(engine, replay) } };
    },
  };
}

/** The part of its window that an active replay has behind it, by the times of the events: from 0 to 1. */
async function partOf({ archives }: Engine, replay: Replay): Promise<number | undefined> {
  const { plan, place } = replay;
  const archive = isActive(replay) ? archives.ofUid(plan.archiveUid) : undefined;
  if (!archive || !place) return undefined;
  const { oldest = 0, newest = 0 } = await archives.stats(archive);
  const from = Math.max(plan.from, oldest);
  const length = Math.min(plan.until, newest + 1) - from;
  return length <= 0 ? undefined : Math.min(Math.max((place.eventTime - from) / length, 0), 1);
}
