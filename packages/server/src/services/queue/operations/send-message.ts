import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { readMessage, receiptOf } from '../outgoing.ts';
import type { MessageInput } from '../outgoing.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';

interface Input extends MessageInput {
  readonly QueueUrl?: string;
}

/** SendMessage: answers once the message is durable. A repeated FIFO message gets the first one's answer. */
export function sendMessage(service: QueueService): Operation {
  return defineOperation('SendMessage', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    const message = readMessage(service, queue, input, call);
    const sent = await service.messages.send(queue, [message]);
    return receiptOf(message, input, sent?.[0]);
  });
}
