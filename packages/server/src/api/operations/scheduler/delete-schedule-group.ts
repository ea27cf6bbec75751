import { groupArn } from '../../../engine/scheduler/schedule-catalog.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { SchedulerContext } from './dependencies.ts';
import { refuseDefault } from './group-access.ts';
import { changedMeanwhile, groupDeleting, groupNotFound } from './messages.ts';

interface Input {
  readonly Name: string;
  readonly ClientToken?: string;
}

/** DeleteScheduleGroup: the group is `DELETING` until all its schedules are gone. */
export const deleteScheduleGroup = ({ scheduler, deletions }: SchedulerContext): Operation =>
  defineOperation<Input>('DeleteScheduleGroup', async ({ Name: name, ClientToken: token }, call) => {
    refuseDefault(name);
    const arn = groupArn(call, name);
    const found = await scheduler.catalog.group(call, name);
    if (found?.document.state !== 'ACTIVE' && deletions.has(arn, token)) return {};
    if (!found) throw groupNotFound(name);
    if (found.document.state === 'DELETING') throw groupDeleting(name);
    if (!(await scheduler.deleteGroup(found.document, found.version))) throw changedMeanwhile();
    deletions.add(arn, token);
    return {};
  });
