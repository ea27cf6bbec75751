import { DEFAULT_GROUP, scheduleKey } from '../../../engine/scheduler/schedule-catalog.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { definitionOf, type DefinitionInput } from './definition.ts';
import type { SchedulerContext } from './dependencies.ts';
import { checkActive } from './group-access.ts';
import { changedMeanwhile, scheduleNotFound } from './messages.ts';
import { isRepeat, requestOf } from './requests.ts';

/** UpdateSchedule: replaces the whole definition; what is left out returns to its default. */
export function updateSchedule(context: SchedulerContext): Operation {
  const { scheduler, clock, random } = context;
  return defineOperation<DefinitionInput>('UpdateSchedule', async (input, call) => {
    const { Name: name, GroupName: group = DEFAULT_GROUP } = input;
    const now = clock.now();
    const request = requestOf(input, now);
    await checkActive(context, call, group);
    const present = await scheduler.catalog.schedule(scheduleKey(call, group, name));
    if (!present) throw scheduleNotFound(name);
    const { account, region, uid, arn, createdAt, overlap, paused } = present.document;
    if (isRepeat(present.document.request, request)) return { ScheduleArn: arn };
    const definition = definitionOf(context, input, call, now);
    const replaced = await scheduler.schedules.replace(
      {
        ...definition,
        overlap,
        // Whoever enables it ends its pause.
        paused: definition.state === 'DISABLED' ? paused : undefined,
        account,
        region,
        uid,
        group,
        name,
        arn,
        createdAt,
        request,
        revision: random.uuid(),
        modifiedAt: now,
      },
      present.version,
    );
    if (!replaced) throw changedMeanwhile();
    return { ScheduleArn: arn };
  });
}
