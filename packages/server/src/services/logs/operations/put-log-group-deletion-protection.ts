import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { groupByIdentifier } from '../group-of-call.ts';
import type { LogsService } from '../service.ts';

interface Input {
  readonly logGroupIdentifier: string;
  readonly deletionProtectionEnabled: boolean;
}

export function putLogGroupDeletionProtection(service: LogsService): Operation {
  return defineOperation('PutLogGroupDeletionProtection', async (input: Input, call) => {
    const group = groupByIdentifier(service, input.logGroupIdentifier, call);
    const deletionProtection = input.deletionProtectionEnabled;
    await service.groups.update(group, (current) => ({ ...current, deletionProtection }));
    return undefined;
  });
}
