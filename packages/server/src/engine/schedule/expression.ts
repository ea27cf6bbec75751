import { limits } from '../../model/limits.ts';
import { parseCron, type CronSchedule } from './cron.ts';

export type RateUnit = 'minute' | 'hour' | 'day';

/** `rate(5 minutes)`: a tick every so often. */
export interface RateSchedule {
  readonly kind: 'rate';
  readonly value: number;
  readonly unit: RateUnit;
  readonly periodMs: number;
}

export type Schedule = RateSchedule | CronSchedule;

const UNIT_MS: Readonly<Record<RateUnit, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

// One is singular, everything else plural; one blank, no sign, lower case.
const RATE = /^rate\((?:(1) (minute|hour|day)|([1-9]\d{0,9}) (minute|hour|day)s)\)$/;

function parseRate(text: string): RateSchedule | undefined {
  const match = RATE.exec(text);
  if (!match || match[3] === '1') return undefined;
  const value = Number(match[1] ?? match[3]);
  if (value > limits.rateScheduleValue) return undefined;
  const unit = (match[2] ?? match[4]) as RateUnit;
  return { kind: 'rate', value, unit, periodMs: value * UNIT_MS[unit] };
}

/**
 * Parses a rule's schedule: `rate(…)`, or `cron(…)` in UTC.
 *
 * @returns undefined for anything else (`Parameter ScheduleExpression is not valid.`).
 */
export function parseScheduleExpression(text: string): Schedule | undefined {
  return text.startsWith('rate(') ? parseRate(text) : parseCron(text);
}
