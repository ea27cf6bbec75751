import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { limits } from '../../../model/limits.ts';
import type { AttributeTexts } from '../attributes.ts';
import { invalidParameter } from '../errors.ts';
import { queueUrl } from '../queue-url.ts';
import type { QueueService } from '../service.ts';
import { checkTags } from '../tags.ts';

interface Input {
  readonly QueueName: string;
  readonly Attributes?: AttributeTexts;
  readonly tags?: Readonly<Record<string, string>>;
}

const NAME = new RegExp(`^[A-Za-z0-9_-]{1,${limits.queueNameChars}}$`);
const FIFO_SUFFIX = '.fifo';

function checkName(name: string, attributes: AttributeTexts): void {
  const fifo = attributes.FifoQueue === 'true';
  // The suffix counts among the 80 characters.
  const stem = fifo && name.endsWith(FIFO_SUFFIX) ? name.slice(0, -FIFO_SUFFIX.length) : name;
  const sound = name.length <= limits.queueNameChars && NAME.test(stem);
  if (sound && (!fifo || stem !== name)) return;
  if (fifo) {
    throw invalidParameter(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, ' +
        'must end with .fifo suffix and be 1 to 80 in length.',
    );
  }
  throw invalidParameter(
    'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  );
}

/** CreateQueue: finds a queue that is there already with the same attributes. */
export function createQueue(service: QueueService): Operation {
  return defineOperation('CreateQueue', async (input: Input, call) => {
    const { QueueName: name, Attributes: attributes = {}, tags = {} } = input;
    checkName(name, attributes);
    checkTags(name, tags);
    const queue = await service.createQueue(call, name, attributes, tags);
    return { QueueUrl: queueUrl(call, queue.document.account, name) };
  });
}
