import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { SchedulerContext } from './dependencies.ts';
import { taggedGroup } from './tags.ts';

/** ListTagsForResource. */
export const listTagsForResource = (context: SchedulerContext): Operation =>
  defineOperation<{ readonly ResourceArn: string }>('ListTagsForResource', async ({ ResourceArn }, call) => {
    const { document } = await taggedGroup(context, ResourceArn, call);
    return { Tags: document.tags };
  });
