import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { queueDoesNotExist } from '../errors.ts';
import { queueUrl } from '../queue-url.ts';
import type { QueueService } from '../service.ts';

interface Input {
  readonly QueueName: string;
  readonly QueueOwnerAWSAccountId?: string;
}

export function getQueueUrl(service: QueueService): Operation {
  return defineOperation('GetQueueUrl', async (input: Input, call) => {
    const account = input.QueueOwnerAWSAccountId ?? call.account;
    const queue = service.catalog.find({ account, region: call.region }, input.QueueName);
    if (!queue) throw queueDoesNotExist();
    return { QueueUrl: queueUrl(call, account, input.QueueName) };
  });
}
