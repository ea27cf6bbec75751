import type { Call } from '../../model/operation.ts';
import type { Queue } from './catalog.ts';
import { queueDoesNotExist } from './errors.ts';
import { parseQueueUrl } from './queue-url.ts';
import type { QueueService } from './service.ts';

/** The queue that a call is about: that of its `QueueUrl`, or of the path that it was sent to. Throws QueueDoesNotExist. */
export function queueOfCall(service: QueueService, url: string | undefined, call: Call): Queue {
  const address = parseQueueUrl(url ?? call.path, call);
  const queue = service.catalog.find(address, address.name);
  if (!queue) throw queueDoesNotExist();
  return queue;
}
