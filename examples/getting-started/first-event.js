import { EventBridge } from '@aws-sdk/client-eventbridge';
import { SQS } from '@aws-sdk/client-sqs';

const events = new EventBridge();
const sqs = new SQS();

const { QueueUrl } = await sqs.createQueue({ QueueName: 'mails' });
const pattern = { source: ['shop.orders'], 'detail-type': ['OrderShipped'] };
await events.putRule({ Name: 'on-shipped', EventPattern: JSON.stringify(pattern) });
const Arn = 'arn:aws:sqs:us-east-1:000000000000:mails';
await events.putTargets({ Rule: 'on-shipped', Targets: [{ Id: 'mails', Arn }] });

const Detail = JSON.stringify({ id: 'o-1' });
await events.putEvents({ Entries: [{ Source: 'shop.orders', DetailType: 'OrderShipped', Detail }] });

const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5 });
for (const { Body, ReceiptHandle } of Messages) {
  console.log(JSON.parse(Body).detail);
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
}
