import { parseArn } from '../../model/arn.ts';
import type { Queue } from './catalog.ts';
import { invalidParameter, resourceDoesNotExist } from './errors.ts';
import type { QueueService } from './service.ts';

/** The queue that a parameter names by its ARN; throws the service's errors. */
export function queueOfArn(
  { catalog }: QueueService,
  text: string,
  parameter: 'SourceArn' | 'DestinationArn',
): Queue {
  const arn = parseArn(text);
  if (arn?.service !== 'sqs') {
    throw invalidParameter(
      `You must use this format to specify the ${parameter}: ` +
        'arn:<partition>:<service>:<region>:<account-id>:<resource-id>',
    );
  }
  const queue = catalog.findByArn(arn);
  if (!queue) {
    throw resourceDoesNotExist(
      `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    );
  }
  return queue;
}
