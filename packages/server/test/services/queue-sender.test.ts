// The engine's way into the queue: what becomes of each message, and whose messages a policy lets in.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { QueueSend } from '../../src/engine/ports/queue-sender.ts';
import { StorageError } from '../../src/engine/ports/storage.ts';
import { parseArn } from '../../src/model/arn.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { queueKit, withQueues } from './queue-kit.ts';
import type { QueueKit } from './queue-kit.ts';

const RULE = 'arn:aws:events:us-east-1:000000000000:rule/shop/on-order';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:orders';
const source = { service: 'events.amazonaws.com', sourceArn: RULE, account: '000000000000' } as const;

const message = (body: string, more: Partial<QueueSend> = {}): QueueSend => ({
  messageId: '11111111-2222-4333-8444-555555555555',
  body,
  ...more,
});

const send = (kit: QueueKit, messages: QueueSend[], arn = QUEUE) =>
  kit.service.send(parseArn(arn)!, messages, source);

describe('outcomes', () => {
  test('delivered, with the id and the attributes that the engine gave', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    const attributes = { RULE_ARN: RULE, ERROR_CODE: 'NO_RESOURCE' };
    const outcomes = await send(kit, [
      message('{"a":1}', { attributes, traceHeader: 'Root=1-x', groupId: 'g' }),
    ]);
    assert.deepEqual(outcomes, [{ status: 'delivered' }]);
    const [received] = await kit.receive(url, { AttributeNames: ['All'], MessageAttributeNames: ['All'] });
    assert.equal(received!.MessageId, '11111111-2222-4333-8444-555555555555');
    assert.equal(received!.Body, '{"a":1}');
    assert.deepEqual(received!.MessageAttributes, {
      RULE_ARN: { DataType: 'String', StringValue: RULE },
      ERROR_CODE: { DataType: 'String', StringValue: 'NO_RESOURCE' },
    });
    assert.equal(received!.Attributes!['AWSTraceHeader'], 'Root=1-x');
    assert.equal(received!.Attributes!['MessageGroupId'], 'g');
  });

  test('a batch: each message its own outcome, in order', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders', { MaximumMessageSize: '1024' });
    const outcomes = await send(kit, [
      message('first'),
      message('x'.repeat(1_025)),
      message('é'.repeat(512)),
      message('é'.repeat(513)),
      message(''),
      message('\u0000'),
      message('last'),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'delivered' ? 'delivered' : outcome.code)),
      [
        'delivered',
        'INVALID_PARAMETER',
        'delivered',
        'INVALID_PARAMETER',
        'INVALID_PARAMETER',
        'INVALID_PARAMETER',
        'delivered',
      ],
    );
    const received = await kit.receive(url, { MaxNumberOfMessages: 10 });
    assert.deepEqual(
      received.map(({ Body }) => Body),
      ['first', 'é'.repeat(512), 'last'],
    );
  });

  test('what a target said cannot keep a dead letter from its queue', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    await send(kit, [
      message('x', { attributes: { ERROR_MESSAGE: 'bad \u0000 half \ud800', RETRY_ATTEMPTS: '' } }),
    ]);
    const [received] = await kit.receive(url, { MessageAttributeNames: ['All'] });
    assert.deepEqual(received!.MessageAttributes, {
      ERROR_MESSAGE: { DataType: 'String', StringValue: 'bad \ufffd half \ufffd' },
    });
  });

  test('a group that is none', async () => {
    const kit = await queueKit();
    await kit.create('orders');
    const [outcome] = await send(kit, [message('x', { groupId: 'a b' })]);
    assert.equal(outcome!.status === 'reject' && outcome!.code, 'INVALID_PARAMETER');
  });

  for (const arn of [
    'arn:aws:sqs:us-east-1:000000000000:nobody',
    'arn:aws:sqs:eu-west-1:000000000000:orders',
    'arn:aws:sqs:us-east-1:111111111111:orders',
  ]) {
    test(`no such queue: ${arn}`, async () => {
      const kit = await queueKit();
      await kit.create('orders');
      const outcomes = await send(kit, [message('a'), message('b')], arn);
      const expected = {
        status: 'reject',
        code: 'NO_RESOURCE',
        reason: 'The specified queue does not exist.',
      };
      assert.deepEqual(outcomes, [expected, expected]);
    });
  }

  test('a store that fails is a reason to try again, and keeps its secrets', async () => {
    const storage = createMemoryStorage();
    const send_ = () => Promise.reject(new StorageError('full', 'no space on /secret'));
    const kit = await queueKit({ storage: withQueues(storage, { send: send_ }) });
    await kit.create('orders');
    assert.deepEqual(await send(kit, [message('a'), message('')]), [
      { status: 'retry', code: 'INTERNAL_ERROR', reason: 'The queue could not store the message.' },
      {
        status: 'reject',
        code: 'INVALID_PARAMETER',
        reason: 'The request must contain the parameter MessageBody.',
      },
    ]);
  });

  test('a queue that is deleted while a message is on its way', async () => {
    const storage = createMemoryStorage();
    const send_ = () => Promise.reject(new StorageError('missing', 'there is no queue'));
    const kit = await queueKit({ storage: withQueues(storage, { send: send_ }) });
    await kit.create('orders');
    const [outcome] = await send(kit, [message('a')]);
    assert.equal(outcome!.status === 'reject' && outcome!.code, 'NO_RESOURCE');
  });

  test("the queue's delay counts for the engine as well", async () => {
    const kit = await queueKit();
    const url = await kit.create('orders', { DelaySeconds: '5' });
    await send(kit, [message('a')]);
    assert.deepEqual(await kit.receive(url), []);
    await kit.clock.advance(5_000);
    assert.equal((await kit.receive(url)).length, 1);
  });
});

describe('FIFO queues', () => {
  const FIFO = `${QUEUE}.fifo`;
  const codes = (outcomes: Awaited<ReturnType<typeof send>>) =>
    outcomes.map((outcome) => (outcome.status === 'delivered' ? 'delivered' : outcome.code));

  test('a group each; a repeated body is delivered once', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    const batch = [
      message('a', { groupId: 'g' }),
      message('b', { groupId: 'g' }),
      message('a', { groupId: 'g' }),
    ];
    assert.deepEqual(codes(await send(kit, batch, FIFO)), ['delivered', 'delivered', 'delivered']);
    const received = await kit.receive(url, { MaxNumberOfMessages: 10, AttributeNames: ['All'] });
    assert.deepEqual(
      received.map(({ Body, Attributes }) => [Body, Attributes!['MessageGroupId']]),
      [
        ['a', 'g'],
        ['b', 'g'],
      ],
    );
    assert.match(received[0]!.Attributes!['MessageDeduplicationId']!, /^[0-9a-f]{64}$/);
  });

  test('a message without a group is refused, its neighbours are not', async () => {
    const kit = await queueKit();
    await kit.create('orders.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    const outcomes = await send(kit, [message('a'), message('b', { groupId: 'g' })], FIFO);
    assert.deepEqual(codes(outcomes), ['INVALID_PARAMETER', 'delivered']);
  });

  test('without content-based deduplication nothing tells messages apart', async () => {
    const kit = await queueKit();
    await kit.create('orders.fifo', { FifoQueue: 'true' });
    assert.deepEqual(await send(kit, [message('a', { groupId: 'g' })], FIFO), [
      {
        status: 'reject',
        code: 'INVALID_PARAMETER',
        reason:
          'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      },
    ]);
  });
});

describe('policies', () => {
  const policy = (...statements: object[]): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const allow = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: QUEUE,
  };
  const fromRule = (arn: string) => ({ Condition: { ArnEquals: { 'aws:SourceArn': arn } } });
  const rows: readonly [title: string, policy: string | undefined, allowed: boolean][] = [
    ['no policy', undefined, true],
    ['a policy without statements', policy(), true],
    ['the service allowed', policy(allow), true],
    ['this rule allowed', policy({ ...allow, ...fromRule(RULE) }), true],
    ['another rule allowed', policy({ ...allow, ...fromRule(`${RULE}2`) }), false],
    ['another service allowed', policy({ ...allow, Principal: { Service: 'sns.amazonaws.com' } }), false],
    ['another action allowed', policy({ ...allow, Action: 'sqs:ReceiveMessage' }), false],
    ['another queue allowed', policy({ ...allow, Resource: `${QUEUE}2` }), false],
    ['everybody allowed', policy({ ...allow, Principal: '*' }), true],
    ['allowed and denied', policy(allow, { ...allow, Effect: 'Deny' }), false],
    ['actions in another case', policy({ ...allow, Action: 'SQS:*' }), true],
  ];
  for (const [title, text, allowed] of rows) {
    test(`${title}: ${allowed ? 'delivered' : 'refused'}`, async () => {
      const kit = await queueKit();
      await kit.create('orders', text === undefined ? {} : { Policy: text });
      for (let times = 0; times < 2; times++) {
        const [outcome] = await send(kit, [message('x')]);
        assert.equal(outcome!.status === 'delivered' || outcome!.code, allowed || 'NO_PERMISSIONS');
      }
    });
  }

  test('a changed policy counts at once', async () => {
    const kit = await queueKit();
    const url = await kit.create('orders');
    const outcomeWith = async (text: string) => {
      await kit.call('SetQueueAttributes', { QueueUrl: url, Attributes: { Policy: text } });
      return (await send(kit, [message('x')]))[0]!.status;
    };
    assert.equal(await outcomeWith(policy({ ...allow, Effect: 'Deny' })), 'reject');
    assert.equal(await outcomeWith(policy(allow)), 'delivered');
    assert.equal(await outcomeWith(''), 'delivered');
  });
});
