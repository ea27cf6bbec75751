// Dead-letter queues, move tasks and permissions as a client sees them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { settle } from './manual-clock.ts';
import { queueKit, withQueues } from './queue-kit.ts';
import type { KitOptions, QueueKit } from './queue-kit.ts';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:';
const many = { MaxNumberOfMessages: 10 };

const redrive = (queue: string, maxReceiveCount: unknown = 1): Record<string, string> => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `${ARN}${queue}`, maxReceiveCount }),
});

interface World {
  readonly kit: QueueKit;
  readonly url: string;
  readonly dead: string;
  /** Sends messages and lets them fail, so that they are dead letters. */
  readonly bury: (...bodies: string[]) => Promise<void>;
}

async function world(options: KitOptions = {}): Promise<World> {
  const kit = await queueKit(options);
  const dead = await kit.create('dead');
  const url = await kit.create('orders', redrive('dead'));
  return {
    kit,
    url,
    dead,
    async bury(...bodies) {
      await kit.send(url, ...bodies);
      const left = async () => (await kit.receive(url, { ...many, VisibilityTimeout: 0 })).length > 0;
      while (await left());
    },
  };
}

describe('dead-letter queues', () => {
  test('a message that was received too often is found there, with its history', async () => {
    const { kit, url, dead } = await world();
    await kit.call('SetQueueAttributes', { QueueUrl: url, Attributes: redrive('dead', '2') });
    await kit.call('SendMessage', {
      QueueUrl: url,
      MessageBody: 'x',
      MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } },
    });
    for (let times = 0; times < 2; times++) {
      assert.equal((await kit.receive(url, { VisibilityTimeout: 1 })).length, 1);
      assert.deepEqual(await kit.receive(dead), []);
      await kit.clock.advance(1_000);
    }
    assert.deepEqual(await kit.receive(dead), [], 'not before the next receive');
    assert.deepEqual(await kit.receive(url), []);
    const [message] = await kit.receive(dead, { AttributeNames: ['All'], MessageAttributeNames: ['All'] });
    assert.deepEqual(message!.Attributes, {
      SenderId: '000000000000',
      SentTimestamp: '1700000000000',
      ApproximateReceiveCount: '3',
      ApproximateFirstReceiveTimestamp: '1700000000000',
      DeadLetterQueueSourceArn: `${ARN}orders`,
    });
    assert.deepEqual(message!.MessageAttributes, { a: { DataType: 'String', StringValue: 'b' } });
  });

  test('a long poll at the dead-letter queue gets it at once', async () => {
    const { kit, dead, bury } = await world();
    const polled = kit.receive(dead, { WaitTimeSeconds: 20 });
    await settle();
    await bury('x');
    assert.equal((await polled)[0]!.Body, 'x');
  });

  test('retention of a standard dead letter counts from its first send', async () => {
    const { kit, url, dead } = await world();
    await kit.call('SetQueueAttributes', { QueueUrl: dead, Attributes: { MessageRetentionPeriod: '60' } });
    await kit.send(url, 'x');
    await kit.receive(url, { VisibilityTimeout: 50 });
    await kit.clock.advance(50_000);
    assert.deepEqual(await kit.receive(url), []);
    const peek = { VisibilityTimeout: 0 };
    assert.equal((await kit.receive(dead, peek)).length, 1);
    await kit.clock.advance(10_000);
    assert.deepEqual(await kit.receive(dead, peek), []);
  });

  test('a FIFO dead letter starts a new retention, keeps its group, and lets its group go on', async () => {
    const kit = await queueKit();
    const dead = await kit.create('dead.fifo', { FifoQueue: 'true', MessageRetentionPeriod: '60' });
    const attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    const url = await kit.create('orders.fifo', { ...attributes, ...redrive('dead.fifo') });
    for (const MessageBody of ['bad', 'good']) {
      await kit.call('SendMessage', { QueueUrl: url, MessageBody, MessageGroupId: 'g' });
    }
    await kit.receive(url, { VisibilityTimeout: 50 });
    await kit.clock.advance(50_000);
    const [next] = await kit.receive(url);
    assert.equal(next!.Body, 'good');
    await kit.clock.advance(59_000);
    const [message] = await kit.receive(dead, { AttributeNames: ['All'] });
    assert.equal(message!.Body, 'bad');
    assert.equal(message!.Attributes!['SentTimestamp'], '1700000000000');
    assert.equal(message!.Attributes!['MessageGroupId'], 'g');
    assert.equal(message!.Attributes!['DeadLetterQueueSourceArn'], `${ARN}orders.fifo`);
  });

  test('without the dead-letter queue, or its leave, messages are received on', async () => {
    const { kit, url, dead } = await world();
    const allow = (policy: object) =>
      kit.call('SetQueueAttributes', {
        QueueUrl: dead,
        Attributes: { RedriveAllowPolicy: JSON.stringify(policy) },
      });
    await kit.send(url, 'x');
    const receives = async () => (await kit.receive(url, { VisibilityTimeout: 0 })).length;
    assert.equal(await receives(), 1);
    await allow({ redrivePermission: 'denyAll' });
    assert.equal(await receives(), 1);
    await allow({ redrivePermission: 'byQueue', sourceQueueArns: [`${ARN}other`] });
    assert.equal(await receives(), 1);
    await kit.call('DeleteQueue', { QueueUrl: dead });
    assert.equal(await receives(), 1);
    await kit.clock.advance(60_000);
    await kit.create('dead', {
      RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [`${ARN}orders`] }),
    });
    assert.equal(await receives(), 0);
    assert.equal((await kit.receive(dead)).length, 1);
  });

  test('an empty text ends it', async () => {
    const { kit, url, dead } = await world();
    await kit.call('SetQueueAttributes', { QueueUrl: url, Attributes: { RedrivePolicy: '' } });
    const all = { QueueUrl: url, AttributeNames: ['All'] };
    const { Attributes } = await kit.call('GetQueueAttributes', all);
    assert.ok(!('RedrivePolicy' in (Attributes as object)));
    assert.deepEqual(await kit.call('ListDeadLetterSourceQueues', { QueueUrl: dead }), { queueUrls: [] });
  });

  test('creating again with the same policy in other words is the same queue', async () => {
    const { kit, url } = await world();
    const text = `{ "maxReceiveCount": 1, "deadLetterTargetArn": "${ARN}dead" }`;
    assert.equal(await kit.create('orders', { RedrivePolicy: text }), url);
  });

  test('lists the sources, page by page', async () => {
    const { kit, dead, url } = await world();
    const other = await kit.create('another', redrive('dead'));
    await kit.create('third');
    const list = (more: object) => kit.call('ListDeadLetterSourceQueues', { QueueUrl: dead, ...more });
    assert.deepEqual(await list({}), { queueUrls: [other, url] });
    const { queueUrls, NextToken } = await list({ MaxResults: 1 });
    assert.deepEqual(queueUrls, [other]);
    assert.deepEqual(await list({ MaxResults: 1, NextToken }), { queueUrls: [url] });
  });

  test('120,000 messages in flight: OverLimit for a short poll, nothing for a long one', async () => {
    const storage = createMemoryStorage();
    const receive = async () => ({ messages: [], moved: 0, atLimit: true });
    const kit = await queueKit({ storage: withQueues(storage, { receive }) });
    const url = await kit.create('orders');
    await kit.fails('ReceiveMessage', { QueueUrl: url }, [
      'OverLimit',
      undefined,
      403,
      'The maximum number of in flight messages is reached: 120000 for this queue.',
    ]);
    const polled = kit.receive(url, { WaitTimeSeconds: 1 });
    await kit.clock.advance(1_000);
    assert.deepEqual(await polled, []);
    const fifo = await kit.create('orders.fifo', { FifoQueue: 'true' });
    assert.deepEqual(await kit.receive(fifo), []);
  });
});

describe('message move tasks', () => {
  const source = { SourceArn: `${ARN}dead` };
  const newest = async (kit: QueueKit): Promise<Record<string, unknown>> => {
    const { Results } = await kit.call('ListMessageMoveTasks', source);
    return (Results as Record<string, unknown>[])[0] ?? {};
  };

  test('back to where each message came from, as new messages', async () => {
    const { kit, url, dead, bury } = await world();
    await bury('a', 'b');
    const second = await kit.create('second', redrive('dead'));
    await kit.send(second, 'c');
    for (let times = 0; times < 2; times++) await kit.receive(second, { VisibilityTimeout: 0 });
    await kit.clock.advance(1_000);
    const { TaskHandle } = await kit.call('StartMessageMoveTask', source);
    assert.ok(TaskHandle);
    await settle(20);
    assert.deepEqual(await newest(kit), {
      Status: 'COMPLETED',
      ...source,
      ApproximateNumberOfMessagesMoved: 3,
      ApproximateNumberOfMessagesToMove: 3,
      StartedTimestamp: kit.clock.now(),
    });
    assert.deepEqual(await kit.receive(dead), []);
    const messages = await kit.receive(url, { ...many, AttributeNames: ['All'] });
    assert.deepEqual(
      messages.map(({ Body, Attributes }) => [Body, Attributes!['ApproximateReceiveCount']]),
      [
        ['a', '1'],
        ['b', '1'],
      ],
    );
    assert.equal(messages[0]!.Attributes!['SentTimestamp'], String(kit.clock.now()));
    assert.equal((await kit.receive(second))[0]!.Body, 'c');
  });

  test('to another queue, at a rate; only one at a time; cancelled', async () => {
    const { kit, dead, bury } = await world();
    await bury('a', 'b', 'c', 'd', 'e', 'f');
    const other = await kit.create('other');
    const input = { ...source, DestinationArn: `${ARN}other`, MaxNumberOfMessagesPerSecond: 2 };
    const { TaskHandle } = await kit.call('StartMessageMoveTask', input);
    await settle(20);
    await kit.fails('StartMessageMoveTask', input, [
      'InvalidParameterValueException',
      'InvalidParameterValue',
      400,
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    ]);
    await kit.clock.advance(1_000);
    assert.deepEqual(await newest(kit), {
      TaskHandle,
      Status: 'RUNNING',
      ...input,
      ApproximateNumberOfMessagesMoved: 4,
      ApproximateNumberOfMessagesToMove: 6,
      StartedTimestamp: kit.clock.now() - 1_000,
    });
    assert.deepEqual(await kit.call('CancelMessageMoveTask', { TaskHandle }), {
      ApproximateNumberOfMessagesMoved: 4,
    });
    await settle(20);
    const ended = await newest(kit);
    assert.deepEqual([ended['Status'], ended['TaskHandle']], ['CANCELLED', undefined]);
    await kit.fails('CancelMessageMoveTask', { TaskHandle }, [
      'ResourceNotFoundException',
      undefined,
      404,
      'Task does not exist.',
    ]);
    assert.equal((await kit.receive(other, many)).length, 4);
    assert.equal((await kit.receive(dead, many)).length, 2);
  });

  test('a message that was sent to the dead-letter queue has no way back', async () => {
    const { kit, dead, bury } = await world();
    await bury('a');
    await kit.send(dead, 'stranger');
    await kit.call('StartMessageMoveTask', source);
    await settle(20);
    const { Status, FailureReason, ApproximateNumberOfMessagesMoved: moved } = await newest(kit);
    assert.deepEqual([Status, FailureReason, moved], ['FAILED', 'CouldNotDetermineMessageSource', 1]);
  });

  test('a destination that goes away', async () => {
    const { kit, bury } = await world();
    await bury('a', 'b');
    const other = await kit.create('other');
    const rate = { MaxNumberOfMessagesPerSecond: 1, DestinationArn: `${ARN}other` };
    await kit.call('StartMessageMoveTask', { ...source, ...rate });
    await settle(20);
    await kit.call('DeleteQueue', { QueueUrl: other });
    await kit.clock.advance(1_000);
    const { Status, FailureReason } = await newest(kit);
    assert.deepEqual([Status, FailureReason], ['FAILED', 'AWS.SimpleQueueService.NonExistentQueue']);
  });

  test('goes on after a restart, and after the store has failed', async () => {
    const storage = createMemoryStorage();
    let broken = false;
    const move: typeof storage.queues.move = (...args) =>
      broken ? Promise.reject(new Error('disk')) : storage.queues.move(...args);
    const { kit, url, bury } = await world({ storage: withQueues(storage, { move }) });
    await bury('a', 'b', 'c');
    await kit.call('StartMessageMoveTask', { ...source, MaxNumberOfMessagesPerSecond: 1 });
    await settle(20);
    await kit.service.close();
    broken = true;
    const after = await queueKit({
      storage: withQueues(storage, { move }),
      clock: kit.clock,
      seed: 2,
    });
    await settle(20);
    broken = false;
    await kit.clock.advance(10_000);
    const { Status, ApproximateNumberOfMessagesMoved: moved } = await newest(after);
    assert.deepEqual([Status, moved], ['COMPLETED', 3]);
    assert.equal((await after.receive(url, many)).length, 3);
    await after.service.close();
  });

  test('remembers the newest ten tasks, and none of a queue that is deleted', async () => {
    const { kit, dead } = await world();
    for (let times = 0; times < 12; times++) {
      await kit.call('StartMessageMoveTask', source);
      await kit.clock.advance(1);
      await settle(20);
    }
    const { Results } = await kit.call('ListMessageMoveTasks', { ...source, MaxResults: 10 });
    const started = (Results as { StartedTimestamp: number }[]).map((each) => each.StartedTimestamp);
    assert.equal(started.length, 10);
    assert.deepEqual(
      started,
      started.toSorted((a, b) => b - a),
    );
    assert.equal((await kit.storage.catalog.list('queue-move-task')).length, 10);
    await kit.call('DeleteQueue', { QueueUrl: dead });
    assert.deepEqual(await kit.storage.catalog.list('queue-move-task'), []);
  });
});

describe('permissions', () => {
  const policyOf = async (kit: QueueKit, url: string): Promise<unknown> => {
    const asked = { QueueUrl: url, AttributeNames: ['Policy'] };
    const { Attributes } = await kit.call('GetQueueAttributes', asked);
    const text = (Attributes as { Policy: string } | undefined)?.Policy;
    return text === undefined ? undefined : JSON.parse(text);
  };

  test('a label is a statement; the last one takes the policy along', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    const add = (Label: string, AWSAccountIds: string[], Actions: string[]) =>
      kit.call('AddPermission', { QueueUrl: url, Label, AWSAccountIds, Actions });
    await add('one', ['111111111111'], ['SendMessage']);
    await add('two', ['111111111111', '222222222222'], ['*', 'GetQueueUrl']);
    assert.deepEqual(await policyOf(kit, url), {
      Version: '2012-10-17',
      Id: `${ARN}orders/SQSDefaultPolicy`,
      Statement: [
        {
          Sid: 'one',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::111111111111:root' },
          Action: 'SQS:SendMessage',
          Resource: `${ARN}orders`,
        },
        {
          Sid: 'two',
          Effect: 'Allow',
          Principal: { AWS: ['arn:aws:iam::111111111111:root', 'arn:aws:iam::222222222222:root'] },
          Action: ['SQS:*', 'SQS:GetQueueUrl'],
          Resource: `${ARN}orders`,
        },
      ],
    });
    await kit.call('RemovePermission', { QueueUrl: url, Label: 'one' });
    await kit.call('RemovePermission', { QueueUrl: url, Label: 'two' });
    assert.equal(await policyOf(kit, url), undefined);
  });

  test('beside the statements of a policy that was set', async () => {
    const kit = await queueKit();
    const statement = { Sid: 'mine', Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statement });
    const url = await kit.create('orders', { Policy });
    const permission = { Label: 'new', AWSAccountIds: ['111111111111'], Actions: ['SendMessage'] };
    await kit.call('AddPermission', { QueueUrl: url, ...permission });
    await kit.call('RemovePermission', { QueueUrl: url, Label: 'mine' });
    const { Statement } = (await policyOf(kit, url)) as { Statement: { Sid: string }[] };
    assert.deepEqual(
      Statement.map(({ Sid }) => Sid),
      ['new'],
    );
  });

  test('at most twenty statements', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    const add = (label: number) => ({
      QueueUrl: url,
      Label: `l${label}`,
      AWSAccountIds: ['111111111111'],
      Actions: ['SendMessage'],
    });
    for (let label = 0; label < 20; label++) await kit.call('AddPermission', add(label));
    const error = ['OverLimit', undefined, 403, /21 statements were found/] as const;
    await kit.fails('AddPermission', add(20), error);
  });
});
