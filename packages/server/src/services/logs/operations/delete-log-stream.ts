import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { streamNotFound } from '../errors.ts';
import { groupByName } from '../group-of-call.ts';
import type { LogsService } from '../service.ts';

interface Input {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

export function deleteLogStream(service: LogsService): Operation {
  return defineOperation('DeleteLogStream', async (input: Input, call) => {
    const group = groupByName(service, input.logGroupName, call);
    if (!(await service.events.removeStream(group.id, input.logStreamName))) throw streamNotFound();
    return undefined;
  });
}
