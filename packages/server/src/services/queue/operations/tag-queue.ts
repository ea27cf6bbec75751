import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { queueDoesNotExist } from '../errors.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';
import { checkTags } from '../tags.ts';
import type { QueueTags } from '../tags.ts';

interface Input {
  readonly QueueUrl?: string;
  readonly Tags: QueueTags;
}

export function tagQueue(service: QueueService): Operation {
  return defineOperation('TagQueue', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    const updated = await service.catalog.update(queue, (document) => {
      const tags = { ...document.tags, ...input.Tags };
      checkTags(document.name, tags);
      return { ...document, tags };
    });
    if (!updated) throw queueDoesNotExist();
    return undefined;
  });
}
