import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { groupByName } from '../group-of-call.ts';
import type { LogsService } from '../service.ts';
import { withoutTags } from '../tags.ts';

interface Input {
  readonly logGroupName: string;
  readonly tags: readonly string[];
}

/** UntagLogGroup: what came before UntagResource. */
export function untagLogGroup(service: LogsService): Operation {
  return defineOperation('UntagLogGroup', async (input: Input, call) => {
    await service.groups.update(groupByName(service, input.logGroupName, call), (group) =>
      withoutTags(group, input.tags),
    );
    return undefined;
  });
}
