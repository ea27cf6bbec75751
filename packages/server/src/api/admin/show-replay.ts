import type { Engine } from '../../engine/engine.ts';
import { isActive, type Replay } from '../../model/replay.ts';
import type { AdminRoute } from './admin-route.ts';
import { notFound, onlyParameters } from './parameters.ts';
import { replayDetails } from './replay-view.ts';

/** `GET /_busbar/replays/NAME`: as it is at this moment. */
export function showReplay(engine: Engine): AdminRoute {
  return {
    method: 'GET',
    path: '/replays/:name',
    summary: 'one replay, and how far it has come',
    async run({ query, caller, steps }) {
      onlyParameters(query, []);
      const name = steps['name']!;
      const replay = engine.replays.get(caller, name);
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
