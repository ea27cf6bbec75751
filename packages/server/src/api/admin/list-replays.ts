import type { Engine } from '../../engine/engine.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRoute } from './admin-route.ts';
import { onlyParameters, textParameter } from './parameters.ts';
import { replaySummary } from './replay-view.ts';

/** `GET /_busbar/replays?state=`: the latest first. */
export function listReplays({ replays }: Engine): AdminRoute {
  return {
    method: 'GET',
    path: '/replays',
    summary: 'replays, the latest first',
    async run({ query, caller }) {
      onlyParameters(query, ['state']);
      const state = textParameter(query, 'state', limits.adminNameChars);
      const found = replays
        .list(caller)
        .filter((replay) => state === undefined || replay.state === state)
        .sort((left, right) => right.startedAt - left.startedAt);
      const shown = found.slice(0, limits.adminPageItems).map(replaySummary);
      return { value: { replays: shown, count: found.length } };
    },
  };
}
