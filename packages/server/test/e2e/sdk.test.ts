// The README's flow through the real AWS SDK for JavaScript, against the real daemon.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  ActivateEventSourceCommand,
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { startDaemon, type Daemon } from '../daemon.ts';

const PATTERN = {
  source: ['shop.orders'],
  detail: { total: [{ numeric: ['>', 300] }], state: [{ 'anything-but': { prefix: 'IN' } }] },
};

let data: string;
let daemon: Daemon;
let events: EventBridgeClient;
let queues: SQSClient;

const clientsOf = (running: Daemon) => {
  const options = {
    endpoint: running.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'busbar', secretAccessKey: 'busbar' },
    maxAttempts: 1,
  };
  return { events: new EventBridgeClient(options), queues: new SQSClient(options) };
};

before(async () => {
  data = mkdtempSync(join(tmpdir(), 'busbar-sdk-'));
  daemon = await startDaemon({ data });
  ({ events, queues } = clientsOf(daemon));
});

after(async () => {
  await daemon.kill();
  rmSync(data, { recursive: true, force: true });
});

async function receiveOne(queueUrl: string) {
  const { Messages = [] } = await queues.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      WaitTimeSeconds: 5,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return Messages[0];
}

test('an order reaches the payment queue, and one that the pattern excludes does not', async () => {
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: 'payments' }));
  assert.equal(QueueUrl, `${daemon.url}/000000000000/payments`);
  const bus = await events.send(new CreateEventBusCommand({ Name: 'shop' }));
  assert.equal(bus.EventBusArn, 'arn:aws:events:us-east-1:000000000000:event-bus/shop');
  const rule = await events.send(
    new PutRuleCommand({ Name: 'on-order', EventBusName: 'shop', EventPattern: JSON.stringify(PATTERN) }),
  );
  assert.equal(rule.RuleArn, 'arn:aws:events:us-east-1:000000000000:rule/shop/on-order');
  const put = await events.send(
    new PutTargetsCommand({
      Rule: 'on-order',
      EventBusName: 'shop',
      Targets: [{ Id: '1', Arn: 'arn:aws:sqs:us-east-1:000000000000:payments' }],
    }),
  );
  assert.equal(put.FailedEntryCount, 0);

  const entry = { EventBusName: 'shop', Source: 'shop.orders', DetailType: 'OrderPlaced' };
  const published = await events.send(
    new PutEventsCommand({
      Entries: [
        { ...entry, Detail: '{"total":420,"state":"IN-x"}' },
        { ...entry, Detail: '{"total":420,"state":"CA"}' },
      ],
    }),
  );
  assert.equal(published.FailedEntryCount, 0);

  const message = await receiveOne(QueueUrl!);
  const event = JSON.parse(message!.Body!) as Record<string, unknown>;
  assert.equal(event.id, published.Entries![1]!.EventId);
  assert.deepEqual(Object.keys(event), [
    'version',
    'id',
    'detail-type',
    'source',
    'account',
    'time',
    'region',
    'resources',
    'detail',
  ]);
  assert.deepEqual(event.detail, { total: 420, state: 'CA' });
  assert.equal(message!.Attributes!.ApproximateReceiveCount, '1');
  await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message!.ReceiptHandle }));
});

test('what the service stored is described as it was given', async () => {
  const rule = await events.send(new DescribeRuleCommand({ Name: 'on-order', EventBusName: 'shop' }));
  assert.equal(rule.EventPattern, JSON.stringify(PATTERN));
  assert.equal(rule.State, 'ENABLED');
  const { Targets } = await events.send(
    new ListTargetsByRuleCommand({ Rule: 'on-order', EventBusName: 'shop' }),
  );
  assert.deepEqual(Targets, [{ Id: '1', Arn: 'arn:aws:sqs:us-east-1:000000000000:payments' }]);
});

test('errors arrive as the SDK knows them', async () => {
  await assert.rejects(events.send(new DescribeRuleCommand({ Name: 'none' })), {
    name: 'ResourceNotFoundException',
    message: 'Rule none does not exist on EventBus default.',
  });
  await assert.rejects(events.send(new DeleteEventBusCommand({ Name: 'shop' })), {
    message: "EventBus can't be deleted since it has rules.",
  });
  await assert.rejects(
    events.send(new TestEventPatternCommand({ EventPattern: '{"a":[]}', Event: '{}' })),
    /Event pattern is not valid|Parameter Event is not valid/,
  );
});

test('an operation that is not built says so', async () => {
  const activation = new ActivateEventSourceCommand({ Name: 'aws.partner/example.com/orders' });
  await assert.rejects(events.send(activation), { name: 'NotImplementedException' });
});

test('everything is still there after kill -9', async () => {
  const entry = { EventBusName: 'shop', Source: 'shop.orders', DetailType: 'OrderPlaced' };
  const { Entries } = await events.send(
    new PutEventsCommand({ Entries: [{ ...entry, Detail: '{"total":999,"state":"NY"}' }] }),
  );
  await daemon.kill();
  daemon = await startDaemon({ data });
  ({ events, queues } = clientsOf(daemon));
  // Events of the last moments before the crash may come again; the new one must come.
  const ids: string[] = [];
  while (!ids.includes(Entries![0]!.EventId!)) {
    const message = await receiveOne(`${daemon.url}/000000000000/payments`);
    assert.ok(message, `the event did not come; ids that came: ${ids.join(', ')}`);
    ids.push((JSON.parse(message.Body!) as { id: string }).id);
  }
});

test('SIGTERM drains and exits 0', async () => {
  assert.equal(await daemon.stop(), 0);
  assert.ok(daemon.log.some(({ msg }) => msg === 'stopped'));
});
