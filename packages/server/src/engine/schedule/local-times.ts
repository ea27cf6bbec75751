import type { CronSchedule, DaysOfMonth, DaysOfWeek } from './cron.ts';

/** Local times are milliseconds as if the local clock showed UTC. */
const MINUTE_MS = 60_000;
const DAYS_OF_WEEK = 7;
const SATURDAY = 6;

/** 0 for Sunday. */
const weekday = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay();
const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The weekday nearest to a day, within the month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const on = weekday(year, month, day);
  if (on === 0) return day === daysIn(year, month) ? day - 2 : day + 1;
  if (on === SATURDAY) return day === 1 ? day + 2 : day - 1;
  return day;
}

function daysOfMonth(given: DaysOfMonth, year: number, month: number): number[] {
  const last = daysIn(year, month);
  const days = given.days.filter((day) => day <= last);
  if (given.last) days.push(last);
  // A month that lacks the day has no weekday that is nearest to it.
  for (const day of given.nearestWeekdays) if (day <= last) days.push(nearestWeekday(year, month, day));
  if (given.lastWeekday) days.push(nearestWeekday(year, month, last));
  return days;
}

function daysOfWeek(given: DaysOfWeek, year: number, month: number): number[] {
  const last = daysIn(year, month);
  // Days of the week are counted from 1, those of `Date` from 0.
  const first = (day: number): number =>
    1 + ((day - 1 - weekday(year, month, 1) + DAYS_OF_WEEK) % DAYS_OF_WEEK);
  const days: number[] = [];
  for (const day of given.days) {
    for (let at = first(day); at <= last; at += DAYS_OF_WEEK) days.push(at);
  }
  for (const day of given.lastDays) {
    const from = first(day);
    days.push(from + Math.floor((last - from) / DAYS_OF_WEEK) * DAYS_OF_WEEK);
  }
  if (given.nth) {
    const at = first(given.nth.day) + (given.nth.week - 1) * DAYS_OF_WEEK;
    if (at <= last) days.push(at);
  }
  return days;
}

function daysOf(cron: CronSchedule, year: number, month: number): number[] {
  const days = cron.daysOfMonth
    ? daysOfMonth(cron.daysOfMonth, year, month)
    : daysOfWeek(cron.daysOfWeek!, year, month);
  return [...new Set(days)].sort((a, b) => a - b);
}

/** The times of a day, in minutes from midnight. */
const minutesOf = ({ hours, minutes }: CronSchedule): number[] =>
  hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));

/** The index of the first item that is not below; the length when there is none. */
function firstFrom(items: readonly number[], least: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The local times of a cron expression from a local time on, in order. Goes from field to field: years, months and days
 * that do not fit are never looked into.
 */
export function* localTimes(cron: CronSchedule, from: number): Generator<number> {
  const start = new Date(Math.ceil(from / MINUTE_MS) * MINUTE_MS);
  const startDay = Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate());
  const startMinute = (start.getTime() - startDay) / MINUTE_MS;
  const minutes = minutesOf(cron);
  for (let y = firstFrom(cron.years, start.getUTCFullYear()); y < cron.years.length; y++) {
    const year = cron.years[y]!;
    for (const month of cron.months) {
      if (Date.UTC(year, month, 1) <= startDay) continue;
      for (const day of daysOf(cron, year, month)) {
        const midnight = Date.UTC(year, month - 1, day);
        if (midnight < startDay) continue;
        const first = midnight === startDay ? firstFrom(minutes, startMinute) : 0;
        for (let at = first; at < minutes.length; at++) yield midnight + minutes[at]! * MINUTE_MS;
      }
    }
  }
}
