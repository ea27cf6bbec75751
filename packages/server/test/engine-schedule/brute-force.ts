/**
 * An oracle for schedules that shares nothing with the engine: it goes through a window minute by minute, asks `Intl` what
 * the clocks show, and decides with its own reading of the text whether that minute is a tick.
 */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const DAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

interface Shown {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function shownAt(instant: number, zone: string): Shown {
  let format = formats.get(zone);
  if (!format) {
    const numeric = 'numeric' as const;
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
    formats.set(zone, format);
  }
  const [year, month, day, hour, minute, second] = format.format(instant).split(/\D+/).map(Number);
  return { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second! };
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const lengthOf = (year: number, month: number): number =>
  [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;

/** 1 for Sunday, by Sakamoto's method. */
function dayOfWeek(year: number, month: number, day: number): number {
  const shift = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][month - 1]!;
  const y = month < 3 ? year - 1 : year;
  return 1 + ((y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + shift + day) % 7);
}

const valueOf = (text: string, names: readonly string[], from: number): number =>
  names.includes(text) ? names.indexOf(text) + from : Number(text);

/** Whether a value is in a list of `*`, `a`, `a-b`, `a/s`, `a-b/s`; a range may go around the end. */
function fits(value: number, list: string, min: number, max: number, names: readonly string[] = []): boolean {
  return list.split(',').some((item) => {
    const [base = '', step] = item.split('/');
    const every = Number(step ?? 1);
    if (base === '*') return (value - min) % every === 0;
    const [low = '', high] = base.split('-');
    const from = valueOf(low, names, min);
    const to = high === undefined ? (step === undefined ? from : max) : valueOf(high, names, min);
    const distance = value >= from ? value - from : value - from + (max - min + 1);
    const length = to >= from ? to - from : to - from + (max - min + 1);
    return distance <= length && distance % every === 0;
  });
}

/** Whether `day` is the weekday that the service would take for `wanted`: looked for outwards, day by day. */
function isNearestWeekday(at: Shown, wanted: number): boolean {
  const length = lengthOf(at.year, at.month);
  if (wanted > length) return false;
  for (const distance of [0, -1, 1, -2, 2]) {
    const day = wanted + distance;
    if (day < 1 || day > length) continue;
    const on = dayOfWeek(at.year, at.month, day);
    if (on !== 1 && on !== 7) return day === at.day;
  }
  return false;
}

function fitsDayOfMonth(at: Shown, list: string): boolean {
  const length = lengthOf(at.year, at.month);
  return list.split(',').some((item) => {
    if (item === 'L') return at.day === length;
    if (item === 'LW') return isNearestWeekday(at, length);
    if (item.endsWith('W')) return isNearestWeekday(at, Number(item.slice(0, -1)));
    return fits(at.day, item, 1, 31);
  });
}

function fitsDayOfWeek(at: Shown, list: string): boolean {
  const on = dayOfWeek(at.year, at.month, at.day);
  return list.split(',').some((item) => {
    if (item === 'L') return on === 7;
    if (item.includes('#')) {
      const [day = '', week] = item.split('#');
      return on === valueOf(day, DAYS, 1) && Math.ceil(at.day / 7) === Number(week);
    }
    if (item.endsWith('L')) {
      return on === valueOf(item.slice(0, -1), DAYS, 1) && at.day + 7 > lengthOf(at.year, at.month);
    }
    return fits(on, item, 1, 7, DAYS);
  });
}

function isTick(at: Shown, fields: readonly string[]): boolean {
  const [minutes, hours, days, months, weekdays, years] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return (
    fits(at.minute, minutes, 0, 59) &&
    fits(at.hour, hours, 0, 23) &&
    fits(at.month, months, 1, 12, MONTHS) &&
    fits(at.year, years, 1970, 2199) &&
    (days === '?' || fitsDayOfMonth(at, days)) &&
    (weekdays === '?' || fitsDayOfWeek(at, weekdays))
  );
}

const fieldsOf = (expression: string): string[] => expression.slice('cron('.length, -1).split(' ');

/** A minute, and what the clocks of a zone show. */
interface Minute {
  readonly instant: number;
  readonly at: Shown;
}

/** The whole minutes from `start` up to, not including, `end`, without those whose local time was shown before. */
export function minutesOf(zone: string, start: number, end: number): Minute[] {
  const minutes: Minute[] = [];
  // What the clocks have shown lately: a second showing of a local time is none. Clocks go back by a day at most.
  const shown = new Set<string>();
  for (let instant = start - 25 * 60 * MINUTE_MS; instant < end; instant += MINUTE_MS) {
    const at = shownAt(instant, zone);
    if (at.second !== 0) continue;
    const key = `${at.year} ${at.month} ${at.day} ${at.hour} ${at.minute}`;
    if (shown.has(key)) continue;
    shown.add(key);
    if (instant >= start) minutes.push({ instant, at });
  }
  return minutes;
}

/** Every tick of `cron(…)` among these minutes. */
export function bruteForceTicks(expression: string, minutes: readonly Minute[]): number[] {
  const fields = fieldsOf(expression);
  return minutes.filter(({ at }) => isTick(at, fields)).map(({ instant }) => instant);
}

/** Every tick in UTC of `cron(…)` that names one minute and one hour, day by day over some years. */
export function bruteForceDays(expression: string, year: number, years: number): number[] {
  const fields = fieldsOf(expression);
  const [minute, hour] = fields.slice(0, 2).map(Number) as [number, number];
  const ticks: number[] = [];
  const end = Date.UTC(year + years, 0);
  for (let instant = Date.UTC(year, 0, 1, hour, minute); instant < end; instant += DAY_MS) {
    const date = new Date(instant);
    const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    if (isTick({ ...day, hour, minute, second: 0 }, fields)) ticks.push(instant);
  }
  return ticks;
}
