import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { SchedulerContext } from './dependencies.ts';
import { putTags, taggedGroup } from './tags.ts';

interface Input {
  readonly ResourceArn: string;
  readonly TagKeys: readonly string[];
}

/** UntagResource. */
export const untagResource = (context: SchedulerContext): Operation =>
  defineOperation<Input>('UntagResource', async ({ ResourceArn, TagKeys }, call) => {
    const group = await taggedGroup(context, ResourceArn, call);
    const kept = group.document.tags.filter(({ Key }) => !TagKeys.includes(Key));
    await putTags(context, group, kept);
    return {};
  });
