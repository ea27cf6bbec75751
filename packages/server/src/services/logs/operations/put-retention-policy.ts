import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { invalidParameter } from '../errors.ts';
import { groupByName } from '../group-of-call.ts';
import type { LogsService } from '../service.ts';

interface Input {
  readonly logGroupName: string;
  readonly retentionInDays: number;
}

const DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function putRetentionPolicy(service: LogsService): Operation {
  return defineOperation('PutRetentionPolicy', async (input: Input, call) => {
    const { retentionInDays } = input;
    if (!DAYS.includes(retentionInDays)) {
      throw invalidParameter(
        `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: ` +
          `Member must satisfy enum value set: [${DAYS.join(', ')}]`,
      );
    }
    const group = groupByName(service, input.logGroupName, call);
    await service.groups.update(group, (current) => ({ ...current, retentionInDays }));
    return undefined;
  });
}
