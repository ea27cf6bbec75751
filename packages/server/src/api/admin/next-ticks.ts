import { DEFAULT_BUS } from '../../engine/catalog.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { parseScheduleExpression } from '../../engine/schedule/expression.ts';
import { foresee, type Foreseen } from '../../engine/schedule/timetable.ts';
import { Zone } from '../../engine/schedule/zone.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRequest, AdminRoute } from './admin-route.ts';
import { badRequest, notFound, numberParameter, onlyParameters, textParameter } from './parameters.ts';

const DEFAULT_COUNT = 10;
const UTC = 'UTC';

/** A schedule to look ahead from. */
interface Wanted {
  readonly expression: string;
  readonly timezone: string;
  /** What a rate counts from; undefined while nothing ticks. */
  readonly anchor: number | undefined;
  readonly state?: string;
}

/**
 * `GET /_busbar/schedules/next?name=&count=`, or `?expression=&timezone=&count=`: the next ticks of a rule on the default
 * bus, or of an expression, with the reasons for gaps.
 */
export function nextTicks(engine: Engine, clock: Clock): AdminRoute {
  return {
    method: 'GET',
    path: '/schedules/next',
    summary: 'the next ticks of a rule or of an expression',
    async run(request) {
      onlyParameters(request.query, ['name', 'expression', 'timezone', 'count']);
      const count = numberParameter(request.query, 'count', 1, limits.foreseenTicks) ?? DEFAULT_COUNT;
      const { expression, timezone, anchor, state } = wantedOf(engine, request, clock.now());
      const schedule = parseScheduleExpression(expression);
      if (!schedule) throw badRequest(`${expression} is no schedule expression.`);
      const zone = Zone.named(timezone);
      if (!zone) throw badRequest(`There is no time zone ${timezone}.`);
      const now = clock.now();
      const ticks = anchor === undefined ? [] : foresee(schedule, zone, anchor, now, count);
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

function wantedOf(engine: Engine, { query, caller }: AdminRequest, now: number): Wanted {
  const name = textParameter(query, 'name', limits.adminNameChars);
  const expression = textParameter(query, 'expression', limits.adminNameChars);
  const timezone = textParameter(query, 'timezone', limits.adminNameChars);
  if ((name === undefined) === (expression === undefined)) {
    throw badRequest('Either a name or an expression must be given.');
  }
  if (expression !== undefined) return { expression, timezone: timezone ?? UTC, anchor: now };
  if (timezone !== undefined)
    throw badRequest('A rule ticks in UTC: a time zone goes with an expression only.');
  const rule = engine.catalog.rule(caller, DEFAULT_BUS, name!)?.document;
  if (!rule) throw notFound(`There is no rule ${name} on the default bus.`);
  if (rule.scheduleExpression === undefined) throw badRequest(`The rule ${name} has no schedule.`);
  const { scheduleExpression, state } = rule;
  const anchor = state === 'DISABLED' ? undefined : (rule.scheduledAt ?? now);
  return { expression: scheduleExpression, timezone: UTC, anchor, state };
}
