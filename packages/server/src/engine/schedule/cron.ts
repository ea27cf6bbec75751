/** Days of the month: plain ones, and those that depend on the month. */
export interface DaysOfMonth {
  readonly days: readonly number[];
  /** `L`: the last day. */
  readonly last: boolean;
  /** `15W`: the weekday (Monday to Friday) nearest to these days, within the month. */
  readonly nearestWeekdays: readonly number[];
  /** `LW`: the last weekday. */
  readonly lastWeekday: boolean;
}

/** Days of the week, 1 (Sunday) to 7 (Saturday). */
export interface DaysOfWeek {
  readonly days: readonly number[];
  /** `6L`: the last Friday of the month. */
  readonly lastDays: readonly number[];
  /** `6#3`: the third Friday of the month. */
  readonly nth: { readonly day: number; readonly week: number } | undefined;
}

/** A cron expression: all fields must hold. Lists are ascending. Exactly one of the two day fields is given. */
export interface CronSchedule {
  readonly kind: 'cron';
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: DaysOfMonth | undefined;
  /** 1 to 12. */
  readonly months: readonly number[];
  readonly daysOfWeek: DaysOfWeek | undefined;
  readonly years: readonly number[];
}

/** What a field may hold. */
interface Field {
  readonly min: number;
  readonly max: number;
  /** Names for the values from `min` on. */
  readonly names: readonly string[];
  readonly steps: boolean;
  readonly wraps: boolean;
}

const MONTH_NAMES = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAY_NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const MINUTES: Field = { min: 0, max: 59, names: [], steps: true, wraps: true };
const HOURS: Field = { min: 0, max: 23, names: [], steps: true, wraps: true };
const DAYS_OF_MONTH: Field = { min: 1, max: 31, names: [], steps: true, wraps: true };
const MONTHS: Field = { min: 1, max: 12, names: MONTH_NAMES, steps: true, wraps: true };
const DAYS_OF_WEEK: Field = { min: 1, max: 7, names: DAY_NAMES, steps: false, wraps: true };
const YEARS: Field = { min: 1970, max: 2199, names: [], steps: true, wraps: false };

const NOT_SPECIFIED = '?';
const FIELD_COUNT = 6;
const WEEKS_OF_MONTH = 5;

function readValue(text: string, field: Field): number | undefined {
  const named = field.names.indexOf(text.toUpperCase());
  if (named >= 0) return field.min + named;
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= field.min && value <= field.max ? value : undefined;
}

/** The values from `from` to `to`, around the end of the field where it wraps. */
function range(from: number, to: number, step: number, field: Field): number[] | undefined {
  if (to < from && !field.wraps) return undefined;
  const span = field.max - field.min + 1;
  const length = to < from ? to + span - from : to - from;
  const values: number[] = [];
  for (let distance = 0; distance <= length; distance += step) {
    values.push(field.min + ((from - field.min + distance) % span));
  }
  return values;
}

/** Reads `*`, `a`, `a-b`, and each of them with `/step`. */
function readItem(text: string, field: Field): number[] | undefined {
  const [, base = '', stepText] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(text) ?? [];
  const step = stepText === undefined ? 1 : Number(stepText);
  if (stepText !== undefined && (!field.steps || step < 1 || step > field.max)) return undefined;
  if (base === '*') return range(field.min, field.max, step, field);
  const [fromText = '', toText, ...more] = base.split('-');
  const from = readValue(fromText, field);
  if (from === undefined || more.length > 0) return undefined;
  if (toText === undefined) return stepText === undefined ? [from] : range(from, field.max, step, field);
  const to = readValue(toText, field);
  return to === undefined ? undefined : range(from, to, step, field);
}

const ascending = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

function readList(text: string, field: Field): number[] | undefined {
  const values: number[] = [];
  for (const item of text.split(',')) {
    const read = readItem(item, field);
    if (!read) return undefined;
    values.push(...read);
  }
  return ascending(values);
}

function readDaysOfMonth(text: string): DaysOfMonth | undefined {
  const days: number[] = [];
  const nearest: number[] = [];
  let last = false;
  let lastWeekday = false;
  for (const item of text.split(',')) {
    if (item === 'L') last = true;
    else if (item === 'LW') lastWeekday = true;
    else if (item.endsWith('W')) {
      const day = readValue(item.slice(0, -1), DAYS_OF_MONTH);
      if (day === undefined) return undefined;
      nearest.push(day);
    } else {
      const read = readItem(item, DAYS_OF_MONTH);
      if (!read) return undefined;
      days.push(...read);
    }
  }
  return { days: ascending(days), last, nearestWeekdays: ascending(nearest), lastWeekday };
}

/** `6#3`: it must be the field's only expression. */
function readNthDay(text: string): DaysOfWeek | undefined {
  const [dayText = '', weekText = '', ...more] = text.split('#');
  const day = readValue(dayText, DAYS_OF_WEEK);
  const week = /^\d$/.test(weekText) ? Number(weekText) : 0;
  if (day === undefined || more.length > 0 || week < 1 || week > WEEKS_OF_MONTH) return undefined;
  return { days: [], lastDays: [], nth: { day, week } };
}

function readDaysOfWeek(text: string, field: Field): DaysOfWeek | undefined {
  if (text.includes('#')) return readNthDay(text);
  const days: number[] = [];
  const lastDays: number[] = [];
  for (const item of text.split(',')) {
    if (item === 'L') days.push(DAYS_OF_WEEK.max);
    else if (item.endsWith('L')) {
      const day = readValue(item.slice(0, -1), DAYS_OF_WEEK);
      if (day === undefined) return undefined;
      lastDays.push(day);
    } else {
      const read = readItem(item, field);
      if (!read) return undefined;
      days.push(...read);
    }
  }
  return { days: ascending(days), lastDays: ascending(lastDays), nth: undefined };
}

/**
 * Parses `cron(minutes hours day-of-month month day-of-week year)`.
 *
 * Names may be written in either case. Steps are refused where they exceed the field, and in day-of-week unless they are
 * asked for.
 *
 * @returns undefined when the text is not such an expression.
 */
export function parseCron(text: string, { weekdaySteps = false } = {}): CronSchedule | undefined {
  const inside = /^cron\(([^()]*)\)$/.exec(text)?.[1];
  const fields = inside?.split(/\s+/) ?? [];
  if (fields.length !== FIELD_COUNT) return undefined;
  const [minuteText, hourText, dayText, monthText, weekdayText, yearText] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  // One of the two day fields says which day, the other one says that it does not.
  if ((dayText === NOT_SPECIFIED) === (weekdayText === NOT_SPECIFIED)) return undefined;
  const minutes = readList(minuteText, MINUTES);
  const hours = readList(hourText, HOURS);
  const months = readList(monthText, MONTHS);
  const years = readList(yearText, YEARS);
  const daysOfMonth = dayText === NOT_SPECIFIED ? undefined : readDaysOfMonth(dayText);
  const daysOfWeek =
    weekdayText === NOT_SPECIFIED
      ? undefined
      : readDaysOfWeek(weekdayText, { ...DAYS_OF_WEEK, steps: weekdaySteps });
  if (!minutes || !hours || !months || !years || !(daysOfMonth ?? daysOfWeek)) return undefined;
  return { kind: 'cron', minutes, hours, daysOfMonth, months, daysOfWeek, years };
}
