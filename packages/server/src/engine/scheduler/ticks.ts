import type { Schedule } from '../../model/schedule.ts';
import { deliveryId } from '../deliver/delivery-id.ts';
import { buildEnvelope } from '../envelope.ts';
import type { NewLogRecord } from '../ports/storage.ts';
import type { CronSchedule } from '../schedule/cron.ts';
import { parseSchedulerExpression, schedulerTimetable } from '../schedule/scheduler-expression.ts';
import type { Timetable } from '../schedule/timetable.ts';
import type { Zone } from '../schedule/zone.ts';
import { addressOf, byHand } from './schedule-book.ts';

/** A schedule's ticks, and the calendar behind them where there is one. */
export interface ScheduleTimetable extends Timetable {
  readonly cron: CronSchedule | undefined;
}

const NEVER: ScheduleTimetable = { next: () => undefined, cron: undefined };

/** When a schedule ticks, whether it is enabled or not. */
export function scheduleTimetable(schedule: Schedule, zone: Zone | undefined): ScheduleTimetable {
  const { expression, startAt, endAt, modifiedAt, anchorAt = modifiedAt } = schedule;
  const parsed = parseSchedulerExpression(expression);
  // Both were checked when the schedule was written; one that is understood no more must not keep the others from firing.
  if (!parsed || !zone) return NEVER;
  const timetable = schedulerTimetable(parsed, zone, { anchor: anchorAt, start: startAt, end: endAt });
  return { next: (after) => timetable.next(after), cron: parsed.kind === 'cron' ? parsed : undefined };
}

/** A tick that an operator wants, beside those that are due. */
export interface WantedTick {
  /** Two ticks of one instant are told apart by it. */
  readonly request: string;
}

/** The scheduled event. Its id is made of schedule and instant: a tick that a crash repeats can be recognised. */
export function tickRecord(
  schedule: Schedule,
  instant: number,
  now: number,
  wanted?: WantedTick,
): NewLogRecord {
  const { account, region, arn, target } = schedule;
  const address = addressOf(schedule);
  const id = deliveryId(wanted ? `${wanted.request} ${instant}` : String(instant), address);
  const event = buildEnvelope({
    id,
    detailType: 'Scheduled Event',
    source: 'aws.scheduler',
    account,
    time: instant,
    region,
    resources: [arn],
    // The service's own event has a text here. An event bus is given what its parameters say instead.
    detail: target.EventBridgeParameters ? '{}' : '"{}"',
  });
  return { eventId: id, ingestedAt: now, account, event, group: wanted ? byHand(address) : address };
}
