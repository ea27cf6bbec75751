import { valueOf } from './arguments.ts';
import { usageError, type Invocation } from './command.ts';
import type { Context } from './context.ts';

/** What merely parses as a date is none: `5` would be a day in 2001. */
const DATE = /^\d{4}-\d{2}-\d{2}/;
const MS_PER: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time that an option tells, as the operator's API takes it; undefined when it is not given. */
export function timeOption(invocation: Invocation, name: string, { clock }: Context): string | undefined {
  const text = valueOf(invocation, name);
  return text === undefined ? undefined : new Date(timeOf(text, name, clock.now())).toISOString();
}

/** A time in the past, told as a duration or a date. */
export function timeOf(text: string, name: string, now: number): number {
  const duration = /^(\d+)([smhd])$/.exec(text);
  const date = DATE.test(text) ? Date.parse(text) : Number.NaN;
  const time = duration ? now - Number(duration[1]) * MS_PER[duration[2]!]! : date;
  if (Number.isNaN(new Date(time).getTime())) {
    throw usageError(
      `\`--${name}\` takes 30s, 10m, 2h, 1d or a time such as 2026-01-01T12:00:00Z, not \`${text}\``,
    );
  }
  return time;
}
