import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { groupByName } from '../group-of-call.ts';
import type { LogsService } from '../service.ts';
import { withTags } from '../tags.ts';
import type { LogTags } from '../tags.ts';

interface Input {
  readonly logGroupName: string;
  readonly tags: LogTags;
}

/** TagLogGroup: what came before TagResource. */
export function tagLogGroup(service: LogsService): Operation {
  return defineOperation('TagLogGroup', async (input: Input, call) => {
    await service.groups.update(groupByName(service, input.logGroupName, call), (group) =>
      withTags(group, input.tags),
    );
    return undefined;
  });
}
