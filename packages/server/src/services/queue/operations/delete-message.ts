import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { queueOfCall } from '../queue-of-call.ts';
import { openReceiptHandle } from '../receipt-handle.ts';
import type { QueueService } from '../service.ts';

interface Input {
  readonly QueueUrl?: string;
  readonly ReceiptHandle: string;
}

/** DeleteMessage: idempotent, and an expired handle is accepted. */
export function deleteMessage(service: QueueService): Operation {
  return defineOperation('DeleteMessage', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    await service.messages.remove(queue, [openReceiptHandle(queue.document.id, input.ReceiptHandle)]);
    return undefined;
  });
}
