import assert from 'node:assert/strict';
import { rejectsWith, type Behaviour } from './behaviour.ts';
import { ids, NOW, ordered, orderedQueue, standard, take, taken, WINDOW } from './queue-parts.ts';

export const orderedQueueBehaviours: readonly Behaviour[] = [
  {
    name: 'receives what was sent, with every field; sequences grow',
    async run({ storage: { queues } }) {
      await queues.create('q', 'ordered');
      const attributes = { a: 'é😀' };
      const sent = await queues.sendOrdered('q', [ordered('a1', { attributes }), ordered('a2')], WINDOW);
      assert.deepEqual(
        sent.map(({ messageId }) => messageId),
        ['a1', 'a2'],
      );
      assert.ok(sent[1]!.sequence > sent[0]!.sequence);
      const { messages } = await take(queues, { now: NOW + 7, max: 1 });
      assert.deepEqual(messages, [
        {
          messageId: 'a1',
          body: 'body a1',
          attributes,
          senderId: '123456789012',
          sentAt: NOW,
          sequence: sent[0]!.sequence,
          visibleAt: NOW + 30_007,
          receiveCount: 1,
          firstReceivedAt: NOW + 7,
          receipt: 1,
        },
      ]);
    },
  },
  {
    name: 'a send of the other kind is refused',
    async run({ storage: { queues } }) {
      await queues.create('fifo', 'ordered');
      await queues.create('std');
      await rejectsWith('missing', queues.send('fifo', [standard(1)]));
      await rejectsWith('missing', queues.sendOrdered('std', [ordered('a1')], WINDOW));
      await rejectsWith('missing', queues.sendOrdered('none', [ordered('a1')], WINDOW));
    },
  },
  {
    name: 'a group in order, as much of it as there is room for; other groups go on while it is locked',
    async run({ storage: { queues } }) {
      await orderedQueue(queues, 'a1', 'b1', 'a2', 'c1', 'a3', 'b2');
      assert.equal(await taken(queues, { max: 2 }), 'a1 a2');
      assert.equal(await taken(queues, { max: 2 }), 'b1 b2');
      assert.equal(await taken(queues), 'c1');
      assert.equal(await taken(queues), '');
    },
  },
  {
    name: 'a group is free once all its messages in flight are deleted',
    async run({ storage: { queues } }) {
      await orderedQueue(queues, 'a1', 'a2', 'a3');
      const { messages } = await take(queues, { max: 2 });
      await queues.removeInFlight('q', [messages[0]!], NOW);
      assert.equal(await taken(queues), '');
      await queues.removeInFlight('q', [messages[1]!], NOW);
      assert.equal(await taken(queues), 'a3');
    },
  },
  {
    name: 'redelivery: the same order again, nothing overtakes',
    async run({ storage: { queues } }) {
      await orderedQueue(queues, 'a1', 'a2', 'a3');
      const { messages } = await take(queues, { max: 2 });
      assert.equal(await taken(queues, { now: NOW + 29_999 }), '');
      assert.equal(await taken(queues, { now: NOW + 30_000, max: 1 }), 'a1');
      assert.deepEqual(await queues.removeInFlight('q', messages, NOW + 30_001), ['expired', 'expired']);
      assert.equal(await taken(queues, { now: NOW + 30_001 }), '');
      assert.equal(await taken(queues, { now: NOW + 60_000 }), 'a1 a2 a3');
    },
  },
  {
    name: 'visibility 0 of the first message: it stays behind the lock of the second, and comes first again',
    async run({ storage: { queues } }) {
      await orderedQueue(queues, 'a1', 'a2', 'a3');
      const [first, second] = (await take(queues, { max: 2 })).messages;
      assert.deepEqual(await queues.changeVisibility('q', [first!], NOW, NOW), [true]);
      assert.equal(await taken(queues), '');
      assert.deepEqual(await queues.removeInFlight('q', [first!], NOW), ['expired']);
      assert.deepEqual(await queues.changeVisibility('q', [second!], NOW + 10, NOW), [true]);
      assert.equal(await taken(queues, { now: NOW + 9 }), '');
      assert.equal(await taken(queues, { now: NOW + 10 }), 'a1 a2 a3');
    },
  },
  {
    name: 'a visibility timeout of nothing gives a group once a call',
    async run({ storage: { queues } }) {
      await orderedQueue(queues, 'a1', 'b1', 'a2');
      assert.equal(await taken(queues, { visibleAgainAt: NOW }), 'a1 a2 b1');
      assert.equal(await taken(queues, { visibleAgainAt: NOW, max: 1 }), 'a1');
    },
  },
  {
    name: 'removals: removed, gone, expired',
    async run({ storage: { queues } }) {
      await orderedQueue(queues, 'a1', 'b1');
      const [a, b] = (await take(queues)).messages;
      const unknown = { sequence: 99n, receipt: 1 };
      const wrong = { ...b!, receipt: 7 };
      assert.deepEqual(await queues.removeInFlight('q', [a!, unknown, wrong, a!], NOW), [
        'removed',
        'gone',
        'expired',
        'gone',
      ]);
      assert.deepEqual(await queues.remove('q', [b!]), [true]);
      assert.deepEqual(await queues.counts('q', NOW), { visible: 0, inFlight: 0, delayed: 0 });
      assert.equal(await queues.nextVisible('q'), undefined);
    },
  },
  {
    name: 'the same messages again for as long as all of them are in flight',
    async run({ storage: { queues } }) {
      await orderedQueue(queues, 'a1', 'a2', 'a3');
      const { messages } = await take(queues, { max: 2 });
      const again = await queues.receiveAgain('q', messages, NOW + 50_000, NOW + 20_000);
      assert.equal(ids(again), 'a1 a2');
      assert.deepEqual(
        again.map(({ receipt, receiveCount, visibleAt }) => [receipt, receiveCount, visibleAt]),
        [
          [1, 1, NOW + 50_000],
          [1, 1, NOW + 50_000],
        ],
      );
      assert.equal(await taken(queues, { now: NOW + 49_999 }), '');
      await queues.removeInFlight('q', [messages[0]!], NOW + 49_999);
      assert.deepEqual(await queues.receiveAgain('q', messages, NOW + 90_000, NOW + 49_999), []);
      assert.equal(await taken(queues, { now: NOW + 50_000 }), 'a2 a3');
    },
  },
  {
    name: "deduplication: the first message's answer for a window, whatever became of it",
    async run({ storage: { queues } }) {
      await queues.create('q', 'ordered');
      const send = async (id: string, deduplicationKey: string, sentAt = NOW) =>
        (await queues.sendOrdered('q', [ordered(id, { deduplicationKey, sentAt })], WINDOW))[0]!;
      const first = await send('a1', 'k');
      assert.deepEqual(await send('a2', 'k'), first);
      assert.deepEqual((await send('b1', 'other')).messageId, 'b1');
      const got = await take(queues);
      assert.equal(ids(got.messages), 'a1 b1');
      await queues.removeInFlight('q', got.messages, NOW);
      assert.deepEqual(await send('a3', 'k', NOW + WINDOW - 1), first);
      assert.equal((await send('a4', 'k', NOW + WINDOW)).messageId, 'a4');
      assert.equal((await send('a5', 'k', NOW + 2 * WINDOW - 1)).messageId, 'a4');
      const [one, two] = await queues.sendOrdered(
        'q',
        [ordered('c1', { deduplicationKey: 'twice' }), ordered('c2', { deduplicationKey: 'twice' })],
        WINDOW,
      );
      assert.deepEqual(one, two);
    },
  },
  {
    name: "the queue's delay counts for what was never received, and can change",
    async run({ storage: { queues } }) {
      await orderedQueue(queues, 'a1', 'a2');
      assert.equal(await taken(queues, { delayMs: 5_000 }), '');
      assert.deepEqual(await queues.counts('q', NOW, 5_000), { visible: 0, inFlight: 0, delayed: 2 });
      assert.equal(await queues.nextVisible('q', 5_000), NOW + 5_000);
      assert.equal(await taken(queues, { delayMs: 100, now: NOW + 100, max: 1 }), 'a1');
      await queues.sendOrdered('q', [ordered('a3', { sentAt: NOW + 100 })], WINDOW);
      const later = { delayMs: 60_000, now: NOW + 30_100 };
      assert.equal(await taken(queues, later), 'a1');
      assert.deepEqual(await queues.counts('q', NOW + 30_100, 60_000), {
        visible: 0,
        inFlight: 1,
        delayed: 2,
      });
    },
  },
  {
    name: 'counts what is in flight, and gives out no more than the limit',
    async run({ storage: { queues } }) {
      await orderedQueue(queues, 'a1', 'b1', 'c1', 'd1');
      assert.equal(await taken(queues, { maxInFlight: 3, max: 2 }), 'a1 b1');
      assert.equal(await taken(queues, { maxInFlight: 3 }), 'c1');
      const over = await take(queues, { maxInFlight: 3 });
      assert.deepEqual(over, { messages: [], moved: 0, atLimit: true });
      assert.deepEqual(await queues.counts('q', NOW), { visible: 1, inFlight: 3, delayed: 0 });
      assert.deepEqual(await queues.counts('q', NOW + 29_999), { visible: 1, inFlight: 3, delayed: 0 });
      assert.equal(await taken(queues, { maxInFlight: 3, now: NOW + 29_999 }), '');
      assert.deepEqual(await queues.counts('q', NOW + 30_000), { visible: 4, inFlight: 0, delayed: 0 });
      assert.equal(await taken(queues, { maxInFlight: 3, now: NOW + 30_000 }), 'd1 a1 b1');
    },
  },
  {
    name: 'leaves out what is too old, also in the middle of many, and expires it',
    async run({ storage: { queues } }) {
      await queues.create('q', 'ordered');
      const old = Array.from({ length: 40 }, (_, n) => ordered(`a${n}`, { sentAt: NOW - 100 }));
      await queues.sendOrdered('q', [...old, ordered('a-new')], WINDOW);
      assert.equal(await queues.expire('q', NOW - 50, 15), 15);
      assert.equal(await taken(queues, { sentAfter: NOW - 50 }), 'a-new');
      assert.equal(await queues.expire('q', NOW - 50, 15), 0);
      assert.equal(await queues.nextVisible('q'), NOW + 30_000);
    },
  },
  {
    name: 'purges everything, deduplication as well',
    async run({ storage: { queues } }) {
      await queues.create('q', 'ordered');
      const message = ordered('a1');
      const [first] = await queues.sendOrdered('q', [message], WINDOW);
      const { messages } = await take(queues);
      await queues.purge('q');
      const [second] = await queues.sendOrdered('q', [{ ...message, messageId: 'a2' }], WINDOW);
      assert.ok(second!.sequence > first!.sequence);
      assert.deepEqual(await queues.removeInFlight('q', messages, NOW), ['gone']);
      assert.equal(await taken(queues), 'a2');
    },
  },
  {
    name: 'a drop leaves nothing; the queue may come back as the other kind',
    async run({ storage: { queues } }) {
      await orderedQueue(queues, 'a1');
      await queues.drop('q');
      await queues.create('q');
      await queues.send('q', [standard(1)]);
      assert.equal(await taken(queues), 'm1');
    },
  },
  {
    name: 'order, locks, deduplication and counts survive a restart',
    reopens: true,
    async run({ storage, reopen }) {
      await orderedQueue(storage.queues, 'a1', 'a2', 'b1');
      const key = { deduplicationKey: 'k' };
      const [sent] = await storage.queues.sendOrdered('q', [ordered('c1', key)], WINDOW);
      await take(storage.queues, { max: 1 });
      const { queues } = await reopen();
      assert.deepEqual(await queues.counts('q', NOW), { visible: 3, inFlight: 1, delayed: 0 });
      assert.equal(await taken(queues), 'b1 c1');
      assert.deepEqual(await queues.sendOrdered('q', [ordered('c2', key)], WINDOW), [sent]);
      const [next] = await queues.sendOrdered('q', [ordered('a3')], WINDOW);
      assert.ok(next!.sequence > sent!.sequence);
      assert.equal(await taken(queues, { now: NOW + 30_000, max: 3 }), 'a1 a2 a3');
    },
  },
];
