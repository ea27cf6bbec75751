import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { streamExists } from '../errors.ts';
import { groupByName } from '../group-of-call.ts';
import { missingAsNotFound } from '../missing.ts';
import type { LogsService } from '../service.ts';

interface Input {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

export function createLogStream(service: LogsService): Operation {
  return defineOperation('CreateLogStream', async (input: Input, call) => {
    const group = groupByName(service, input.logGroupName, call);
    const created = await missingAsNotFound(service, group, () =>
      service.events.createStream(group.id, input.logStreamName, service.clock.now()),
    );
    if (!created) throw streamExists();
    return undefined;
  });
}
