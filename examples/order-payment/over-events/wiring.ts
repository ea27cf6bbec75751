// Who hears of what: one bus, and for each service that wants to know of orders one queue, one rule and one target.
import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Clients } from '../../clients.ts';

export const BUS = 'shop';
export const SOURCE = 'shop.orders';
export const ORDER_PLACED = 'OrderPlaced';

/** A message that nobody has deleted comes again after so long: soon, because the example kills a service and is short. */
const VISIBILITY_SECONDS = 2;

export async function createBus({ events }: Clients): Promise<void> {
  await events.send(new CreateEventBusCommand({ Name: BUS }));
}

/** Gives a service its own queue of placed orders. Answers the queue's URL. Nobody else is told, asked or restarted. */
export async function subscribe({ events, queues }: Clients, service: string): Promise<string> {
  const { QueueUrl } = await queues.send(
    new CreateQueueCommand({
      QueueName: service,
      Attributes: { VisibilityTimeout: String(VISIBILITY_SECONDS) },
    }),
  );
  const { Attributes } = await queues.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  await events.send(
    new PutRuleCommand({
      Name: `orders-to-${service}`,
      EventBusName: BUS,
      EventPattern: JSON.stringify({ source: [SOURCE], 'detail-type': [ORDER_PLACED] }),
    }),
  );
  const { FailedEntryCount } = await events.send(
    new PutTargetsCommand({
      Rule: `orders-to-${service}`,
      EventBusName: BUS,
      Targets: [{ Id: service, Arn: Attributes!.QueueArn }],
    }),
  );
  if (FailedEntryCount !== 0) throw new Error(`the queue of ${service} could not be made a target`);
  return QueueUrl!;
}

/** How many messages wait in a queue. */
export async function waiting({ queues }: Clients, url: string): Promise<number> {
  const { Attributes } = await queues.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes!.ApproximateNumberOfMessages);
}
