import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { EventsContext } from './dependencies.ts';
import { replayDetails, replayNotFound } from './replay-output.ts';

/** DescribeReplay: as it is at this moment. */
export function describeReplay({ replays }: EventsContext): Operation {
  return defineOperation<{ readonly ReplayName: string }>(
    'DescribeReplay',
    async ({ ReplayName: name }, call) => {
      const replay = replays.get(call, name);
      if (!replay) throw replayNotFound(name);
      return replayDetails(replay);
    },
  );
}
