import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';

/** PurgeQueue: once a minute. */
export function purgeQueue(service: QueueService): Operation {
  return defineOperation('PurgeQueue', async (input: { readonly QueueUrl?: string }, call) => {
    await service.purgeQueue(queueOfCall(service, input.QueueUrl, call));
    return undefined;
  });
}
