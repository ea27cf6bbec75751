import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { SchedulerContext } from './dependencies.ts';
import { groupOf, groupView } from './group-access.ts';

/** GetScheduleGroup. */
export const getScheduleGroup = (context: SchedulerContext): Operation =>
  defineOperation<{ readonly Name: string }>('GetScheduleGroup', async ({ Name }, call) =>
    groupView((await groupOf(context, call, Name)).document),
  );
