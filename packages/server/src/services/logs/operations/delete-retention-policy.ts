import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { groupByName } from '../group-of-call.ts';
import type { LogsService } from '../service.ts';

export function deleteRetentionPolicy(service: LogsService): Operation {
  return defineOperation('DeleteRetentionPolicy', async (input: { readonly logGroupName: string }, call) => {
    const group = groupByName(service, input.logGroupName, call);
    await service.groups.update(group, (current) => ({
      ...current,
      retentionInDays: undefined,
    }));
    return undefined;
  });
}
