import { ApiError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { EventsContext } from './dependencies.ts';
import { replayNotFound } from './replay-output.ts';

/** CancelReplay: nothing more is delivered; what has been delivered is not taken back. */
export function cancelReplay({ replays }: EventsContext): Operation {
  return defineOperation<{ readonly ReplayName: string }>(
    'CancelReplay',
    async ({ ReplayName: name }, call) => {
      const replay = replays.get(call, name);
      if (!replay) throw replayNotFound(name);
      if (!(await replays.cancel(replay))) {
        throw new ApiError(
          'IllegalStatusException',
          `Replay ${name} is not in a valid state for this operation.`,
        );
      }
      return { ReplayArn: replay.arn, State: 'CANCELLING' };
    },
  );
}
