import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { mergeAttributes } from '../attributes.ts';
import { queueDoesNotExist } from '../errors.ts';
import { withoutPermission } from '../permissions.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';

interface Input {
  readonly QueueUrl?: string;
  readonly Label: string;
}

/** RemovePermission: takes the statement of this label out of the queue's policy; the last one takes the policy along. */
export function removePermission(service: QueueService): Operation {
  return defineOperation('RemovePermission', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    const updated = await service.catalog.update(queue, (document) => ({
      ...document,
      attributes: mergeAttributes(document.attributes, { Policy: withoutPermission(document, input.Label) }),
      modifiedAt: service.clock.now(),
    }));
    if (!updated) throw queueDoesNotExist();
    return undefined;
  });
}
