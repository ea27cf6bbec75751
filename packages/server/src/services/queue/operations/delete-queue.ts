import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';

export function deleteQueue(service: QueueService): Operation {
  return defineOperation('DeleteQueue', async (input: { readonly QueueUrl?: string }, call) => {
    await service.deleteQueue(queueOfCall(service, input.QueueUrl, call));
    return undefined;
  });
}
