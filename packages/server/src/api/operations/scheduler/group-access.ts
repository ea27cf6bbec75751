import type { Versioned } from '../../../engine/catalog.ts';
import { DEFAULT_GROUP } from '../../../engine/scheduler/schedule-catalog.ts';
import { validationError } from '../../../model/errors.ts';
import type { Scope } from '../../../model/resources.ts';
import type { ScheduleGroup } from '../../../model/schedule.ts';
import type { SchedulerContext } from './dependencies.ts';
import { groupDeleting, groupNotFound } from './messages.ts';

/** The group of a call; throws `ResourceNotFoundException` when there is none. */
export async function groupOf(
  { scheduler }: SchedulerContext,
  scope: Scope,
  name: string,
): Promise<Versioned<ScheduleGroup>> {
  const group = await scheduler.catalog.group(scope, name);
  if (!group) throw groupNotFound(name);
  return group;
}

/** Throws unless schedules of the group can be written. */
export async function checkActive(context: SchedulerContext, scope: Scope, name: string): Promise<void> {
  const { document } = await groupOf(context, scope, name);
  if (document.state === 'DELETING') throw groupDeleting(name);
}

export function refuseDefault(name: string): void {
  if (name !== DEFAULT_GROUP) return;
  throw validationError('This operation cannot be performed on schedule group default.');
}

const MS = 1_000;

/** A group as it is answered. The default one has no dates until something about it was changed. */
export const groupView = ({ arn, name, state, createdAt, modifiedAt }: ScheduleGroup): object => ({
  Arn: arn,
  Name: name,
  State: state,
  CreationDate: createdAt === 0 ? undefined : createdAt / MS,
  LastModificationDate: modifiedAt === 0 ? undefined : modifiedAt / MS,
});
