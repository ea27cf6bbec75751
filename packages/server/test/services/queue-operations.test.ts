// What the operations of the queue API answer when nothing is wrong.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { QueueStore } from '../../src/engine/ports/queue-storage.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { ACCOUNT, ORIGIN, queueKit, withQueues } from './queue-kit.ts';

describe('queues', () => {
  test('CreateQueue answers a URL on the host that the client used, and the same again', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders', { VisibilityTimeout: '45' });
    assert.equal(url, `${ORIGIN}/${ACCOUNT}/orders`);
    assert.equal(await kit.create('orders', { VisibilityTimeout: '45' }), url);
    assert.equal(await kit.create('orders'), url);
    assert.equal(await kit.create('orders', { DelaySeconds: '0' }), url);
    const elsewhere = await kit.call('GetQueueUrl', { QueueName: 'orders' }, { origin: 'https://bus.local' });
    assert.equal(elsewhere['QueueUrl'], `https://bus.local/${ACCOUNT}/orders`);
  });

  test('a fresh queue shows exactly the measured attributes', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    const { Attributes } = await kit.call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['All'] });
    assert.deepEqual(Attributes, {
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      CreatedTimestamp: '1700000000',
      DelaySeconds: '0',
      LastModifiedTimestamp: '1700000000',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      QueueArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:orders`,
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '30',
    });
  });

  test('GetQueueAttributes tells what was asked for, and nothing when nothing was', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    const ask = (AttributeNames?: string[]) =>
      kit.call('GetQueueAttributes', { QueueUrl: url, ...(AttributeNames && { AttributeNames }) });
    assert.deepEqual(await ask(), {});
    assert.deepEqual(await ask(['Policy']), {});
    assert.deepEqual(await ask(['DelaySeconds']), { Attributes: { DelaySeconds: '0' } });
  });

  test('SetQueueAttributes changes, an empty text removes, a key turns the other encryption off', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    await kit.clock.advance(5_000);
    const set = (Attributes: object) => kit.call('SetQueueAttributes', { QueueUrl: url, Attributes });
    const get = async () =>
      (await kit.call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['All'] }))[
        'Attributes'
      ] as Record<string, string>;
    const policy = '{"Version":"2012-10-17","Statement":[]}';
    await set({ DelaySeconds: '7', Policy: policy, KmsMasterKeyId: 'alias/key', RedrivePolicy: '' });
    const changed = await get();
    assert.equal(changed['DelaySeconds'], '7');
    assert.equal(changed['Policy'], policy);
    assert.equal(changed['SqsManagedSseEnabled'], 'false');
    assert.equal(changed['KmsMasterKeyId'], 'alias/key');
    assert.equal(changed['CreatedTimestamp'], '1700000000');
    assert.equal(changed['LastModifiedTimestamp'], '1700000005');
    await set({ Policy: '', SqsManagedSseEnabled: 'true' });
    const removed = await get();
    assert.equal(removed['Policy'], undefined);
    assert.equal(removed['KmsMasterKeyId'], undefined);
    assert.equal(removed['SqsManagedSseEnabled'], 'true');
  });

  test('ListQueues goes by name, prefix, page, account and region', async () => {
    const kit = await queueKit();
    for (const name of ['b', 'a-2', 'a-1', 'a-3']) await kit.create(name);
    await kit.call('CreateQueue', { QueueName: 'a-4' }, { region: 'eu-west-1' });
    await kit.call('CreateQueue', { QueueName: 'a-5' }, { account: '111111111111' });
    const list = async (input: object) => {
      const { QueueUrls, NextToken } = await kit.call('ListQueues', input);
      return { names: (QueueUrls as string[] | undefined)?.map((url) => url.split('/').at(-1)), NextToken };
    };
    assert.deepEqual(await list({}), { names: ['a-1', 'a-2', 'a-3', 'b'], NextToken: undefined });
    assert.deepEqual((await list({ QueueNamePrefix: 'a' })).names, ['a-1', 'a-2', 'a-3']);
    assert.deepEqual(await kit.call('ListQueues', { QueueNamePrefix: 'c' }), {});
    const first = await list({ MaxResults: 3 });
    assert.deepEqual(first.names, ['a-1', 'a-2', 'a-3']);
    const second = await list({ MaxResults: 3, NextToken: first.NextToken });
    assert.deepEqual(second, { names: ['b'], NextToken: undefined });
  });

  for (const [form, url, change] of [
    ['another host', `https://example.com/${ACCOUNT}/orders`, {}],
    ['the path alone', `/${ACCOUNT}/orders`, {}],
    ['the long path', `http://localhost:4747/queue/us-east-1/${ACCOUNT}/orders`, { region: 'eu-west-1' }],
    ['the service itself', `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/orders`, { region: 'eu-west-1' }],
    ['no URL, but the request path', undefined, { path: `/${ACCOUNT}/orders` }],
  ] as const) {
    test(`a queue is found by ${form}`, async () => {
      const kit = await queueKit();
      await kit.create('orders');
      await kit.call('SendMessage', { QueueUrl: url, MessageBody: 'x' }, change);
      assert.equal((await kit.receive(`${ORIGIN}/${ACCOUNT}/orders`)).length, 1);
    });
  }

  test('tags', async () => {
    const kit = await queueKit();
    await kit.call('CreateQueue', { QueueName: 'orders', tags: { team: 'red' } });
    const url = await kit.create('orders');
    await kit.call('TagQueue', { QueueUrl: url, Tags: { stage: 'test', team: 'blue' } });
    assert.deepEqual(await kit.call('ListQueueTags', { QueueUrl: url }), {
      Tags: { team: 'blue', stage: 'test' },
    });
    await kit.call('UntagQueue', { QueueUrl: url, TagKeys: ['team', 'stage', 'nothing'] });
    assert.deepEqual(await kit.call('ListQueueTags', { QueueUrl: url }), {});
  });

  test('a deleted queue is gone with its messages, and its name rests for a minute', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    await kit.send(url, 'old');
    const [old] = await kit.receive(url);
    await kit.send(url, 'old');
    await kit.call('DeleteQueue', { QueueUrl: url });
    await kit.clock.advance(59_999);
    await kit.fails('CreateQueue', { QueueName: 'orders' }, [
      'QueueDeletedRecently',
      'AWS.SimpleQueueService.QueueDeletedRecently',
      400,
      'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
    ]);
    await kit.clock.advance(1);
    await kit.create('orders');
    assert.deepEqual(await kit.receive(url), []);
    // A handle is good for one incarnation only.
    await kit.fails('DeleteMessage', { QueueUrl: url, ReceiptHandle: old!.ReceiptHandle }, [
      'ReceiptHandleIsInvalid',
      undefined,
      404,
      'The input receipt handle is invalid.',
    ]);
  });

  test('a purge that failed can be tried again', async () => {
    const storage = createMemoryStorage();
    let broken = true;
    const purge: QueueStore['purge'] = (queue) =>
      broken ? Promise.reject(new Error('disk')) : storage.queues.purge(queue);
    const kit = await queueKit({ storage: withQueues(storage, { purge }) });
    const url = await kit.create('orders');
    await assert.rejects(kit.call('PurgeQueue', { QueueUrl: url }), /disk/);
    broken = false;
    await kit.call('PurgeQueue', { QueueUrl: url });
  });

  test('a queue is purged at most once a minute', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    await kit.send(url, 'a', 'b');
    await kit.call('PurgeQueue', { QueueUrl: url });
    assert.deepEqual(await kit.receive(url), []);
    await kit.fails('PurgeQueue', { QueueUrl: url }, [
      'PurgeQueueInProgress',
      'AWS.SimpleQueueService.PurgeQueueInProgress',
      403,
      'Only one PurgeQueue operation on orders is allowed every 60 seconds.',
    ]);
    await kit.clock.advance(60_000);
    await kit.call('PurgeQueue', { QueueUrl: url });
  });
});

describe('messages', () => {
  test('a message comes back as it was sent, with what was asked for', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    const sent = await kit.call('SendMessage', {
      QueueUrl: url,
      MessageBody: 'message',
      MessageAttributes: {
        MyAttribute: { DataType: 'String', StringValue: 'foobar' },
        Picture: { DataType: 'Binary.png', BinaryValue: 'AP8=' },
      },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-x' } },
      MessageGroupId: 'tenant-1',
    });
    assert.equal(sent['MD5OfMessageBody'], '78e731027d8fd50ed642340b7c9a63b3');
    assert.match(String(sent['MD5OfMessageSystemAttributes']), /^[0-9a-f]{32}$/);
    await kit.clock.advance(1_000);
    const [plain] = await kit.receive(url, { VisibilityTimeout: 0 });
    assert.deepEqual(Object.keys(plain!).sort(), ['Body', 'MD5OfBody', 'MessageId', 'ReceiptHandle']);
    assert.equal(plain!.MessageId, sent['MessageId']);
    const [some] = await kit.receive(url, { VisibilityTimeout: 0, MessageAttributeNames: ['MyAttribute'] });
    assert.equal(some!.MD5OfMessageAttributes, 'adb59cd4678ea5a855436b949cd07ab6');
    const [all] = await kit.receive(url, { AttributeNames: ['All'], MessageAttributeNames: ['All'] });
    assert.equal(all!.MD5OfMessageAttributes, sent['MD5OfMessageAttributes']);
    assert.deepEqual(all!.MessageAttributes, {
      MyAttribute: { DataType: 'String', StringValue: 'foobar' },
      Picture: { DataType: 'Binary.png', BinaryValue: 'AP8=' },
    });
    assert.deepEqual(all!.Attributes, {
      SenderId: ACCOUNT,
      SentTimestamp: '1700000000000',
      ApproximateReceiveCount: '3',
      ApproximateFirstReceiveTimestamp: '1700000001000',
      AWSTraceHeader: 'Root=1-x',
      MessageGroupId: 'tenant-1',
    });
  });

  test('no messages: the key is absent', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    assert.deepEqual(await kit.call('ReceiveMessage', { QueueUrl: url }), {});
  });

  test('a message is hidden while in flight, comes back, and is gone once deleted', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    await kit.send(url, 'x');
    const [first] = await kit.receive(url);
    assert.deepEqual(await kit.receive(url), []);
    await kit.clock.advance(30_000);
    const [again] = await kit.receive(url);
    assert.equal(again!.MessageId, first!.MessageId);
    assert.notEqual(again!.ReceiptHandle, first!.ReceiptHandle);
    for (let times = 0; times < 2; times++) {
      await kit.call('DeleteMessage', { QueueUrl: url, ReceiptHandle: again!.ReceiptHandle });
    }
    await kit.clock.advance(30_000);
    assert.deepEqual(await kit.receive(url), []);
  });

  test("delays: the message's own before the queue's", async () => {
    const kit = await queueKit();
    const url = await kit.create('orders', { DelaySeconds: '10' });
    await kit.send(url, 'ten');
    await kit.call('SendMessage', { QueueUrl: url, MessageBody: 'now', DelaySeconds: 0 });
    assert.deepEqual(
      (await kit.receive(url, { MaxNumberOfMessages: 10 })).map(({ Body }) => Body),
      ['now'],
    );
    await kit.clock.advance(10_000);
    assert.deepEqual(
      (await kit.receive(url, { MaxNumberOfMessages: 10 })).map(({ Body }) => Body),
      ['ten'],
    );
  });

  test('counts: visible, in flight, delayed', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    await kit.send(url, 'a', 'b', 'c');
    await kit.call('SendMessage', { QueueUrl: url, MessageBody: 'd', DelaySeconds: 5 });
    await kit.receive(url);
    const { Attributes } = await kit.call('GetQueueAttributes', {
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    });
    assert.deepEqual(Object.values(Attributes as object), ['2', '1', '1']);
  });

  test('visibility: longer, at once, and never of a message that is not in flight', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    await kit.send(url, 'x');
    const [message] = await kit.receive(url, { VisibilityTimeout: 10 });
    const change = (VisibilityTimeout: number) => ({
      QueueUrl: url,
      ReceiptHandle: message!.ReceiptHandle,
      VisibilityTimeout,
    });
    await kit.call('ChangeMessageVisibility', change(20));
    await kit.clock.advance(19_999);
    assert.deepEqual(await kit.receive(url), []);
    await kit.fails('ChangeMessageVisibility', change(43_181), [
      'InvalidParameterValueException',
      'InvalidParameterValue',
      400,
      'Value 43181 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].',
    ]);
    await kit.call('ChangeMessageVisibility', change(0));
    assert.equal((await kit.receive(url)).length, 1);
    await kit.fails('ChangeMessageVisibility', change(5), [
      'InvalidParameterValueException',
      'InvalidParameterValue',
      400,
      /^Value .* for parameter ReceiptHandle is invalid\. Reason: Message does not exist or is not available/,
    ]);
  });

  test('a batch: sound entries go through, whatever is wrong with the others', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders', { MaximumMessageSize: '1024' });
    const sent = await kit.call('SendMessageBatch', {
      QueueUrl: url,
      Entries: [
        { Id: 'good', MessageBody: 'message' },
        { Id: 'long', MessageBody: 'x'.repeat(1_025) },
        { Id: 'bad', MessageBody: '\u0001' },
        { Id: 'late', MessageBody: 'x', DelaySeconds: 901 },
      ],
    });
    const successful = sent['Successful'] as { Id: string; MD5OfMessageBody: string }[];
    assert.deepEqual(
      successful.map(({ Id, MD5OfMessageBody }) => [Id, MD5OfMessageBody]),
      [['good', '78e731027d8fd50ed642340b7c9a63b3']],
    );
    const failed = sent['Failed'] as { Id: string; Code: string; SenderFault: boolean }[];
    assert.deepEqual(
      failed.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]),
      [
        ['long', 'InvalidParameterValue', true],
        ['bad', 'InvalidMessageContents', true],
        ['late', 'InvalidParameterValue', true],
      ],
    );
    const [message] = await kit.receive(url);
    const good = { Id: 'good', ReceiptHandle: message!.ReceiptHandle };
    const bad = { Id: 'bad', ReceiptHandle: 'x' };
    const changed = await kit.call('ChangeMessageVisibilityBatch', {
      QueueUrl: url,
      Entries: [{ ...good, VisibilityTimeout: 0 }, bad],
    });
    assert.deepEqual(changed['Successful'], [{ Id: 'good' }]);
    const deleted = await kit.call('DeleteMessageBatch', { QueueUrl: url, Entries: [good, bad] });
    assert.deepEqual(deleted, {
      Successful: [{ Id: 'good' }],
      Failed: [
        {
          Id: 'bad',
          Code: 'ReceiptHandleIsInvalid',
          Message: 'The input receipt handle is invalid.',
          SenderFault: true,
        },
      ],
    });
    assert.deepEqual(await kit.receive(url), []);
  });

  test('a handle of one queue is refused at another', async () => {
    const kit = await queueKit();
    const [one, two] = [await kit.create('one'), await kit.create('two')];
    await kit.send(one, 'x');
    const [message] = await kit.receive(one);
    await kit.fails('DeleteMessage', { QueueUrl: two, ReceiptHandle: message!.ReceiptHandle }, [
      'ReceiptHandleIsInvalid',
      undefined,
      404,
      'The input receipt handle is invalid.',
    ]);
  });

  test('a message that is older than its queue keeps it is not given out, and is swept', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders', { MessageRetentionPeriod: '60' });
    await kit.send(url, 'old');
    await kit.clock.advance(59_000);
    await kit.send(url, 'new');
    await kit.clock.advance(1_000);
    assert.deepEqual(
      (await kit.receive(url, { MaxNumberOfMessages: 10 })).map(({ Body }) => Body),
      ['new'],
    );
    await kit.clock.advance(120_000);
    const counts = await kit.service.counts(kit.service.catalog.all()[0]!);
    assert.deepEqual(counts, { visible: 0, inFlight: 0, delayed: 0 });
  });
});
