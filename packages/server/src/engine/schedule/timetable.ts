import type { CronSchedule } from './cron.ts';
import type { Schedule } from './expression.ts';
import { localTimes } from './local-times.ts';
import { offsetText, type Zone } from './zone.ts';

/** When a schedule ticks. */
export interface Timetable {
  /** The first tick after an instant (ms since the epoch); undefined when there is none. */
  next(after: number): number | undefined;
}

/** The ticks of a rate: whole periods after the anchor, which itself is none. */
export function rateTimetable(periodMs: number, anchor: number): Timetable {
  return {
    next: (after) => anchor + Math.max(1, Math.floor((after - anchor) / periodMs) + 1) * periodMs,
  };
}

/** The ticks of a schedule. `anchor`: what a rate counts from. `zone`: whose clocks a calendar means. */
export function timetableOf(schedule: Schedule, zone: Zone, anchor: number): Timetable {
  return schedule.kind === 'rate'
    ? rateTimetable(schedule.periodMs, anchor)
    : calendarTimetable(schedule, zone);
}

/** The ticks of a calendar by the clocks of a zone. */
export function calendarTimetable(cron: CronSchedule, zone: Zone): Timetable {
  return {
    next(after) {
      for (const local of localTimes(cron, zone.localAt(after))) {
        // A local time that the clocks show twice counts once, the first time; one that they skip does not count.
        const [instant] = zone.instantsOf(local);
        if (instant !== undefined && instant > after) return instant;
      }
      return undefined;
    },
  };
}

/** One line of a preview: a tick, or a local time that would have been one. */
export interface Foreseen {
  /** `2026-03-29T02:30:00` */
  readonly local: string;
  /** Milliseconds since the epoch; undefined when the clocks skip the local time. */
  readonly instant: number | undefined;
  /** The zone's distance to UTC, `+01:00`. */
  readonly offset: string | undefined;
  /** Why there is no tick, or why the distance to the one before is not the usual one. */
  readonly note: string | undefined;
}

const localText = (local: number): string => new Date(local).toISOString().slice(0, 19);

/** A schedule to look ahead from. */
export interface Outlook {
  readonly timetable: Timetable;
  /** The calendar behind the timetable, where it is one: it knows of local times that are no ticks. */
  readonly cron?: CronSchedule | undefined;
  /** No tick comes after it. */
  readonly end?: number | undefined;
}

/** The next `count` ticks after an instant, and in between those that the zone's clocks skip, at most as many. */
export function foresee(
  { timetable, cron, end = Infinity }: Outlook,
  zone: Zone,
  after: number,
  count: number,
): Foreseen[] {
  const lines = cron
    ? foreseeCalendar(localTimes(cron, zone.localAt(after)), zone, after, count)
    : foreseeSteady(timetable, zone, after, count);
  const over = lines.findIndex(({ instant }) => instant !== undefined && instant > end);
  return over < 0 ? lines : lines.slice(0, over);
}

function foreseeSteady(timetable: Timetable, zone: Zone, after: number, count: number): Foreseen[] {
  const lines: Foreseen[] = [];
  let before: number | undefined;
  for (let instant = timetable.next(after); instant !== undefined; instant = timetable.next(instant)) {
    if (lines.length === count) break;
    lines.push(tick(instant, zone, before));
    before = instant;
  }
  return lines;
}

function foreseeCalendar(locals: Iterable<number>, zone: Zone, after: number, count: number): Foreseen[] {
  const lines: Foreseen[] = [];
  let [ticks, skipped] = [0, 0];
  let before: number | undefined;
  for (const local of locals) {
    const [instant, again] = zone.instantsOf(local);
    if (instant === undefined) {
      if (zone.localAt(after) >= local || skipped === count) continue;
      skipped++;
      lines.push({ local: localText(local), instant, offset: undefined, note: skippedNote(local, zone) });
    } else if (instant > after) {
      const line = tick(instant, zone, before);
      const note = again === undefined ? line.note : repeatedNote(instant, again, zone);
      lines.push({ ...line, note });
      before = instant;
      if (++ticks === count) break;
    }
  }
  return lines;
}

function tick(instant: number, zone: Zone, before: number | undefined): Foreseen {
  const offset = zone.offsetAt(instant);
  const changed = before !== undefined && zone.offsetAt(before) !== offset;
  return {
    local: localText(instant + offset),
    instant,
    offset: offsetText(offset),
    note: changed
      ? `the clocks of ${zone.name} went from UTC${offsetText(zone.offsetAt(before))} to UTC${offsetText(offset)}`
      : undefined,
  };
}

const skippedNote = (local: number, zone: Zone): string =>
  `no tick: the clocks of ${zone.name} skip ${localText(local).slice(11, 16)} on ${localText(local).slice(0, 10)}`;

const repeatedNote = (instant: number, again: number, zone: Zone): string =>
  `the clocks of ${zone.name} show this time twice (UTC${offsetText(zone.offsetAt(instant))} and ` +
  `UTC${offsetText(zone.offsetAt(again))}): one tick, the first time`;
