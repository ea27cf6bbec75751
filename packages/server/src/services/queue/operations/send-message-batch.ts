import { limits } from '../../../model/limits.ts';
import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { checkBatch, readEntries } from '../batch.ts';
import { batchTooLong } from '../errors.ts';
import { readMessage, receiptOf, sizeOf } from '../outgoing.ts';
import type { MessageInput } from '../outgoing.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';

interface Entry extends MessageInput {
  readonly Id: string;
}

interface Input {
  readonly QueueUrl?: string;
  readonly Entries: readonly Entry[];
}

/** SendMessageBatch: sound entries are sent, whatever is wrong with the others. */
export function sendMessageBatch(service: QueueService): Operation {
  return defineOperation('SendMessageBatch', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    checkBatch(input.Entries, 'SendMessageBatchRequestEntry');
    checkTotal(input.Entries);
    const { sound, failed } = readEntries(input.Entries, (entry) => ({
      message: readMessage(service, queue, entry, call),
      entry,
    }));
    const sent = await service.messages.send(
      queue,
      sound.map(({ value }) => value.message),
    );
    return {
      Successful: sound.map(({ id, value: { message, entry } }, index) => ({
        Id: id,
        ...receiptOf(message, entry, sent?.[index]),
      })),
      Failed: failed,
    };
  });
}

/** The messages together may be as long as a single one. Entries with other faults are told one by one, later. */
function checkTotal(entries: readonly Entry[]): void {
  const sizes = readEntries(entries, sizeOf).sound;
  const bytes = sizes.reduce((sum, { value }) => sum + value, 0);
  if (bytes > limits.queueMessageBytes) throw batchTooLong(limits.queueMessageBytes, bytes);
}
