import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { groupByArn } from '../group-of-call.ts';
import type { LogsService } from '../service.ts';
import { withoutTags } from '../tags.ts';

interface Input {
  readonly resourceArn: string;
  readonly tagKeys: readonly string[];
}

export function untagResource(service: LogsService): Operation {
  return defineOperation('UntagResource', async (input: Input) => {
    await service.groups.update(groupByArn(service, input.resourceArn), (group) =>
      withoutTags(group, input.tagKeys),
    );
    return undefined;
  });
}
