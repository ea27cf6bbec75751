import assert from 'node:assert/strict';
import type { NewMessage, QueueMessage, QueueStore } from '../../../src/engine/ports/queue-storage.ts';
import { rejectsWith, type Behaviour } from './behaviour.ts';

const NOW = 1_000_000;

const message = (id: number | string, over: Partial<NewMessage> = {}): NewMessage => ({
  messageId: `m${id}`,
  body: `body ${id}`,
  senderId: '123456789012',
  sentAt: NOW,
  visibleAt: NOW,
  ...over,
});

async function filled(queues: QueueStore, messages: readonly NewMessage[]): Promise<void> {
  await queues.create('q');
  await queues.send('q', messages);
}

const receive = async (
  queues: QueueStore,
  now = NOW,
  again = now + 30_000,
  max = 10,
  sentAfter = 0,
): Promise<QueueMessage[]> =>
  (await queues.receive('q', { max, now, visibleAgainAt: again, sentAfter })).messages;

const ids = (messages: readonly QueueMessage[]): string[] => messages.map(({ messageId }) => messageId);

export const queueBehaviours: readonly Behaviour[] = [
  {
    name: 'receives what was sent, with every field',
    async run({ storage: { queues } }) {
      const attributes = { a: { DataType: 'String', StringValue: 'é😀' } };
      await filled(queues, [message(1, { attributes, body: 'naïve 😀', sentAt: NOW - 5 })]);
      const [first] = await receive(queues, NOW + 7);
      assert.deepEqual(first, {
        ...message(1, { attributes, body: 'naïve 😀', sentAt: NOW - 5 }),
        sequence: first!.sequence,
        visibleAt: NOW + 30_007,
        receiveCount: 1,
        firstReceivedAt: NOW + 7,
        receipt: first!.receipt,
      });
      const [second] = await receive(queues, NOW + 40_000);
      assert.deepEqual(second, {
        ...first,
        visibleAt: NOW + 70_000,
        receiveCount: 2,
        receipt: second!.receipt,
      });
      assert.ok(second!.receipt > first!.receipt);
    },
  },
  {
    name: 'a queue that does not exist: a send is refused, everything else finds nothing',
    async run({ storage: { queues } }) {
      await queues.create('q');
      const [sent, refused] = [queues.send('q', [message(1)]), queues.send('none', [message(2)])];
      await rejectsWith('missing', refused);
      await sent;
      const receipts = [{ sequence: 1n, receipt: 1 }];
      const order = { max: 10, now: NOW, visibleAgainAt: NOW, sentAfter: 0 };
      const nothing = { messages: [], moved: 0, atLimit: false };
      assert.deepEqual(await queues.receive('none', order), nothing);
      assert.deepEqual(await queues.removeInFlight('none', receipts, NOW), ['gone']);
      assert.deepEqual(await queues.receiveAgain('none', receipts, NOW, NOW), []);
      const move = { now: NOW, sentAfter: 0, messageIds: ['x'], to: 'q' };
      assert.deepEqual(await queues.move('none', move), { moved: 0, blocked: false });
      assert.deepEqual(await queues.remove('none', receipts), [false]);
      assert.deepEqual(await queues.changeVisibility('none', receipts, NOW, NOW), [false]);
      assert.deepEqual(await queues.counts('none', NOW), { visible: 0, inFlight: 0, delayed: 0 });
      assert.equal(await queues.nextVisible('none'), undefined);
      assert.equal(await queues.expire('none', NOW, 10), 0);
      await queues.purge('none');
      await queues.drop('none');
    },
  },
  {
    name: 'receives the earliest visible first, at most so many; a received message is hidden',
    async run({ storage: { queues } }) {
      const visible = [5, 3, 9, 3, 1];
      await filled(
        queues,
        visible.map((at, index) => message(index, { visibleAt: NOW + at })),
      );
      assert.deepEqual(ids(await receive(queues, NOW + 5, NOW + 100, 3)), ['m4', 'm1', 'm3']);
      assert.deepEqual(ids(await receive(queues, NOW + 5, NOW + 100)), ['m0']);
      assert.deepEqual(ids(await receive(queues, NOW + 5, NOW + 100)), []);
      assert.deepEqual(ids(await receive(queues, NOW + 9, NOW + 100)), ['m2']);
      assert.deepEqual(ids(await receive(queues, NOW + 100, NOW + 200)), ['m0', 'm1', 'm2', 'm3', 'm4']);
    },
  },
  {
    name: 'a visibility timeout of nothing leaves a message receivable, but not twice in one call',
    async run({ storage: { queues } }) {
      await filled(queues, [message(1)]);
      const [first] = await receive(queues, NOW, NOW);
      const [second, ...more] = await receive(queues, NOW, NOW);
      assert.deepEqual([first?.receiveCount, second?.receiveCount, more.length], [1, 2, 0]);
    },
  },
  {
    name: 'receivers at the same time get different messages',
    async run({ storage: { queues } }) {
      await filled(
        queues,
        Array.from({ length: 100 }, (_, index) => message(index)),
      );
      const got = await Promise.all(Array.from({ length: 12 }, () => receive(queues)));
      assert.equal(new Set(ids(got.flat())).size, 100);
      assert.equal(got.flat().length, 100);
    },
  },
  {
    name: 'does not receive messages that were sent too long ago',
    async run({ storage: { queues } }) {
      const old = Array.from({ length: 40 }, (_, index) => message(`old${index}`, { sentAt: NOW - 100 }));
      await filled(queues, [...old, message('edge', { sentAt: NOW - 50 }), message('new')]);
      const got = await receive(queues, NOW, NOW + 10, 10, NOW - 50);
      assert.deepEqual(ids(got), ['mnew']);
    },
  },
  {
    name: 'removes whatever the receipt; false for what is gone',
    async run({ storage: { queues } }) {
      await filled(queues, [message(1), message(2), message(3)]);
      const [first, second] = await receive(queues, NOW, NOW + 10);
      await receive(queues, NOW + 20, NOW + 30);
      const unknown = { sequence: 12_345_678n, receipt: 1 };
      assert.deepEqual(await queues.remove('q', [first!, unknown]), [true, false]);
      assert.deepEqual(await queues.remove('q', [first!, second!]), [false, true]);
      assert.deepEqual(ids(await receive(queues, NOW + 100)), ['m3']);
    },
  },
  {
    name: 'removals made at the same time are told apart',
    async run({ storage: { queues } }) {
      await filled(
        queues,
        Array.from({ length: 10 }, (_, index) => message(index)),
      );
      const got = await receive(queues);
      const results = await Promise.all([...got, got[0]!, got[1]!].map((one) => queues.remove('q', [one])));
      assert.deepEqual(results.flat(), [...Array.from({ length: 10 }, () => true), false, false]);
    },
  },
  {
    name: 'changes the visibility of the latest receipt only, while the message is in flight',
    async run({ storage: { queues } }) {
      await filled(queues, [message(1), message(2, { visibleAt: NOW + 500 })]);
      const [first] = await receive(queues, NOW, NOW + 100);
      const change = async (receipt: { sequence: bigint; receipt: number }, at: number, now: number) =>
        (await queues.changeVisibility('q', [receipt], at, now))[0];
      const delayed = { sequence: first!.sequence + 1n, receipt: 0 };
      assert.equal(await change(delayed, NOW, NOW), false, 'never received');
      assert.equal(await change(first!, NOW + 200, NOW + 50), true);
      assert.deepEqual(ids(await receive(queues, NOW + 199, NOW + 300)), []);
      assert.equal(await change(first!, NOW + 900, NOW + 200), false, 'visible again');
      const [second] = await receive(queues, NOW + 200, NOW + 300);
      assert.equal(await change(first!, NOW + 900, NOW + 210), false, 'received again');
      assert.equal(await change(second!, NOW + 210, NOW + 210), true);
      const [third] = await receive(queues, NOW + 210, NOW + 300);
      assert.equal(third?.receiveCount, 3);
      await queues.remove('q', [third!]);
      assert.equal(await change(third!, NOW + 900, NOW + 220), false, 'gone');
    },
  },
  {
    name: 'counts visible, received and delayed messages as time passes',
    async run({ storage: { queues } }) {
      const at = [0, 0, 0, 400, 1_500, 90_000];
      await filled(
        queues,
        at.map((delay, index) => message(index, { visibleAt: NOW + delay })),
      );
      const counts = async (now: number): Promise<number[]> => {
        const { visible, inFlight, delayed } = await queues.counts('q', now);
        return [visible, inFlight, delayed];
      };
      assert.deepEqual(await counts(NOW), [3, 0, 3]);
      const got = await receive(queues, NOW, NOW + 30_000, 2);
      assert.deepEqual(await counts(NOW), [1, 2, 3]);
      assert.deepEqual(await counts(NOW + 399), [1, 2, 3]);
      assert.deepEqual(await counts(NOW + 400), [2, 2, 2]);
      await queues.remove('q', [got[0]!]);
      assert.deepEqual(await counts(NOW + 1_500), [3, 1, 1]);
      await queues.changeVisibility('q', [got[1]!], NOW + 60_000, NOW + 1_500);
      assert.deepEqual(await counts(NOW + 30_000), [3, 1, 1]);
      await queues.send('q', [message('x', { visibleAt: NOW + 30_500 })]);
      assert.deepEqual(await counts(NOW + 30_000), [3, 1, 2]);
      assert.deepEqual(await counts(NOW + 60_000), [5, 0, 1]);
      assert.deepEqual(await counts(NOW + 100_000), [6, 0, 0]);
    },
  },
  {
    name: 'knows when the next message becomes visible',
    async run({ storage: { queues } }) {
      await queues.create('q');
      assert.equal(await queues.nextVisible('q'), undefined);
      await queues.send('q', [message(1, { visibleAt: NOW + 50 }), message(2)]);
      assert.equal(await queues.nextVisible('q'), NOW);
      await receive(queues, NOW, NOW + 100);
      assert.equal(await queues.nextVisible('q'), NOW + 50);
    },
  },
  {
    name: 'expires the oldest, at most so many a call',
    async run({ storage: { queues } }) {
      await filled(
        queues,
        [10, 20, 30, 40].map((sentAt) => message(sentAt, { sentAt })),
      );
      await receive(queues, NOW, NOW + 10, 1);
      assert.equal(await queues.expire('q', 40, 2), 2);
      assert.equal(await queues.expire('q', 40, 2), 1);
      assert.equal(await queues.expire('q', 40, 2), 0);
      assert.deepEqual(ids(await receive(queues, NOW + 10)), ['m40']);
      assert.deepEqual(await queues.counts('q', NOW + 10), { visible: 0, inFlight: 1, delayed: 0 });
    },
  },
  {
    name: 'purges everything; an old receipt never names a new message',
    async run({ storage: { queues } }) {
      await filled(queues, [message(1), message(2, { visibleAt: NOW + 100 })]);
      const [old] = await receive(queues);
      await queues.counts('q', NOW);
      await queues.purge('q');
      assert.deepEqual(await queues.counts('q', NOW), { visible: 0, inFlight: 0, delayed: 0 });
      assert.equal(await queues.nextVisible('q'), undefined);
      await queues.send('q', [message(3)]);
      assert.deepEqual(await queues.remove('q', [old!]), [false]);
      assert.deepEqual(ids(await receive(queues, NOW + 100)), ['m3']);
    },
  },
  {
    name: 'drops a queue; creating it again is a new one, creating it twice is not',
    async run({ storage: { queues } }) {
      await filled(queues, [message(1)]);
      await queues.create('q');
      assert.equal((await queues.counts('q', NOW)).visible, 1);
      await queues.drop('q');
      await rejectsWith('missing', queues.send('q', [message(2)]));
      await queues.create('q');
      assert.deepEqual(await receive(queues), []);
    },
  },
  {
    name: 'messages, receipts and counts survive a restart; sequences go on',
    reopens: true,
    async run({ storage, reopen }) {
      await filled(storage.queues, [message(1), message(2), message(3, { visibleAt: NOW + 500 })]);
      const [first] = await receive(storage.queues, NOW, NOW + 100, 1);
      const { queues } = await reopen();
      assert.deepEqual(await queues.counts('q', NOW), { visible: 1, inFlight: 1, delayed: 1 });
      assert.deepEqual(await queues.changeVisibility('q', [first!], NOW + 50, NOW + 1), [true]);
      await queues.send('q', [message(4, { visibleAt: NOW + 600 })]);
      const got = await receive(queues, NOW + 600);
      assert.deepEqual(ids(got), ['m2', 'm1', 'm3', 'm4']);
      assert.equal(new Set(got.map(({ sequence }) => sequence)).size, 4);
    },
  },
];
