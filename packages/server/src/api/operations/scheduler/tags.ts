import type { Versioned } from '../../../engine/catalog.ts';
import { parseArn } from '../../../model/arn.ts';
import { validationError } from '../../../model/errors.ts';
import { limits } from '../../../model/limits.ts';
import type { Call } from '../../../model/operation.ts';
import type { Tag } from '../../../model/resources.ts';
import type { ScheduleGroup } from '../../../model/schedule.ts';
import type { SchedulerContext } from './dependencies.ts';
import { changedMeanwhile, groupDeleting, notFound, quotaExceeded } from './messages.ts';

const GROUP = 'schedule-group/';

/** Tags with others added; those with the same keys are replaced. */
export function withTags(present: readonly Tag[], added: readonly Tag[]): Tag[] {
  if (added.some(({ Key }) => Key.startsWith('aws:'))) {
    throw validationError("Tag keys must not start with 'aws:': the prefix is reserved.");
  }
  const values = new Map([...present, ...added].map(({ Key, Value }) => [Key, Value]));
  if (values.size > limits.tagsPerResource) {
    throw quotaExceeded(`A schedule group has at most ${limits.tagsPerResource} tags.`);
  }
  return [...values].map(([Key, Value]) => ({ Key, Value }));
}

/** The group that an ARN of the caller's own account and region names. */
export async function taggedGroup(
  { scheduler }: SchedulerContext,
  text: string,
  call: Call,
): Promise<Versioned<ScheduleGroup>> {
  const arn = parseArn(text);
  const isOwn = arn?.account === call.account && arn.region === call.region && arn.resource.startsWith(GROUP);
  const group = isOwn ? await scheduler.catalog.group(call, arn.resource.slice(GROUP.length)) : undefined;
  if (!group) throw notFound(`Resource ${text} does not exist.`);
  return group;
}

export async function putTags(
  { scheduler }: SchedulerContext,
  { document, version }: Versioned<ScheduleGroup>,
  tags: readonly Tag[],
): Promise<void> {
  if (document.state === 'DELETING') throw groupDeleting(document.name);
  // The default group is written down with its first tags.
  const expect = version === 0n ? 'absent' : version;
  if (!(await scheduler.catalog.putGroup({ ...document, tags }, expect))) throw changedMeanwhile();
}
