import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { checkChangedAttributes, mergeAttributes } from '../attributes.ts';
import type { AttributeTexts } from '../attributes.ts';
import { queueDoesNotExist } from '../errors.ts';
import { checkDeadLetterQueue } from '../redrive-policy.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';

interface Input {
  readonly QueueUrl?: string;
  readonly Attributes: AttributeTexts;
}

/** SetQueueAttributes: an empty text removes an attribute. */
export function setQueueAttributes(service: QueueService): Operation {
  return defineOperation('SetQueueAttributes', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    const { RedrivePolicy: redrivePolicy } = input.Attributes;
    const updated = await service.catalog.update(queue, (document) => {
      checkChangedAttributes(input.Attributes, document.attributes);
      if (redrivePolicy !== undefined) {
        checkDeadLetterQueue(redrivePolicy, { ...document, fifo: queue.settings.fifo }, (arn) =>
          service.catalog.findByArn(arn),
        );
      }
      return {
        ...document,
        attributes: mergeAttributes(document.attributes, input.Attributes),
        modifiedAt: service.clock.now(),
      };
    });
    if (!updated) throw queueDoesNotExist();
    service.messages.settingsChanged(updated);
    return undefined;
  });
}
