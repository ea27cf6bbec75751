import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';

/** ListQueueTags: `Tags` is absent when there are none. */
export function listQueueTags(service: QueueService): Operation {
  return defineOperation('ListQueueTags', async (input: { readonly QueueUrl?: string }, call) => {
    const { tags } = queueOfCall(service, input.QueueUrl, call).document;
    return Object.keys(tags).length > 0 ? { Tags: tags } : {};
  });
}
