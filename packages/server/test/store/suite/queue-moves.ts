import assert from 'node:assert/strict';
import type { QueueKind, QueueStore, RedriveRule } from '../../../src/engine/ports/queue-storage.ts';
import type { Behaviour } from './behaviour.ts';
import { ids, NOW, ordered, standard, take, taken, WINDOW } from './queue-parts.ts';

const redrive: RedriveRule = { maxReceives: 2, to: 'dead', source: 'arn:q' };

async function send(queues: QueueStore, kind: QueueKind, queue: string, ...names: string[]): Promise<void> {
  if (kind === 'ordered')
    await queues.sendOrdered(
      queue,
      names.map((name) => ordered(name)),
      WINDOW,
    );
  else
    await queues.send(
      queue,
      names.map((name) => standard(name, { messageId: name })),
    );
}

async function pair(queues: QueueStore, kind: QueueKind, ...names: string[]): Promise<void> {
  await queues.create('q', kind);
  await queues.create('dead', kind);
  await send(queues, kind, 'q', ...names);
}

/** Receives everything and shows it again at once, so many times. */
async function receiveTimes(queues: QueueStore, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await take(queues, { visibleAgainAt: NOW, redrive });
}

const rowsFor = (kind: QueueKind): Behaviour[] => [
  {
    name: `${kind}: a message received too often moves as a whole instead of being received once more`,
    async run({ storage: { queues } }) {
      await pair(queues, kind, 'a1');
      await receiveTimes(queues, 2);
      assert.deepEqual(await queues.counts('dead', NOW), { visible: 0, inFlight: 0, delayed: 0 });
      const now = NOW + 10;
      assert.deepEqual(await take(queues, { redrive, now }), { messages: [], moved: 1, atLimit: false });
      assert.deepEqual(await queues.counts('q', now), { visible: 0, inFlight: 0, delayed: 0 });
      assert.deepEqual(await queues.counts('dead', now), { visible: 1, inFlight: 0, delayed: 0 });
      const { messages } = await take(queues, { queue: 'dead', now });
      assert.deepEqual(messages, [
        {
          messageId: 'a1',
          body: 'body a1',
          attributes: undefined,
          senderId: '123456789012',
          sentAt: NOW,
          sequence: messages[0]!.sequence,
          visibleAt: now + 30_000,
          receiveCount: 3,
          firstReceivedAt: NOW,
          receipt: 3,
          deadLetterSource: 'arn:q',
        },
      ]);
      assert.deepEqual(await queues.removeInFlight('dead', messages, now), ['removed']);
    },
  },
  {
    name: `${kind}: exhausted messages make way for those behind them in the same call`,
    async run({ storage: { queues } }) {
      await pair(queues, kind, 'a1', 'a2', 'a3');
      await receiveTimes(queues, 2);
      await send(queues, kind, 'q', 'a4', 'b1');
      const { messages, moved } = await take(queues, { redrive, max: 2 });
      assert.deepEqual([ids(messages), moved], ['a4 b1', 3]);
      assert.equal(await taken(queues, { queue: 'dead' }), 'a1 a2 a3');
    },
  },
  {
    name: `${kind}: without a queue to move to, messages are received on`,
    async run({ storage: { queues } }) {
      await pair(queues, kind, 'a1');
      await queues.create('other', kind === 'ordered' ? 'standard' : 'ordered');
      await receiveTimes(queues, 2);
      for (const to of ['none', 'other', 'q']) {
        const { messages, moved } = await take(queues, { redrive: { ...redrive, to }, visibleAgainAt: NOW });
        assert.deepEqual([ids(messages), moved], ['a1', 0]);
      }
    },
  },
  {
    name: `${kind}: a move task's messages arrive as new ones, so many a call`,
    async run({ storage: { queues } }) {
      await pair(queues, kind, 'a1', 'b1', 'c1');
      await receiveTimes(queues, 2);
      await take(queues, { redrive });
      const now = NOW + 1_000;
      const [hidden] = (await take(queues, { queue: 'dead', max: 1, now })).messages;
      const move = { now, sentAfter: 0, messageIds: ['x', 'y', 'z'], to: 'q' };
      assert.deepEqual(await queues.move('dead', { ...move, messageIds: ['w'] }), {
        moved: 1,
        blocked: false,
      });
      assert.deepEqual(await queues.move('dead', move), { moved: 1, blocked: false });
      assert.deepEqual(await queues.move('dead', move), { moved: 0, blocked: false });
      const { messages } = await take(queues, { now });
      assert.deepEqual(
        messages.map((each) => [
          each.messageId,
          each.body,
          each.sentAt,
          each.receiveCount,
          each.firstReceivedAt,
        ]),
        [
          ['w', 'body b1', now, 1, now],
          ['x', 'body c1', now, 1, now],
        ],
      );
      assert.ok(messages.every(({ deadLetterSource }) => deadLetterSource === undefined));
      assert.deepEqual(await queues.removeInFlight('dead', [hidden!], now), ['removed']);
    },
  },
  {
    name: `${kind}: each to the queue that it came from; one without stays and blocks`,
    async run({ storage: { queues } }) {
      await pair(queues, kind, 'a1');
      await queues.create('r', kind);
      await send(queues, kind, 'r', 'b1');
      await receiveTimes(queues, 2);
      for (let n = 0; n < 2; n++) await take(queues, { queue: 'r', visibleAgainAt: NOW });
      await take(queues, { redrive });
      await take(queues, { queue: 'r', redrive: { ...redrive, source: 'arn:r' } });
      await send(queues, kind, 'dead', 'c1');
      const to = new Map([
        ['arn:q', 'q'],
        ['arn:r', 'r'],
      ]);
      const now = NOW + 1;
      const move = { now, sentAfter: 0, messageIds: ['x', 'y', 'z'], to };
      assert.deepEqual(await queues.move('dead', move), { moved: 2, blocked: true });
      assert.equal((await take(queues, { now })).messages[0]!.body, 'body a1');
      assert.equal((await take(queues, { now, queue: 'r' })).messages[0]!.body, 'body b1');
      assert.equal(await taken(queues, { now, queue: 'dead' }), 'c1');
    },
  },
  {
    name: `${kind}: what was moved stays moved over a restart`,
    reopens: true,
    async run({ storage, reopen }) {
      await pair(storage.queues, kind, 'a1', 'b1');
      await receiveTimes(storage.queues, 2);
      await take(storage.queues, { redrive });
      const { queues } = await reopen();
      assert.equal(await taken(queues), '');
      const { messages } = await take(queues, { queue: 'dead' });
      assert.deepEqual(
        messages.map((each) => [each.messageId, each.deadLetterSource]),
        [
          ['a1', 'arn:q'],
          ['b1', 'arn:q'],
        ],
      );
    },
  },
  {
    name: `${kind}: what is in flight is limited`,
    async run({ storage: { queues } }) {
      await pair(queues, kind, 'a1', 'b1', 'c1');
      assert.equal(await taken(queues, { maxInFlight: 2 }), 'a1 b1');
      assert.deepEqual(await take(queues, { maxInFlight: 2 }), { messages: [], moved: 0, atLimit: true });
      assert.equal((await take(queues, { maxInFlight: 2, now: NOW + 30_000 })).messages.length, 2);
    },
  },
];

/** Dead letters, move tasks and the limit of messages in flight: alike for both kinds of queues. */
export const queueMoveBehaviours: readonly Behaviour[] = [...rowsFor('standard'), ...rowsFor('ordered')];
