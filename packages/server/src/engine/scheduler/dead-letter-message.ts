import { deliveryId } from '../deliver/delivery-id.ts';
import type { Delivery } from '../lane/delivery.ts';
import { payloadOf } from '../lane/prepare.ts';
import type { QueueSend } from '../ports/queue-sender.ts';
import { universalArn } from './execution.ts';
import type { ScheduleSubscription } from './schedule-book.ts';

const QUEUE_GONE = 'AWS.SimpleQueueService.NonExistentQueue';
const INTERNAL = 'AWS.Scheduler.InternalServerError';

/** What a schedule's dead-letter queue gets (scheduler §7.1): the payload, and why it is here. */
export function scheduleDeadLetter(subscription: ScheduleSubscription, delivery: Delivery): QueueSend {
  const { record, attempts } = delivery;
  const failure = delivery.failure!;
  const { scheduleArn, scheduledTime, executionId } = subscription.execution(record);
  const payload = payloadOf(subscription, delivery);
  const attributes: Record<string, string> = {
    ERROR_CODE: errorCode(subscription, delivery),
    // An attribute's value may not be empty.
    ERROR_MESSAGE: failure.reason || failure.code,
    EXECUTION_ID: executionId,
    IS_PAYLOAD_TRUNCATED: 'false',
    RETRY_ATTEMPTS: String(Math.max(attempts - 1, 0)),
    SCHEDULED_TIME: scheduledTime,
    SCHEDULE_ARN: scheduleArn,
    TARGET_ARN: universalArn(subscription.target.Arn),
  };
  if (failure.condition) attributes['EXHAUSTED_RETRY_CONDITION'] = failure.condition;
  return {
    messageId: deliveryId(record.eventId, subscription.id),
    body: payload.ok ? payload.payload : record.event,
    attributes,
  };
}

/** The target's own name of the error, where it gave one. */
function errorCode({ arn }: ScheduleSubscription, { failure, notes }: Delivery): string {
  const { code } = failure!;
  if (code === 'INTERNAL_ERROR') return INTERNAL;
  if (code === 'NO_RESOURCE' && arn?.service === 'sqs') return QUEUE_GONE;
  return notes?.at(-1)?.details?.errorCode ?? code;
}
