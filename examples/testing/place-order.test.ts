import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { SQS } from '@aws-sdk/client-sqs';
import { startBusbar, type RunningBusbar } from 'busbar';
import { placeOrder } from './place-order.ts';

let bus: RunningBusbar;

before(async () => {
  bus = await startBusbar();
  Object.assign(process.env, bus.env);
});
after(() => bus.stop());

test('whoever asks for large orders gets them, and no others', async () => {
  const sqs = new SQS();
  const events = new EventBridge();
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'large-orders' });
  const pattern = { source: ['shop.orders'], detail: { total: [{ numeric: ['>', 300] }] } };
  await events.putRule({ Name: 'large', EventPattern: JSON.stringify(pattern) });
  const Arn = 'arn:aws:sqs:us-east-1:000000000000:large-orders';
  await events.putTargets({ Rule: 'large', Targets: [{ Id: 'queue', Arn }] });

  await placeOrder({ id: 'o-1', total: 20 });
  await placeOrder({ id: 'o-2', total: 420 });

  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5 });
  const orders = Messages.map(({ Body }) => (JSON.parse(Body!) as { detail: { id: string } }).detail.id);
  assert.deepEqual(orders, ['o-2']);
});
