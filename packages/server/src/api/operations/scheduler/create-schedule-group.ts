import { groupArn } from '../../../engine/scheduler/schedule-catalog.ts';
import { limits } from '../../../model/limits.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { Tag } from '../../../model/resources.ts';
import type { SchedulerContext } from './dependencies.ts';
import { refuseDefault } from './group-access.ts';
import { groupDeleting, groupExists, quotaExceeded } from './messages.ts';
import { isRepeat, requestOf } from './requests.ts';
import { withTags } from './tags.ts';

interface Input {
  readonly Name: string;
  readonly ClientToken?: string;
  readonly Tags?: readonly Tag[];
}

/** CreateScheduleGroup. */
export const createScheduleGroup = ({ scheduler, clock }: SchedulerContext): Operation =>
  defineOperation<Input>('CreateScheduleGroup', async (input, call) => {
    const { Name: name } = input;
    const { catalog } = scheduler;
    refuseDefault(name);
    const now = clock.now();
    const request = requestOf(input, now);
    const tags = withTags([], input.Tags ?? []);
    const answer = { ScheduleGroupArn: groupArn(call, name) };
    const present = (await catalog.group(call, name))?.document;
    if (present) {
      if (present.state === 'DELETING') throw groupDeleting(name);
      if (isRepeat(present.request, request)) return answer;
      throw groupExists(name);
    }
    if ((await catalog.groups(call)).length >= limits.scheduleGroups) {
      throw quotaExceeded(`There are ${limits.scheduleGroups} schedule groups already.`);
    }
    const { account, region } = call;
    const group = {
      account,
      region,
      name,
      arn: groupArn(call, name),
      state: 'ACTIVE',
      tags,
      request,
    } as const;
    if (await catalog.putGroup({ ...group, createdAt: now, modifiedAt: now }, 'absent')) return answer;
    const winner = (await catalog.group(call, name))?.document;
    if (winner && isRepeat(winner.request, request)) return answer;
    throw groupExists(name);
  });
