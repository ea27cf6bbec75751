import { eventBusArn } from '../../model/arn.ts';
import type { Replay } from '../../model/replay.ts';
import { iso } from './dead-letter-view.ts';

const isoOf = (time: number | undefined): string | undefined => (time === undefined ? undefined : iso(time));

/** A replay as a list shows it. */
export const replaySummary = (replay: Replay): object => ({
  name: replay.name,
  arn: replay.arn,
  state: replay.state,
  stateReason: replay.stateReason,
  archive: replay.plan.archiveArn,
  bus: eventBusArn(replay.region, replay.account, replay.plan.bus),
  startedAt: iso(replay.startedAt),
  endedAt: isoOf(replay.endedAt),
  replayed: replay.replayed,
  lastReplayedAt: isoOf(replay.lastReplayedAt),
});

export const replayDetails = (replay: Replay): object => ({
  ...replaySummary(replay),
  description: replay.description,
  since: iso(replay.plan.from),
  until: iso(replay.plan.until),
  rules: replay.plan.filterArns,
  target: replay.plan.target,
  event: replay.plan.eventId,
  pattern: replay.plan.pattern,
  rate: replay.plan.ratePerSecond,
  speed: replay.plan.speed,
});
