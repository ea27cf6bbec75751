import { everTicks, parseSchedulerExpression } from '../../../engine/schedule/scheduler-expression.ts';
import { Zones } from '../../../engine/schedule/zones.ts';
import { validationError } from '../../../model/errors.ts';
import { limits } from '../../../model/limits.ts';
import type { Call } from '../../../model/operation.ts';
import type { FlexibleTimeWindow, Schedule, ScheduleTargetInput } from '../../../model/schedule.ts';
import type { SchedulerContext } from './dependencies.ts';
import { checkTarget } from './target.ts';

/** The body of CreateSchedule and UpdateSchedule. */
export interface DefinitionInput {
  readonly Name: string;
  readonly GroupName?: string;
  readonly ClientToken?: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly FlexibleTimeWindow: FlexibleTimeWindow;
  readonly Target: ScheduleTargetInput;
  readonly ActionAfterCompletion?: 'NONE' | 'DELETE';
  readonly Description?: string;
  readonly State?: 'ENABLED' | 'DISABLED';
  readonly KmsKeyArn?: string;
  /** Seconds since the epoch. */
  readonly StartDate?: number;
  readonly EndDate?: number;
}

/** What a client defines of a schedule. An update replaces all of it. */
export type Definition = Pick<
  Schedule,
  | 'state'
  | 'expression'
  | 'timezone'
  | 'flexibleTimeWindow'
  | 'target'
  | 'actionAfterCompletion'
  | 'description'
  | 'kmsKeyArn'
  | 'startAt'
  | 'endAt'
>;

const UTC = 'UTC';
const MS = 1_000;

const zones = new Zones();

function checkExpression(text: string, now: number): void {
  const expression = parseSchedulerExpression(text);
  if (!expression) throw validationError(`Invalid Schedule Expression ${text}.`);
  if (expression.kind === 'cron' && !everTicks(expression, now)) {
    throw validationError(`Invalid Schedule Expression ${text}. The expression will never schedule.`);
  }
}

function checkTimezone(name: string): void {
  // `Intl` takes distances to UTC for zones as well.
  if (!/^[A-Za-z]/.test(name) || !zones.get(name)) {
    throw validationError(`Invalid Schedule Expression Timezone ${name}.`);
  }
}

function checkWindow({ Mode, MaximumWindowInMinutes }: FlexibleTimeWindow): void {
  if ((Mode === 'FLEXIBLE') === (MaximumWindowInMinutes !== undefined)) return;
  throw validationError(
    `MaximumWindowInMinutes must ${Mode === 'OFF' ? 'not ' : ''}be provided when FlexibleTimeWindowMode is set to ${Mode}.`,
  );
}

function checkDates(startAt: number | undefined, endAt: number | undefined, now: number): void {
  if (startAt !== undefined && endAt !== undefined && startAt >= endAt) {
    throw validationError('The StartDate you specify must come before the EndDate.');
  }
  if (startAt !== undefined && startAt < now - limits.scheduleStartInPastMs) {
    throw validationError('The StartDate you specify cannot be earlier than 5 minutes ago.');
  }
}

/** Checks a definition in the order of scheduler §10, and fills in what was left out. */
export function definitionOf(
  context: SchedulerContext,
  input: DefinitionInput,
  call: Call,
  now: number,
): Definition {
  const timezone = input.ScheduleExpressionTimezone ?? UTC;
  const startAt = input.StartDate === undefined ? undefined : input.StartDate * MS;
  const endAt = input.EndDate === undefined ? undefined : input.EndDate * MS;
  checkExpression(input.ScheduleExpression, now);
  checkTimezone(timezone);
  checkWindow(input.FlexibleTimeWindow);
  checkDates(startAt, endAt, now);
  checkTarget(context, input.Target, call);
  const { RetryPolicy } = input.Target;
  return {
    state: input.State ?? 'ENABLED',
    expression: input.ScheduleExpression,
    timezone,
    flexibleTimeWindow: input.FlexibleTimeWindow,
    target: {
      ...input.Target,
      RetryPolicy: {
        MaximumEventAgeInSeconds: RetryPolicy?.MaximumEventAgeInSeconds ?? limits.maximumEventAgeSeconds,
        MaximumRetryAttempts: RetryPolicy?.MaximumRetryAttempts ?? limits.maximumRetryAttempts,
      },
    },
    actionAfterCompletion: input.ActionAfterCompletion ?? 'NONE',
    description: input.Description,
    kmsKeyArn: input.KmsKeyArn,
    startAt,
    endAt,
  };
}
