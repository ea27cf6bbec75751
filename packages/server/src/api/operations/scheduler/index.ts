import type { Operation } from '../../../model/operation.ts';
import { createSchedule } from './create-schedule.ts';
import { createScheduleGroup } from './create-schedule-group.ts';
import { deleteSchedule } from './delete-schedule.ts';
import { deleteScheduleGroup } from './delete-schedule-group.ts';
import { Deletions } from './deletions.ts';
import type { SchedulerContext, SchedulerDependencies } from './dependencies.ts';
import { getSchedule } from './get-schedule.ts';
import { getScheduleGroup } from './get-schedule-group.ts';
import { listScheduleGroups } from './list-schedule-groups.ts';
import { listSchedules } from './list-schedules.ts';
import { listTagsForResource } from './list-tags-for-resource.ts';
import { tagResource } from './tag-resource.ts';
import { untagResource } from './untag-resource.ts';
import { updateSchedule } from './update-schedule.ts';

/** Every operation of the Scheduler: one file and one line each. */
const BUILDERS: readonly ((context: SchedulerContext) => Operation)[] = [
  createSchedule,
  getSchedule,
  updateSchedule,
  deleteSchedule,
  listSchedules,
  createScheduleGroup,
  getScheduleGroup,
  deleteScheduleGroup,
  listScheduleGroups,
  tagResource,
  untagResource,
  listTagsForResource,
];

/** The operations of the Scheduler, over what they work on. */
export function schedulerOperations(dependencies: SchedulerDependencies): readonly Operation[] {
  const context: SchedulerContext = { ...dependencies, deletions: new Deletions(dependencies.clock) };
  return BUILDERS.map((build) => build(context));
}
