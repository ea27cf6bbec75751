// FIFO queues as a client sees them, on every store.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { Storage } from '../../src/engine/ports/storage.ts';
import { limits } from '../../src/model/limits.ts';
import { settle } from './manual-clock.ts';
import { queueKit } from './queue-kit.ts';
import type { Answer, QueueKit, ShownMessage } from './queue-kit.ts';
import { places } from './storages.ts';

const CONTENT = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
const bodies = (messages: readonly ShownMessage[]): string => messages.map(({ Body }) => Body).join(' ');
const many = { MaxNumberOfMessages: 10 };

for (const { name, make } of places) {
  describe(`FIFO queues on ${name}`, () => {
    const clean: (() => Promise<void> | void)[] = [];
    afterEach(async () => {
      for (const step of clean.splice(0).reverse()) await step();
    });

    async function fifoKit(attributes: Record<string, string> = {}): Promise<{
      kit: QueueKit;
      url: string;
      send: (body: string, more?: object) => Promise<Answer>;
      remove: (message: ShownMessage) => Promise<Answer>;
    }> {
      const place = make();
      clean.push(() => place.remove());
      const storage: Storage = await place.open();
      clean.push(() => storage.close());
      const kit = await queueKit({ storage });
      clean.push(() => kit.service.close());
      const url = await kit.create('orders.fifo', { ...CONTENT, ...attributes });
      return {
        kit,
        url,
        // `a1` belongs to group a.
        send: (MessageBody, more) =>
          kit.call('SendMessage', { QueueUrl: url, MessageBody, MessageGroupId: MessageBody[0], ...more }),
        remove: ({ ReceiptHandle }) => kit.call('DeleteMessage', { QueueUrl: url, ReceiptHandle }),
      };
    }

    test('attributes: what was told, and the defaults', async () => {
      const { kit, url } = await fifoKit();
      const { Attributes } = await kit.call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['All'] });
      const shown = Attributes as Record<string, string>;
      assert.deepEqual(
        ['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'].map(
          (each) => shown[each],
        ),
        ['true', 'true', 'queue', 'perQueue'],
      );
      assert.equal(Object.keys(shown).length, 16);
      const high = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' };
      await kit.call('SetQueueAttributes', { QueueUrl: url, Attributes: high });
      assert.equal(await kit.create('orders.fifo', { ...CONTENT, ...high }), url);
    });

    test('a message comes back with its FIFO attributes; numbers have twenty digits and grow', async () => {
      const { kit, url, send } = await fifoKit();
      const first = await send('a1', { MessageDeduplicationId: 'mine' });
      const second = await send('b1', { DelaySeconds: 0 });
      assert.match(String(first['SequenceNumber']), /^\d{20}$/);
      assert.ok(String(second['SequenceNumber']) > String(first['SequenceNumber']));
      const [a, b] = await kit.receive(url, { ...many, AttributeNames: ['All'] });
      assert.deepEqual(a!.Attributes, {
        SenderId: '000000000000',
        SentTimestamp: '1700000000000',
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: '1700000000000',
        MessageGroupId: 'a',
        MessageDeduplicationId: 'mine',
        SequenceNumber: first['SequenceNumber'],
      });
      // SHA-256 of `b1`.
      assert.match(b!.Attributes!['MessageDeduplicationId']!, /^[0-9a-f]{64}$/);
    });

    test('one group in order; others go on; deleting lets the rest follow', async () => {
      const { kit, url, send, remove } = await fifoKit();
      for (const body of ['a1', 'a2', 'b1', 'a3', 'b2']) await send(body);
      const [a1] = await kit.receive(url);
      assert.equal(a1!.Body, 'a1');
      const b = await kit.receive(url, many);
      assert.equal(bodies(b), 'b1 b2');
      assert.equal(bodies(await kit.receive(url, many)), '');
      await remove(a1!);
      assert.equal(bodies(await kit.receive(url, many)), 'a2 a3');
    });

    test('duplicates answer with the first message for five minutes, also once it is deleted', async () => {
      const { kit, url, send, remove } = await fifoKit();
      const first = await send('a1');
      const [message] = await kit.receive(url);
      await remove(message!);
      await kit.clock.advance(299_999);
      assert.deepEqual(await send('a1'), first);
      await send('b1', { MessageDeduplicationId: 'x' });
      await send('b2', { MessageDeduplicationId: 'x' });
      await kit.clock.advance(1);
      assert.notDeepEqual(await send('a1'), first);
      assert.equal(bodies(await kit.receive(url, many)), 'b1 a1');
    });

    test('a duplicate in a batch', async () => {
      const { kit, url } = await fifoKit();
      const entry = (Id: string, MessageBody: string) => ({ Id, MessageBody, MessageGroupId: 'g' });
      const Entries = [entry('1', 'x'), entry('2', 'x'), entry('3', 'y'), { Id: '4', MessageBody: 'z' }];
      const { Successful, Failed } = await kit.call('SendMessageBatch', { QueueUrl: url, Entries });
      const sent = Successful as { Id: string; MessageId: string; SequenceNumber: string }[];
      assert.deepEqual(
        sent.map(({ Id }) => Id),
        ['1', '2', '3'],
      );
      assert.equal(sent[0]!.MessageId, sent[1]!.MessageId);
      assert.equal(sent[0]!.SequenceNumber, sent[1]!.SequenceNumber);
      assert.notEqual(sent[0]!.MessageId, sent[2]!.MessageId);
      assert.deepEqual(Failed, [
        {
          Id: '4',
          Code: 'MissingParameter',
          Message: 'The request must contain the parameter MessageGroupId.',
          SenderFault: true,
        },
      ]);
      assert.equal(bodies(await kit.receive(url, many)), 'x y');
    });

    for (const [scope, count] of [
      ['queue', 1],
      ['messageGroup', 2],
    ] as const) {
      test(`deduplication by ${scope}: the same body in two groups is ${count}`, async () => {
        const { kit, url, send } = await fifoKit({ DeduplicationScope: scope });
        await send('x', { MessageGroupId: 'a' });
        await send('x', { MessageGroupId: 'b' });
        assert.equal((await kit.receive(url, many)).length, count);
      });
    }

    test('expired handles: a delete is refused, in batches too; a deleted message is no error', async () => {
      const { kit, url, send, remove } = await fifoKit();
      await send('a1');
      await send('b1');
      const [a, b] = await kit.receive(url, many);
      await remove(a!);
      await remove(a!);
      await kit.clock.advance(30_000);
      await kit.fails('DeleteMessage', { QueueUrl: url, ReceiptHandle: b!.ReceiptHandle }, [
        'InvalidParameterValueException',
        'InvalidParameterValue',
        400,
        `Value ${b!.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
      ]);
      const [again] = await kit.receive(url);
      const Entries = [b!, again!].map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      const { Successful, Failed } = await kit.call('DeleteMessageBatch', { QueueUrl: url, Entries });
      assert.deepEqual(Successful, [{ Id: '1' }]);
      const failed = Failed as { Id: string; Code: string }[];
      assert.deepEqual([failed[0]!.Id, failed[0]!.Code], ['0', 'InvalidParameterValue']);
    });

    test('visibility 0 puts a message back in front of its group', async () => {
      const { kit, url, send } = await fifoKit();
      for (const body of ['a1', 'a2']) await send(body);
      const [a1] = await kit.receive(url);
      const change = { QueueUrl: url, ReceiptHandle: a1!.ReceiptHandle, VisibilityTimeout: 0 };
      await kit.call('ChangeMessageVisibility', change);
      assert.equal(bodies(await kit.receive(url, many)), 'a1 a2');
    });

    test("the queue's delay is for every message, and a change counts for those that wait", async () => {
      const { kit, url, send } = await fifoKit({ DelaySeconds: '10' });
      await send('a1');
      assert.deepEqual(await kit.receive(url), []);
      await kit.call('SetQueueAttributes', { QueueUrl: url, Attributes: { DelaySeconds: '20' } });
      await kit.clock.advance(10_000);
      assert.deepEqual(await kit.receive(url), []);
      const delayed = ['ApproximateNumberOfMessagesDelayed'];
      assert.deepEqual(await kit.call('GetQueueAttributes', { QueueUrl: url, AttributeNames: delayed }), {
        Attributes: { ApproximateNumberOfMessagesDelayed: '1' },
      });
      await kit.call('SetQueueAttributes', { QueueUrl: url, Attributes: { DelaySeconds: '0' } });
      assert.equal(bodies(await kit.receive(url)), 'a1');
    });

    test('a shorter delay wakes a long poll', async () => {
      const { kit, url, send } = await fifoKit({ DelaySeconds: '900' });
      await send('a1');
      const polled = kit.receive(url, { WaitTimeSeconds: 20 });
      await settle(60);
      await kit.call('SetQueueAttributes', { QueueUrl: url, Attributes: { DelaySeconds: '0' } });
      assert.equal(bodies(await polled), 'a1');
    });

    test('a repeated attempt gets the same messages, hidden anew, until somebody works with them', async () => {
      const { kit, url, send, remove } = await fifoKit();
      for (const body of ['a1', 'a2', 'b1']) await send(body);
      const attempt = { ReceiveRequestAttemptId: 'try', MaxNumberOfMessages: 2 };
      const first = await kit.receive(url, attempt);
      assert.equal(bodies(first), 'a1 a2');
      await kit.clock.advance(20_000);
      const second = await kit.receive(url, attempt);
      assert.deepEqual(
        second.map(({ MessageId }) => MessageId),
        first.map(({ MessageId }) => MessageId),
      );
      await kit.clock.advance(20_000);
      assert.equal(bodies(await kit.receive(url, many)), 'b1');
      await remove(second[0]!);
      assert.equal(bodies(await kit.receive(url, attempt)), '');
      await kit.clock.advance(30_000);
      assert.equal(bodies(await kit.receive(url, attempt)), 'a2 b1');
      // By then the attempt is over, and the messages are there for everybody.
      await kit.clock.advance(limits.queueReceiveAttemptSeconds * 1_000);
      assert.equal(bodies(await kit.receive(url, attempt)), 'a2 b1');
    });

    test('a long poll gets the rest of a group as soon as what is in flight is deleted', async () => {
      const { kit, url, send, remove } = await fifoKit();
      for (const body of ['a1', 'a2']) await send(body);
      const [a1] = await kit.receive(url);
      const polled = kit.receive(url, { WaitTimeSeconds: 20 });
      await settle(30);
      await remove(a1!);
      assert.equal(bodies(await polled), 'a2');
    });

    test('a long poll gets what becomes visible', async () => {
      const { kit, url, send } = await fifoKit();
      await send('a1');
      await kit.receive(url, { VisibilityTimeout: 5 });
      let got: ShownMessage[] | undefined;
      const polled = kit.receive(url, { WaitTimeSeconds: 20 }).then((messages) => (got = messages));
      await kit.clock.advance(6_000);
      // However slow the store is: from here on time stands still, only timers that are due are called.
      const giveUpAt = Date.now() + 10_000;
      while (!got && Date.now() < giveUpAt) {
        await new Promise((resolve) => setImmediate(resolve));
        await kit.clock.advance(0);
      }
      assert.ok(got, 'the poll has seen nothing');
      assert.equal(bodies(await polled), 'a1');
    });
  });
}
