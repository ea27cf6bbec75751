import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { groupByArn } from '../group-of-call.ts';
import type { LogsService } from '../service.ts';
import { withTags } from '../tags.ts';
import type { LogTags } from '../tags.ts';

interface Input {
  readonly resourceArn: string;
  readonly tags: LogTags;
}

export function tagResource(service: LogsService): Operation {
  return defineOperation('TagResource', async (input: Input) => {
    await service.groups.update(groupByArn(service, input.resourceArn), (group) =>
      withTags(group, input.tags),
    );
    return undefined;
  });
}
