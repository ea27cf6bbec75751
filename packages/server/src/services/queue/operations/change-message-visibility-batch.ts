import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { checkBatch, failedEntry, readEntries } from '../batch.ts';
import { notInFlight } from '../errors.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';
import { readVisibilityChange } from '../visibility.ts';
import type { VisibilityInput } from '../visibility.ts';

interface Entry extends VisibilityInput {
  readonly Id: string;
}

interface Input {
  readonly QueueUrl?: string;
  readonly Entries: readonly Entry[];
}

export function changeMessageVisibilityBatch(service: QueueService): Operation {
  return defineOperation('ChangeMessageVisibilityBatch', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    checkBatch(input.Entries, 'ChangeMessageVisibilityBatchRequestEntry');
    const now = service.clock.now();
    const { sound, failed } = readEntries(input.Entries, (entry) => readVisibilityChange(queue, entry, now));
    // The store takes one time a call; calls of one turn travel together.
    const changed = await Promise.all(
      sound.map(({ value }) => service.messages.changeVisibility(queue, [value], value.timeoutMs)),
    );
    const missed = sound.filter((_entry, index) => !changed[index]?.[0]);
    return {
      Successful: sound.filter((entry) => !missed.includes(entry)).map(({ id }) => ({ Id: id })),
      Failed: [...failed, ...missed.map(({ id, value }) => failedEntry(id, notInFlight(value.handle)))],
    };
  });
}
