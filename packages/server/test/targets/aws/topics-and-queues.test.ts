// SNS and SQS against moto: what queues give back is what was delivered.
import { after, before, describe } from 'node:test';
import { targetSuite } from '../target-suite.ts';
import { noMoto, startAwsSide, type AwsSide } from './aws-side.ts';
import { motoWorlds, OVERSIZED, REFUSAL, type MotoService } from './moto-world.ts';
import { ACCOUNT } from './targets.ts';

let side: AwsSide;

before(async () => {
  if (noMoto === false) side = await startAwsSide();
});
after(() => side?.close());

/** Reads a queue until it is empty. */
async function drain(queue: string): Promise<string[]> {
  const QueueUrl = `${side.url}/${ACCOUNT}/${queue}`;
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await side.call<{ Messages?: { Body: string; ReceiptHandle: string }[] }>(
      'sqs',
      'receive_message',
      { QueueUrl, MaxNumberOfMessages: 10 },
    );
    if (Messages.length === 0) return bodies;
    for (const { Body, ReceiptHandle } of Messages) {
      bodies.push(Body);
      await side.call('sqs', 'delete_message', { QueueUrl, ReceiptHandle });
    }
  }
}

const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
const topicArn = (name: string): string => `arn:aws:sns:us-east-1:${ACCOUNT}:${name}`;

const sns: MotoService = {
  name: 'SNS topic, read by a queue that subscribes',
  entry: 'sns',
  arnOf: topicArn,
  async create(name) {
    await side.call('sns', 'create_topic', { Name: name });
    await side.call('sqs', 'create_queue', { QueueName: name });
    await side.call('sns', 'subscribe', {
      TopicArn: topicArn(name),
      Protocol: 'sqs',
      Endpoint: queueArn(name),
      Attributes: { RawMessageDelivery: 'true' },
    });
  },
  read: drain,
  refusal: {
    status: 403,
    headers: { 'content-type': 'text/xml' },
    body: '<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>User: busbar &amp; co is not authorized</Message></Error></ErrorResponse>',
  },
  oversized: OVERSIZED,
};

const sqs: MotoService = {
  name: 'SQS queue',
  entry: 'sqs',
  arnOf: queueArn,
  create: (name) => side.call('sqs', 'create_queue', { QueueName: name }),
  read: drain,
  refusal: REFUSAL,
  oversized: OVERSIZED,
};

describe('topics and queues', { skip: noMoto }, () => {
  for (const service of [sns, sqs]) {
    const open = motoWorlds(() => side, service);
    targetSuite({ name: service.name, open, ...(service.skips ? { skips: service.skips } : {}) });
  }
});
