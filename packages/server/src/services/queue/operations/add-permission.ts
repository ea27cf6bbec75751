import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { mergeAttributes } from '../attributes.ts';
import { queueDoesNotExist } from '../errors.ts';
import { withPermission } from '../permissions.ts';
import type { PermissionInput } from '../permissions.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';

interface Input extends PermissionInput {
  readonly QueueUrl?: string;
}

/** AddPermission: one more statement in the queue's policy, with the label as its id. */
export function addPermission(service: QueueService): Operation {
  return defineOperation('AddPermission', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    const updated = await service.catalog.update(queue, (document) => ({
      ...document,
      attributes: mergeAttributes(document.attributes, { Policy: withPermission(document, input) }),
      modifiedAt: service.clock.now(),
    }));
    if (!updated) throw queueDoesNotExist();
    return undefined;
  });
}
