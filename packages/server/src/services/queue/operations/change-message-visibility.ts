import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { notInFlight } from '../errors.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';
import { readVisibilityChange } from '../visibility.ts';
import type { VisibilityInput } from '../visibility.ts';

interface Input extends VisibilityInput {
  readonly QueueUrl?: string;
}

/** ChangeMessageVisibility: 0 puts the message back at once. */
export function changeMessageVisibility(service: QueueService): Operation {
  return defineOperation('ChangeMessageVisibility', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    const change = readVisibilityChange(queue, input, service.clock.now());
    const [changed] = await service.messages.changeVisibility(queue, [change], change.timeoutMs);
    if (!changed) throw notInFlight(input.ReceiptHandle);
    return undefined;
  });
}
