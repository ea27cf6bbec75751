import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { groupByName } from '../group-of-call.ts';
import type { LogsService } from '../service.ts';

/** ListTagsLogGroup: what came before ListTagsForResource. */
export function listTagsLogGroup(service: LogsService): Operation {
  return defineOperation('ListTagsLogGroup', async (input: { readonly logGroupName: string }, call) => ({
    tags: groupByName(service, input.logGroupName, call).tags,
  }));
}
