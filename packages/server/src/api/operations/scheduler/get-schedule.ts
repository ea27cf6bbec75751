import { DEFAULT_GROUP, scheduleKey } from '../../../engine/scheduler/schedule-catalog.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { SchedulerContext } from './dependencies.ts';
import { groupOf } from './group-access.ts';
import { scheduleNotFound } from './messages.ts';
import { scheduleView } from './schedule-view.ts';

interface Input {
  readonly Name: string;
  readonly GroupName?: string;
}

/** GetSchedule. */
export const getSchedule = (context: SchedulerContext): Operation =>
  defineOperation<Input>('GetSchedule', async ({ Name, GroupName: group = DEFAULT_GROUP }, call) => {
    await groupOf(context, call, group);
    const found = await context.scheduler.catalog.schedule(scheduleKey(call, group, Name));
    if (!found) throw scheduleNotFound(Name);
    return scheduleView(found.document);
  });
