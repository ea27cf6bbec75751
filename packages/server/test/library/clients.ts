import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { RunningBusbar } from 'busbar';

/** The real SDK clients, pointed at a daemon by what it says of itself. */
export class Clients {
  readonly events: EventBridgeClient;
  readonly queues: SQSClient;

  constructor({ env }: RunningBusbar) {
    const options = {
      endpoint: env.AWS_ENDPOINT_URL,
      region: env.AWS_REGION,
      credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
      maxAttempts: 1,
    };
    this.events = new EventBridgeClient(options);
    this.queues = new SQSClient(options);
  }

  /** Sends everything from `shop` on the default bus to a queue of this name. Answers the queue's URL and ARN. */
  async collect(name: string): Promise<{ readonly url: string; readonly arn: string }> {
    const { QueueUrl } = await this.queues.send(new CreateQueueCommand({ QueueName: name }));
    const { Attributes } = await this.queues.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const arn = Attributes!.QueueArn!;
    await this.events.send(new PutRuleCommand({ Name: name, EventPattern: '{"source":["shop"]}' }));
    await this.events.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: '1', Arn: arn }] }));
    return { url: QueueUrl!, arn };
  }

  async publish(detail: object, bus = 'default'): Promise<string> {
    const entry = {
      EventBusName: bus,
      Source: 'shop',
      DetailType: 'OrderPlaced',
      Detail: JSON.stringify(detail),
    };
    const { Entries } = await this.events.send(new PutEventsCommand({ Entries: [entry] }));
    return Entries![0]!.EventId!;
  }

  /** The next event in a queue, or undefined when none comes within `seconds`. */
  async receive(url: string, seconds: number): Promise<{ id: string; detail: object } | undefined> {
    const { Messages = [] } = await this.queues.send(
      new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: seconds }),
    );
    return Messages[0] && (JSON.parse(Messages[0].Body!) as { id: string; detail: object });
  }

  close(): void {
    this.events.destroy();
    this.queues.destroy();
  }
}
