import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { queueDoesNotExist } from '../errors.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';

interface Input {
  readonly QueueUrl?: string;
  readonly TagKeys: readonly string[];
}

/** UntagQueue: keys that the queue does not have are no error. */
export function untagQueue(service: QueueService): Operation {
  return defineOperation('UntagQueue', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    const updated = await service.catalog.update(queue, (document) => ({
      ...document,
      tags: Object.fromEntries(Object.entries(document.tags).filter(([key]) => !input.TagKeys.includes(key))),
    }));
    if (!updated) throw queueDoesNotExist();
    return undefined;
  });
}
