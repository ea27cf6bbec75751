import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { checkBatch, failedEntry, readEntries } from '../batch.ts';
import { handleExpired } from '../errors.ts';
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
    const { sound, failed } = readEntries(input.Entries, ({ ReceiptHandle: handle }) => ({
      ...openReceiptHandle(queue.document.id, handle),
      handle,
    }));
    const removals = await service.messages.remove(
      queue,
      sound.map(({ value }) => value),
    );
    const expired = sound.filter((_entry, index) => removals[index] === 'expired');
    return {
      Successful: sound.filter((entry) => !expired.includes(entry)).map(({ id }) => ({ Id: id })),
      Failed: [...failed, ...expired.map(({ id, value }) => failedEntry(id, handleExpired(value.handle)))],
    };
  });
}
