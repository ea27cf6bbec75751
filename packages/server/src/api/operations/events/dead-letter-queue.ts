import { parseArn } from '../../../model/arn.ts';
import { validationError } from '../../../model/errors.ts';
import { malformedArn } from './messages.ts';

/**
 * Checks the ARN of a dead-letter queue: it must be a standard queue of Amazon SQS.
 *
 * @throws ApiError `ValidationException`.
 */
export function checkDeadLetterQueue(text: string | undefined): void {
  if (text === undefined) return;
  const arn = parseArn(text);
  if (arn?.service !== 'sqs') throw malformedArn(text);
  if (arn.resource.endsWith('.fifo')) {
    throw validationError(
      `Parameter ${text} is not valid. Reason: A dead-letter queue must be a standard queue.`,
    );
  }
}
