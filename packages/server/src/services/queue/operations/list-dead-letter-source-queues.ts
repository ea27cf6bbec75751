import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { pageOfNames } from '../name-pages.ts';
import type { PageInput } from '../name-pages.ts';
import { queueOfCall } from '../queue-of-call.ts';
import { queueUrl } from '../queue-url.ts';
import type { QueueService } from '../service.ts';

interface Input extends PageInput {
  readonly QueueUrl?: string;
}

/** ListDeadLetterSourceQueues, by name: the queues whose redrive policy names this one. The key is in lower case. */
export function listDeadLetterSourceQueues(service: QueueService): Operation {
  return defineOperation('ListDeadLetterSourceQueues', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    const { names, nextToken } = pageOfNames(service.catalog.sourcesOf(queue), input);
    return {
      queueUrls: names.map((name) => queueUrl(call, queue.document.account, name)),
      ...(nextToken !== undefined && { NextToken: nextToken }),
    };
  });
}
