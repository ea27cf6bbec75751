import assert from 'node:assert/strict';
import { parseScheduleExpression } from '../../src/engine/schedule/expression.ts';
import { timetableOf } from '../../src/engine/schedule/timetable.ts';
import { Zone } from '../../src/engine/schedule/zone.ts';
import { SeededRandom } from '../engine/fake-clock.ts';
import { bruteForceDays, bruteForceTicks, minutesOf } from './brute-force.ts';

const HOUR_MS = 3_600_000;
/** More than lie between two leap years, also around 2100. */
const YEARS = 12;

/** Zones and, in UTC, moments at which their clocks change. */
const CHANGES: readonly (readonly [zone: string, ...changes: readonly string[]])[] = [
  ['Europe/Paris', '2026-03-29T01:00Z', '2026-10-25T01:00Z', '1996-10-27T01:00Z'],
  ['America/New_York', '2026-03-08T07:00Z', '2026-11-01T06:00Z', '2007-03-11T07:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z', '2026-10-03T15:30Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00Z', '2019-02-17T02:00Z'],
  ['Africa/Casablanca', '2026-02-15T02:00Z', '2026-03-22T02:00Z'],
  ['Asia/Kolkata', '2026-01-01T00:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z', '2011-04-02T14:00Z'],
  ['Asia/Tehran', '2022-03-21T20:30Z', '2022-09-21T19:30Z'],
  ['America/Havana', '2026-03-08T05:00Z', '2026-11-01T05:00Z'],
  ['Africa/Cairo', '2026-04-23T22:00Z', '2026-10-29T21:00Z'],
  ['UTC', '2024-02-29T00:00Z', '2100-02-28T12:00Z'],
  ['Asia/Pyongyang', '2018-05-04T15:00Z', '2015-08-14T15:00Z'],
];

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** A field: mostly what fits the moment, so that a short window holds ticks. */
function field(chance: SeededRandom, min: number, max: number, near: number): string {
  const any = (): number => min + chance.below(max - min + 1);
  const about = (): number => Math.min(max, Math.max(min, near + chance.below(3) - 1));
  switch (chance.below(9)) {
    case 0:
    case 1:
    case 2:
      return '*';
    case 3:
      return `${about()}`;
    case 4:
      return [about(), any(), any()].join(',');
    case 5:
      return `${about()}/${1 + chance.below(Math.min(max, 20))}`;
    case 6:
      return `*/${1 + chance.below(Math.min(max, 7))}`;
    case 7:
      return `${any()}-${any()}`;
    default:
      return `${any()}-${any()}/${1 + chance.below(Math.min(max, 9))},${about()}`;
  }
}

function dayFields(chance: SeededRandom, at: Date): [string, string] {
  const day = at.getUTCDate();
  const name = (): string => {
    const weekday = chance.below(7);
    return chance.next() < 0.5 ? DAYS[weekday]! : String(weekday + 1);
  };
  switch (chance.below(9)) {
    case 0:
      return ['L', '?'];
    case 1:
      return ['LW', '?'];
    case 2:
      return [`${Math.min(31, day + chance.below(3))}W`, '?'];
    case 3:
      return [`L,${day},${1 + chance.below(31)}W`, '?'];
    case 4:
      return ['?', `${name()}L`];
    case 5:
      return ['?', `${name()}#${1 + chance.below(5)}`];
    case 6:
      return ['?', chance.next() < 0.5 ? `${name()}-${name()}` : `${name()},${name()},L`];
    case 7:
      return ['?', '*'];
    default:
      return [field(chance, 1, 31, day), '?'];
  }
}

function expressionNear(chance: SeededRandom, at: Date): string {
  const [dayOfMonth, dayOfWeek] = dayFields(chance, at);
  const months = chance.next() < 0.2 ? MONTHS[at.getUTCMonth()]! : field(chance, 1, 12, at.getUTCMonth() + 1);
  const year = at.getUTCFullYear();
  const years = chance.pick(['*', '*', `${year}`, `${year - 1}-${year + 1}`, `${year}/2`]);
  const hours = field(chance, 0, 23, at.getUTCHours());
  return `cron(${field(chance, 0, 59, 30)} ${hours} ${dayOfMonth} ${months} ${dayOfWeek} ${years})`;
}

/** A window of one to three days that holds a change of clocks, an end of a month, or neither. */
function windowNear(chance: SeededRandom, change: number): [start: number, end: number] {
  const hours = 24 + chance.below(48);
  const shift = chance.next() < 0.25 ? chance.below(400) * 24 : chance.below(hours);
  const start = change - shift * HOUR_MS;
  return [start, start + hours * HOUR_MS];
}

export interface OracleReport {
  readonly seed: number;
  pairs: number;
  ticks: number;
  /** Windows that held a change of the clocks. */
  changes: number;
}

/** The ticks of an expression as the engine finds them. */
function ticksOf(expression: string, zone: Zone, start: number, end: number): number[] {
  const schedule = parseScheduleExpression(expression);
  assert.ok(schedule, `${expression} is not understood`);
  const timetable = timetableOf(schedule, zone, 0);
  const ticks: number[] = [];
  for (let at = timetable.next(start - 1); at !== undefined && at < end; at = timetable.next(at))
    ticks.push(at);
  return ticks;
}

/** Compares the engine with brute force over so many windows, each with so many expressions. */
export function runOracle(seed: number, windows: number, expressions: number): OracleReport {
  const chance = new SeededRandom(seed);
  const report: OracleReport = { seed, pairs: windows * expressions, ticks: 0, changes: 0 };
  for (let window = 0; window < windows; window++) {
    const [name, ...changes] = chance.pick(CHANGES);
    const zone = Zone.named(name)!;
    const [start, end] = windowNear(chance, Date.parse(chance.pick(changes)));
    const minutes = minutesOf(name, start, end);
    for (let n = 0; n < expressions; n++) {
      const expression = expressionNear(chance, new Date(start + chance.below(24) * HOUR_MS));
      const ticks = ticksOf(expression, zone, start, end);
      const what = `seed ${seed}, window ${window}: ${expression} in ${name} from ${new Date(start).toISOString()}`;
      same(ticks, bruteForceTicks(expression, minutes), what);
      report.ticks += ticks.length;
    }
    if (zone.offsetAt(start) !== zone.offsetAt(end)) report.changes++;
  }
  return report;
}

/** Compares them over many years, for expressions that may tick as rarely as on some 29th of February. */
export function runOracleOfYears(seed: number, expressions: number): OracleReport {
  const chance = new SeededRandom(seed);
  const report: OracleReport = { seed, pairs: expressions, ticks: 0, changes: 0 };
  for (let n = 0; n < expressions; n++) {
    const year = chance.pick([1999, 2023, 2026, 2095]);
    const near = new Date(Date.UTC(year, chance.below(12), 1 + chance.below(29)));
    const [, , ...rest] = expressionNear(chance, near).split(' ');
    const expression = `cron(${[chance.below(60), chance.below(24), ...rest].join(' ')}`;
    const ticks = ticksOf(expression, Zone.utc, Date.UTC(year, 0), Date.UTC(year + YEARS, 0));
    const what = `seed ${seed}, expression ${n}: ${expression} from ${year}`;
    same(ticks, bruteForceDays(expression, year, YEARS), what);
    report.ticks += ticks.length;
  }
  return report;
}

/** Texts are made for a failure only: there are many ticks. */
function same(ticks: readonly number[], expected: readonly number[], what: string): void {
  if (ticks.join() === expected.join()) return;
  const texts = (instants: readonly number[]) => instants.map((instant) => new Date(instant).toISOString());
  assert.deepEqual(texts(ticks), texts(expected), what);
}
