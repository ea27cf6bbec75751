import { DEFAULT_GROUP, scheduleArn, scheduleKey } from '../../../engine/scheduler/schedule-catalog.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { definitionOf, type DefinitionInput } from './definition.ts';
import type { SchedulerContext } from './dependencies.ts';
import { checkActive } from './group-access.ts';
import { scheduleExists } from './messages.ts';
import { isRepeat, requestOf } from './requests.ts';

/** CreateSchedule. */
export function createSchedule(context: SchedulerContext): Operation {
  const { scheduler, clock, random } = context;
  return defineOperation<DefinitionInput>('CreateSchedule', async (input, call) => {
    const { Name: name, GroupName: group = DEFAULT_GROUP } = input;
    const now = clock.now();
    const request = requestOf(input, now);
    const key = scheduleKey(call, group, name);
    await checkActive(context, call, group);
    const present = (await scheduler.catalog.schedule(key))?.document;
    if (present) {
      if (isRepeat(present.request, request)) return { ScheduleArn: present.arn };
      throw scheduleExists(name);
    }
    const created = await scheduler.schedules.create({
      ...definitionOf(context, input, call, now),
      account: call.account,
      region: call.region,
      uid: random.uuid(),
      revision: random.uuid(),
      group,
      name,
      arn: scheduleArn(call, group, name),
      createdAt: now,
      modifiedAt: now,
      request,
    });
    if (created) return { ScheduleArn: scheduleArn(call, group, name) };
    const winner = (await scheduler.catalog.schedule(key))?.document;
    if (winner && isRepeat(winner.request, request)) return { ScheduleArn: winner.arn };
    // Its group may have gone meanwhile.
    await checkActive(context, call, group);
    throw scheduleExists(name);
  });
}
