import { eventBusArn } from '../../../model/arn.ts';
import { resourceNotFound, type ApiError } from '../../../model/errors.ts';
import type { Replay } from '../../../model/replay.ts';

const MILLISECONDS = 1_000;

const seconds = (time: number | undefined): number | undefined =>
  time === undefined ? undefined : time / MILLISECONDS;

/** What DescribeReplay and ListReplays have in common. */
export const replaySummary = (replay: Replay): object => ({
  ReplayName: replay.name,
  EventSourceArn: replay.plan.archiveArn,
  State: replay.state,
  StateReason: replay.stateReason,
  EventStartTime: seconds(replay.plan.from),
  EventEndTime: seconds(replay.plan.until),
  EventLastReplayedTime: seconds(replay.lastReplayedAt),
  ReplayStartTime: seconds(replay.startedAt),
  ReplayEndTime: seconds(replay.endedAt),
});

export const replayDetails = (replay: Replay): object => ({
  ...replaySummary(replay),
  ReplayArn: replay.arn,
  Description: replay.description,
  Destination: {
    Arn: eventBusArn(replay.region, replay.account, replay.plan.bus),
    FilterArns: replay.plan.filterArns,
  },
});

export const replayNotFound = (name: string): ApiError => resourceNotFound(`Replay ${name} does not exist.`);
