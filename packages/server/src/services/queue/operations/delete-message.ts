import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { handleExpired } from '../errors.ts';
import { queueOfCall } from '../queue-of-call.ts';
import { openReceiptHandle } from '../receipt-handle.ts';
import type { QueueService } from '../service.ts';

interface Input {
  readonly QueueUrl?: string;
  readonly ReceiptHandle: string;
}

/** DeleteMessage: idempotent. An expired handle is good for a standard queue, and refused by a FIFO queue. */
export function deleteMessage(service: QueueService): Operation {
  return defineOperation('DeleteMessage', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    const receipt = openReceiptHandle(queue.document.id, input.ReceiptHandle);
    const [removal] = await service.messages.remove(queue, [receipt]);
    if (removal === 'expired') throw handleExpired(input.ReceiptHandle);
    return undefined;
  });
}
