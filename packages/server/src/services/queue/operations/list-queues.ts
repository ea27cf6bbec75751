import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { pageOfNames } from '../name-pages.ts';
import type { PageInput } from '../name-pages.ts';
import { queueUrl } from '../queue-url.ts';
import type { QueueService } from '../service.ts';

interface Input extends PageInput {
  readonly QueueNamePrefix?: string;
}

/** ListQueues, by name: `QueueUrls` is absent when there are none. */
export function listQueues(service: QueueService): Operation {
  return defineOperation('ListQueues', async (input: Input, call) => {
    const { names, nextToken } = pageOfNames(service.catalog.list(call, input.QueueNamePrefix ?? ''), input);
    return {
      ...(names.length > 0 && { QueueUrls: names.map((name) => queueUrl(call, call.account, name)) }),
      ...(nextToken !== undefined && { NextToken: nextToken }),
    };
  });
}
