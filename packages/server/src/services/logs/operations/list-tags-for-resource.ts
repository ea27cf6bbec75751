import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { groupByArn } from '../group-of-call.ts';
import type { LogsService } from '../service.ts';

export function listTagsForResource(service: LogsService): Operation {
  return defineOperation('ListTagsForResource', async (input: { readonly resourceArn: string }) => ({
    tags: groupByArn(service, input.resourceArn).tags,
  }));
}
