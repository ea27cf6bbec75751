import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { Tag } from '../../../model/resources.ts';
import type { SchedulerContext } from './dependencies.ts';
import { putTags, taggedGroup, withTags } from './tags.ts';

interface Input {
  readonly ResourceArn: string;
  readonly Tags: readonly Tag[];
}

/** TagResource: schedule groups have tags. */
export const tagResource = (context: SchedulerContext): Operation =>
  defineOperation<Input>('TagResource', async ({ ResourceArn, Tags }, call) => {
    const group = await taggedGroup(context, ResourceArn, call);
    await putTags(context, group, withTags(group.document.tags, Tags));
    return {};
  });
