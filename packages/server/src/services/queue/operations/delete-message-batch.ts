import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { checkBatch, readEntries } from '../batch.ts';
import { queueOfCall } from '../queue-of-call.ts';
import { openReceiptHandle } from '../receipt-handle.ts';
import type { QueueService } from '../service.ts';

interface Input {
  readonly QueueUrl?: string;
  readonly Entries: readonly { readonly Id: string; readonly ReceiptHandle: string }[];
}

export function deleteMessageBatch(service: QueueService): Operation {
  return defineOperation('DeleteMessageBatch', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    checkBatch(input.Entries, 'DeleteMessageBatchRequestEntry');
    const { sound, failed } = readEntries(input.Entries, ({ ReceiptHandle: handle }) =>
      openReceiptHandle(queue.document.id, handle),
    );
    await service.messages.remove(
      queue,
      sound.map(({ value }) => value),
    );
    return { Successful: sound.map(({ id }) => ({ Id: id })), Failed: failed };
  });
}
