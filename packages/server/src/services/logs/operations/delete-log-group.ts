import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { groupByName } from '../group-of-call.ts';
import type { LogsService } from '../service.ts';

export function deleteLogGroup(service: LogsService): Operation {
  return defineOperation('DeleteLogGroup', async (input: { readonly logGroupName: string }, call) => {
    await service.groups.remove(groupByName(service, input.logGroupName, call));
    return undefined;
  });
}
