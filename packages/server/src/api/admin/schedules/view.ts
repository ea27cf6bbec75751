import type { ScheduleOutlook } from '../../../engine/scheduler/controls.ts';
import type { OverlapPolicy, Schedule } from '../../../model/schedule.ts';

/** What the operator's API calls what becomes of ticks that overlap. */
export const OVERLAPS = ['allow', 'skip', 'buffer-one'] as const;
export type OverlapName = (typeof OVERLAPS)[number];

const POLICIES: Readonly<Record<OverlapName, OverlapPolicy | undefined>> = {
  allow: undefined,
  skip: 'SKIP',
  'buffer-one': 'BUFFER_ONE',
};

export const policyOf = (name: OverlapName): OverlapPolicy | undefined => POLICIES[name];

const timeOf = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

/** A schedule as operators see it. */
export function scheduleView(schedule: Schedule, outlook: ScheduleOutlook): object {
  const { group, name, arn, state, expression, timezone, target, overlap, paused } = schedule;
  const { next, buffered, skipped, skippedTick } = outlook;
  return {
    group,
    name,
    arn,
    state,
    paused: paused && { reason: paused.reason, since: timeOf(paused.at) },
    expression,
    timezone,
    target: target.Arn,
    overlap: OVERLAPS.find((each) => POLICIES[each] === overlap),
    next: timeOf(next),
    waiting: timeOf(buffered),
    skipped,
    lastSkipped: timeOf(skippedTick),
  };
}
