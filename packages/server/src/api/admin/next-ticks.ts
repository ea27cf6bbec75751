import { DEFAULT_BUS } from '../../engine/catalog.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { parseScheduleExpression } from '../../engine/schedule/expression.ts';
import { parseSchedulerExpression, schedulerTimetable } from '../../engine/schedule/scheduler-expression.ts';
import { foresee, timetableOf, type Foreseen, type Outlook } from '../../engine/schedule/timetable.ts';
import { Zone } from '../../engine/schedule/zone.ts';
import { scheduleTimetable } from '../../engine/scheduler/ticks.ts';
import { limits } from '../../model/limits.ts';
import type { Rule } from '../../model/resources.ts';
import type { Schedule } from '../../model/schedule.ts';
import type { AdminRequest, AdminRoute } from './admin-route.ts';
import { keyOfName } from './schedules/named-schedule.ts';
import { badRequest, notFound, numberParameter, onlyParameters, textParameter } from './parameters.ts';

const DEFAULT_COUNT = 10;
const UTC = 'UTC';

/** What is looked ahead from. */
interface Wanted {
  readonly expression: string;
  readonly timezone: string;
  readonly state?: string;
  readonly start?: number | undefined;
  /** Undefined while nothing ticks. */
  readonly outlook: Outlook | undefined;
}

/**
 * `GET /_busbar/schedules/next?name=&count=`, or `?expression=&timezone=&count=`: the next ticks of a rule on the default bus,
 * of a schedule (`<group>/<name>`, or its name alone in the default group), or of an expression, with the reasons for gaps.
 */
export function nextTicks(engine: Engine, clock: Clock): AdminRoute {
  return {
    method: 'GET',
    path: '/schedules/next',
    summary: 'the next ticks of a rule, a schedule or an expression',
    async run(request) {
      onlyParameters(request.query, ['name', 'expression', 'timezone', 'count']);
      const count = numberParameter(request.query, 'count', 1, limits.foreseenTicks) ?? DEFAULT_COUNT;
      const now = clock.now();
      const { expression, timezone, state, start = 0, outlook } = await wantedOf(engine, request, now);
      const after = Math.max(now, start - 1);
      const ticks = outlook ? foresee(outlook, zoneOf(timezone), after, count) : [];
      return { value: { expression, timezone, state, ticks: ticks.map(tickView) } };
    },
  };
}

const tickView = ({ local, instant, offset, note }: Foreseen): object => ({
  time: instant === undefined ? undefined : new Date(instant).toISOString(),
  local,
  offset,
  note,
});

function zoneOf(name: string): Zone {
  const zone = Zone.named(name);
  if (!zone) throw badRequest(`There is no time zone ${name}.`);
  return zone;
}

async function wantedOf(engine: Engine, { query, caller }: AdminRequest, now: number): Promise<Wanted> {
  const name = textParameter(query, 'name', limits.adminNameChars);
  const expression = textParameter(query, 'expression', limits.adminNameChars);
  const timezone = textParameter(query, 'timezone', limits.adminNameChars);
  if ((name === undefined) === (expression === undefined)) {
    throw badRequest('Either a name or an expression must be given.');
  }
  if (expression !== undefined) return ofExpression(expression, timezone ?? UTC, now);
  if (timezone !== undefined) {
    throw badRequest('What has a name has its time zone: one can be given with an expression only.');
  }
  const rule = engine.catalog.rule(caller, DEFAULT_BUS, name!)?.document;
  if (rule) return ofRule(rule, now);
  const found = await engine.scheduler.controls.find(keyOfName(caller, name!));
  if (!found) throw notFound(`There is no rule ${name} on the default bus, and no such schedule.`);
  return ofSchedule(found);
}

function ofExpression(expression: string, timezone: string, now: number): Wanted {
  const parsed = parseSchedulerExpression(expression);
  if (!parsed) throw badRequest(`${expression} is no schedule expression.`);
  const bounds = { anchor: now, start: undefined, end: undefined };
  const timetable = schedulerTimetable(parsed, zoneOf(timezone), bounds);
  return { expression, timezone, outlook: { timetable, cron: parsed.kind === 'cron' ? parsed : undefined } };
}

function ofRule({ name, scheduleExpression, scheduledAt, state }: Rule, now: number): Wanted {
  const schedule = scheduleExpression === undefined ? undefined : parseScheduleExpression(scheduleExpression);
  if (!schedule) throw badRequest(`The rule ${name} has no schedule.`);
  const timetable = timetableOf(schedule, zoneOf(UTC), scheduledAt ?? now);
  const outlook = { timetable, cron: schedule.kind === 'cron' ? schedule : undefined };
  const shown = { expression: scheduleExpression!, timezone: UTC, state };
  return { ...shown, outlook: state === 'DISABLED' ? undefined : outlook };
}

function ofSchedule(schedule: Schedule): Wanted {
  const { expression, timezone, state, startAt, endAt } = schedule;
  const timetable = scheduleTimetable(schedule, zoneOf(timezone));
  // `at` knows neither start nor end.
  const [start, end] = parseSchedulerExpression(expression)?.kind === 'at' ? [] : [startAt, endAt];
  const outlook = { timetable, cron: timetable.cron, end };
  return { expression, timezone, state, start, outlook: state === 'DISABLED' ? undefined : outlook };
}
