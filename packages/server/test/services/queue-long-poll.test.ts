// Long polls on a clock that stands still: whatever happens without `advance` happens at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/model/limits.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { settle } from './manual-clock.ts';
import { queueKit, withQueues } from './queue-kit.ts';
import type { QueueKit, ShownMessage } from './queue-kit.ts';

/** A poll whose answer can be looked at while it is open. */
function poll(kit: QueueKit, url: string, input: object = {}, signal?: AbortSignal) {
  const state: { bodies: string[] | undefined; messages: ShownMessage[]; error: unknown } = {
    bodies: undefined,
    messages: [],
    error: undefined,
  };
  void kit.receive(url, { WaitTimeSeconds: 20, ...input }, signal && { signal }).then(
    (messages) => {
      state.messages = messages;
      state.bodies = messages.map(({ Body }) => Body);
    },
    (error: unknown) => (state.error = error),
  );
  return state;
}

test('a message that is there is answered at once', async () => {
  const kit = await queueKit();
  const url = await kit.create('q');
  await kit.send(url, 'x');
  assert.equal((await kit.receive(url, { WaitTimeSeconds: 20 })).length, 1);
});

test('a message sent while a poll waits is answered at once', async () => {
  const kit = await queueKit();
  const url = await kit.create('q');
  const waiting = poll(kit, url);
  await settle();
  assert.equal(waiting.bodies, undefined);
  await kit.send(url, 'x');
  await settle();
  assert.deepEqual(waiting.bodies, ['x']);
});

test('a poll without messages ends empty when its time is up, and not before', async () => {
  const kit = await queueKit();
  const url = await kit.create('q', { ReceiveMessageWaitTimeSeconds: '5' });
  const [own, theQueues] = [poll(kit, url), poll(kit, url, { WaitTimeSeconds: undefined })];
  await kit.clock.advance(4_999);
  assert.equal(theQueues.bodies, undefined);
  await kit.clock.advance(1);
  assert.deepEqual(theQueues.bodies, []);
  await kit.clock.advance(14_999);
  assert.equal(own.bodies, undefined);
  await kit.clock.advance(1);
  assert.deepEqual(own.bodies, []);
  // The sweep's is the only timer left.
  assert.equal(kit.clock.timers, 1);
});

test('a delayed message is answered when it becomes visible', async () => {
  const kit = await queueKit();
  const url = await kit.create('q');
  await kit.call('SendMessage', { QueueUrl: url, MessageBody: 'before', DelaySeconds: 2 });
  const first = poll(kit, url);
  const second = poll(kit, url);
  // The timer is set for the first message when the second, which comes earlier, is sent.
  await settle();
  await kit.call('SendMessage', { QueueUrl: url, MessageBody: 'after', DelaySeconds: 1 });
  await kit.clock.advance(999);
  assert.equal(first.bodies, undefined);
  await kit.clock.advance(1);
  assert.deepEqual(first.bodies, ['after']);
  await kit.clock.advance(1_000);
  assert.deepEqual(second.bodies, ['before']);
});

test('a delayed message sent to a queue that polls wait at is answered when it becomes visible', async () => {
  const kit = await queueKit();
  const url = await kit.create('q');
  const waiting = poll(kit, url);
  await settle();
  await kit.call('SendMessage', { QueueUrl: url, MessageBody: 'x', DelaySeconds: 1 });
  await kit.clock.advance(1_000);
  assert.deepEqual(waiting.bodies, ['x']);
});

test('a message whose visibility timeout ends is answered then', async () => {
  const kit = await queueKit();
  const url = await kit.create('q');
  await kit.send(url, 'x');
  await kit.receive(url, { VisibilityTimeout: 3 });
  const waiting = poll(kit, url);
  await kit.clock.advance(3_000);
  assert.deepEqual(waiting.bodies, ['x']);
});

test('a message that is given back is answered at once', async () => {
  const kit = await queueKit();
  const url = await kit.create('q');
  await kit.send(url, 'x');
  const [message] = await kit.receive(url);
  const waiting = poll(kit, url);
  await settle();
  await kit.call('ChangeMessageVisibility', {
    QueueUrl: url,
    ReceiptHandle: message!.ReceiptHandle,
    VisibilityTimeout: 0,
  });
  await settle();
  assert.deepEqual(waiting.bodies, ['x']);
});

test('who waits longest is served first', async () => {
  const kit = await queueKit();
  const url = await kit.create('q');
  const waiting = Array.from({ length: 5 }, () => poll(kit, url));
  await settle();
  await kit.send(url, '0', '1', '2');
  await settle();
  assert.deepEqual(
    waiting.map(({ bodies }) => bodies),
    [['0'], ['1'], ['2'], undefined, undefined],
  );
});

test('many messages wake many polls, each message once', async () => {
  const kit = await queueKit();
  const url = await kit.create('q');
  const waiting = Array.from({ length: 50 }, () => poll(kit, url, { MaxNumberOfMessages: 2 }));
  await settle();
  for (let batch = 0; batch < 8; batch++) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({
      Id: `${index}`,
      MessageBody: `${batch}-${index}`,
    }));
    await kit.call('SendMessageBatch', { QueueUrl: url, Entries });
  }
  await settle();
  const bodies = waiting.flatMap((each) => each.bodies ?? []);
  assert.equal(bodies.length, 80);
  assert.equal(new Set(bodies).size, 80);
});

test('a poll whose client goes away takes nothing', async () => {
  const kit = await queueKit();
  const url = await kit.create('q');
  const controller = new AbortController();
  const gone = poll(kit, url, {}, controller.signal);
  const stays = poll(kit, url);
  await settle();
  controller.abort();
  await settle();
  assert.deepEqual(gone.bodies, []);
  await kit.send(url, 'x');
  await settle();
  assert.deepEqual(stays.bodies, ['x']);
});

test('a client that goes away while the store looks for messages gives them back to the next', async () => {
  const storage = createMemoryStorage();
  const hold: { release: (() => void) | undefined } = { release: undefined };
  let held = false;
  const kit = await queueKit({
    storage: withQueues(storage, {
      async receive(...args) {
        const received = await storage.queues.receive(...args);
        if (received.messages.length > 0 && !held) {
          held = true;
          await new Promise<void>((resolve) => (hold.release = resolve));
        }
        return received;
      },
    }),
  });
  const url = await kit.create('q');
  const controller = new AbortController();
  const gone = poll(kit, url, {}, controller.signal);
  const next = poll(kit, url);
  await settle();
  await kit.send(url, 'x');
  await settle();
  controller.abort();
  hold.release!();
  await settle();
  assert.deepEqual(gone.bodies, []);
  assert.deepEqual(next.bodies, ['x']);
});

test('a message that becomes visible while the store answers is not waited for', async () => {
  const storage = createMemoryStorage();
  const hold: { release?: () => void } = {};
  const kit = await queueKit({
    storage: withQueues(storage, {
      async nextVisible(...args) {
        await new Promise<void>((resolve) => (hold.release = resolve));
        return storage.queues.nextVisible(...args);
      },
    }),
  });
  const url = await kit.create('q');
  await kit.call('SendMessage', { QueueUrl: url, MessageBody: 'x', DelaySeconds: 5 });
  const waiting = poll(kit, url);
  await settle();
  await kit.clock.advance(5_000);
  assert.equal(waiting.bodies, undefined);
  hold.release!();
  await settle(8);
  assert.deepEqual(waiting.bodies, ['x']);
});

test('an empty queue is not asked over and over', async () => {
  const storage = createMemoryStorage();
  let receives = 0;
  const kit = await queueKit({
    storage: withQueues(storage, {
      receive(...args) {
        receives++;
        return storage.queues.receive(...args);
      },
    }),
  });
  const url = await kit.create('q');
  const waiting = poll(kit, url);
  await kit.clock.advance(20_000);
  assert.deepEqual(waiting.bodies, []);
  assert.ok(receives <= 2, `${receives} receives`);
});

test('expired messages in front do not make a poll spin', async () => {
  const storage = createMemoryStorage();
  let receives = 0;
  const kit = await queueKit({
    storage: withQueues(storage, {
      receive() {
        receives++;
        return Promise.resolve({ messages: [], moved: 0, atLimit: false });
      },
      nextVisible: () => Promise.resolve(0),
    }),
  });
  const url = await kit.create('q');
  const waiting = poll(kit, url);
  await kit.clock.advance(20_000);
  assert.deepEqual(waiting.bodies, []);
  assert.ok(receives <= 20_000 / limits.queueRecheckMs + 2, `${receives} receives`);
});

test('a store that fails is told to the poll, and the next one works', async () => {
  const storage = createMemoryStorage();
  let broken = false;
  const kit = await queueKit({
    storage: withQueues(storage, {
      receive: (...args) => (broken ? Promise.reject(new Error('disk')) : storage.queues.receive(...args)),
    }),
  });
  const url = await kit.create('q');
  const waiting = poll(kit, url);
  await settle();
  broken = true;
  await kit.send(url, 'x');
  await settle();
  assert.equal((waiting.error as Error).message, 'disk');
  broken = false;
  const next = poll(kit, url);
  await settle();
  assert.deepEqual(next.bodies, ['x']);
});

test('deleting the queue ends its polls, closing the service ends all', async () => {
  const kit = await queueKit();
  const [one, two] = [await kit.create('one'), await kit.create('two')];
  const [first, second] = [poll(kit, one), poll(kit, two)];
  await settle();
  await kit.call('DeleteQueue', { QueueUrl: one });
  await settle();
  assert.deepEqual(first.bodies, []);
  assert.equal(second.bodies, undefined);
  await kit.service.close();
  await settle();
  assert.deepEqual(second.bodies, []);
  assert.equal(kit.clock.timers, 0);
});
