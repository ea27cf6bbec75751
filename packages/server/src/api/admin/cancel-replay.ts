import type { Engine } from '../../engine/engine.ts';
import type { AdminRoute } from './admin-route.ts';
import { badRequest, notFound, onlyMembers, onlyParameters } from './parameters.ts';
import { replayDetails } from './replay-view.ts';

/** `POST /_busbar/replays/NAME/cancel`: nothing more is delivered; what is pending is given up. */
export function cancelReplay({ replays }: Engine): AdminRoute {
  return {
    method: 'POST',
    path: '/replays/:name/cancel',
    summary: 'cancel a replay',
    async run({ query, body, caller, steps }) {
      onlyParameters(query, []);
      onlyMembers(body, []);
      const name = steps['name']!;
      const replay = replays.get(caller, name);
      if (!replay) throw notFound(`There is no replay ${name}.`);
      const cancelled = await replays.cancel(replay);
      if (!cancelled) throw badRequest(`The replay ${name} is ${replay.state} and cannot be cancelled.`);
      return { value: replayDetails(cancelled) };
    },
  };
}
