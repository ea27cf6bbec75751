import { limits } from '../../model/limits.ts';
import { parseCron, type CronSchedule } from './cron.ts';
import { localTimes } from './local-times.ts';
import { calendarTimetable, type Timetable } from './timetable.ts';
import type { Zone } from './zone.ts';

/** `at(2030-01-01T08:00:00)`: once, at a local time. */
interface OnceSchedule {
  readonly kind: 'at';
  /** Milliseconds as if the local clock showed UTC. */
  readonly local: number;
}

interface PeriodSchedule {
  readonly kind: 'rate';
  readonly periodMs: number;
}

/** What a schedule of the Scheduler says. The grammar is wider than that of rules. */
export type SchedulerExpression = OnceSchedule | PeriodSchedule | CronSchedule;

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const FIELDS_WITHOUT_YEAR = 5;

/**
 * Parses `at(…)`, `rate(…)` or `cron(…)`. Keywords, units and names may be written in either case; a plural need not fit its
 * number; the year may be left out.
 *
 * @returns undefined when the text is no such expression.
 */
export function parseSchedulerExpression(text: string): SchedulerExpression | undefined {
  const [, keyword = '', inside = ''] = /^(at|rate|cron)\((\S(?:.*\S)?)\)$/is.exec(text) ?? [];
  switch (keyword.toLowerCase()) {
    case 'at':
      return parseOnce(inside);
    case 'rate':
      return parsePeriod(inside);
    case 'cron':
      return parseCalendar(inside);
    default:
      return undefined;
  }
}

function parseOnce(inside: string): OnceSchedule | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?$/.exec(inside);
  if (!match) return undefined;
  const written = `${match[1]}${match[2] ?? ':00'}`;
  const local = Date.parse(`${written}Z`);
  // `Date` takes 30 February for 1 or 2 March, and 24:00 for the next day.
  const isDate = !Number.isNaN(local) && new Date(local).toISOString().slice(0, written.length) === written;
  return isDate ? { kind: 'at', local } : undefined;
}

function parsePeriod(inside: string): PeriodSchedule | undefined {
  const [, count, unit] = /^(\d{1,10})\s*(minute|hour|day)s?$/i.exec(inside) ?? [];
  const value = Number(count);
  if (unit === undefined || value < 1 || value > limits.rateScheduleValue) return undefined;
  return { kind: 'rate', periodMs: value * UNIT_MS[unit.toLowerCase()]! };
}

function parseCalendar(inside: string): CronSchedule | undefined {
  const fields = inside.toUpperCase().split(/\s+/);
  if (fields.length === FIELDS_WITHOUT_YEAR) fields.push('*');
  return parseCron(`cron(${fields.join(' ')})`, { weekdaySteps: true });
}

/** Whether a calendar has any time left. */
export function everTicks(cron: CronSchedule, from: number): boolean {
  return localTimes(cron, from).next().done !== true;
}

export interface Bounds {
  /** From when a rate counts when there is no start: when the schedule was written. */
  readonly anchor: number;
  readonly start: number | undefined;
  readonly end: number | undefined;
}

/** The ticks of a schedule. A rate begins with its start, or with the anchor itself; `at` knows neither start nor end. */
export function schedulerTimetable(
  expression: SchedulerExpression,
  zone: Zone,
  { anchor, start, end }: Bounds,
): Timetable {
  if (expression.kind === 'at') {
    const [instant] = zone.instantsOf(expression.local);
    return { next: (after) => (instant !== undefined && instant > after ? instant : undefined) };
  }
  const inner =
    expression.kind === 'rate'
      ? steadyTimetable(expression.periodMs, start ?? anchor)
      : calendarTimetable(expression, zone);
  const from = (start ?? -Infinity) - 1;
  return {
    next(after) {
      const found = inner.next(Math.max(after, from));
      return found !== undefined && found > (end ?? Infinity) ? undefined : found;
    },
  };
}

const steadyTimetable = (periodMs: number, first: number): Timetable => ({
  next: (after) => first + Math.max(0, Math.floor((after - first) / periodMs) + 1) * periodMs,
});
