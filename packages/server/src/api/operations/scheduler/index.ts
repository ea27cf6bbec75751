import { loadedOnCall, type Operation, type OperationLoaders } from '../../../model/operation.ts';
import { Deletions } from './deletions.ts';
import type { SchedulerContext, SchedulerDependencies } from './dependencies.ts';

/** Every operation of the Scheduler: one file and one line each. */
export const SCHEDULER_OPERATIONS: OperationLoaders<SchedulerContext> = {
  CreateSchedule: async (context) => (await import('./create-schedule.ts')).createSchedule(context),
  GetSchedule: async (context) => (await import('./get-schedule.ts')).getSchedule(context),
  UpdateSchedule: async (context) => (await import('./update-schedule.ts')).updateSchedule(context),
  DeleteSchedule: async (context) => (await import('./delete-schedule.ts')).deleteSchedule(context),
  ListSchedules: async (context) => (await import('./list-schedules.ts')).listSchedules(context),
  CreateScheduleGroup: async (context) =>
    (await import('./create-schedule-group.ts')).createScheduleGroup(context),
  GetScheduleGroup: async (context) => (await import('./get-schedule-group.ts')).getScheduleGroup(context),
  DeleteScheduleGroup: async (context) =>
    (await import('./delete-schedule-group.ts')).deleteScheduleGroup(context),
  ListScheduleGroups: async (context) =>
    (await import('./list-schedule-groups.ts')).listScheduleGroups(context),
  TagResource: async (context) => (await import('./tag-resource.ts')).tagResource(context),
  UntagResource: async (context) => (await import('./untag-resource.ts')).untagResource(context),
  ListTagsForResource: async (context) =>
    (await import('./list-tags-for-resource.ts')).listTagsForResource(context),
};

/** The operations of the Scheduler, over what they work on. */
export function schedulerOperations(dependencies: SchedulerDependencies): readonly Operation[] {
  const context: SchedulerContext = { ...dependencies, deletions: new Deletions(dependencies.clock) };
  return loadedOnCall(SCHEDULER_OPERATIONS, context);
}
