// The real AWS SDK clients, pointed at a Busbar. Nothing here is Busbar's own: it is what AWS_ENDPOINT_URL would do.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';

export interface Clients {
  readonly events: EventBridgeClient;
  readonly queues: SQSClient;
}

export function clientsOf(url: string): Clients {
  const options = {
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'busbar', secretAccessKey: 'busbar' },
  };
  return { events: new EventBridgeClient(options), queues: new SQSClient(options) };
}
