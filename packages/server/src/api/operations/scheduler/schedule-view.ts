import type { Schedule } from '../../../model/schedule.ts';

const MS = 1_000;

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / MS);

/** A schedule as GetSchedule answers it. */
export const scheduleView = (schedule: Schedule): object => ({
  ActionAfterCompletion: schedule.actionAfterCompletion,
  Arn: schedule.arn,
  CreationDate: seconds(schedule.createdAt),
  Description: schedule.description,
  EndDate: seconds(schedule.endAt),
  FlexibleTimeWindow: schedule.flexibleTimeWindow,
  GroupName: schedule.group,
  KmsKeyArn: schedule.kmsKeyArn,
  LastModificationDate: seconds(schedule.modifiedAt),
  Name: schedule.name,
  ScheduleExpression: schedule.expression,
  ScheduleExpressionTimezone: schedule.timezone,
  StartDate: seconds(schedule.startAt),
  State: schedule.state,
  Target: schedule.target,
});

/** A schedule as ListSchedules answers it. */
export const scheduleSummary = (schedule: Schedule): object => ({
  Arn: schedule.arn,
  CreationDate: seconds(schedule.createdAt),
  GroupName: schedule.group,
  LastModificationDate: seconds(schedule.modifiedAt),
  Name: schedule.name,
  State: schedule.state,
  Target: { Arn: schedule.target.Arn },
});
