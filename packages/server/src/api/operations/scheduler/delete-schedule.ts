import { DEFAULT_GROUP, scheduleArn, scheduleKey } from '../../../engine/scheduler/schedule-catalog.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { SchedulerContext } from './dependencies.ts';
import { groupOf } from './group-access.ts';
import { changedMeanwhile, scheduleNotFound } from './messages.ts';

interface Input {
  readonly Name: string;
  readonly GroupName?: string;
  readonly ClientToken?: string;
}

/** DeleteSchedule. What is still on its way to the target is given up. */
export const deleteSchedule = (context: SchedulerContext): Operation =>
  defineOperation<Input>('DeleteSchedule', async (input, call) => {
    const { Name: name, GroupName: group = DEFAULT_GROUP, ClientToken: token } = input;
    const { scheduler, deletions } = context;
    const arn = scheduleArn(call, group, name);
    await groupOf(context, call, group);
    const found = await scheduler.catalog.schedule(scheduleKey(call, group, name));
    if (!found) {
      if (deletions.has(arn, token)) return {};
      throw scheduleNotFound(name);
    }
    if (!(await scheduler.schedules.remove(found.document, found.version))) throw changedMeanwhile();
    deletions.add(arn, token);
    return {};
  });
