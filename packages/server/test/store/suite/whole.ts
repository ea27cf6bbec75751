import assert from 'node:assert/strict';
import { rejectsWith, type Behaviour } from './behaviour.ts';

const record = (id: number) => ({ eventId: `${id}`, ingestedAt: 1, account: '1', event: `{"n":${id}}` });

export const wholeBehaviours: readonly Behaviour[] = [
  {
    name: "a caller's mistake fails that caller only",
    async run({ storage: { log, queues } }) {
      await log.create('bus');
      await queues.create('q');
      const calls = await Promise.allSettled([
        log.append('bus', [record(1)]),
        log.append('none', [record(9)]),
        queues.send('none', []),
        log.append('bus', [record(2)]),
        log.create('third'),
      ]);
      assert.deepEqual(
        calls.map(({ status }) => status),
        ['fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled'],
      );
      assert.equal((await log.read('bus', 0n, 10, 1_000)).length, 2);
    },
  },
  {
    name: 'calls made one after the other without waiting take effect in that order',
    async run({ storage: { log, queues } }) {
      const message = { messageId: 'm', body: 'b', senderId: 's', sentAt: 5, visibleAt: 5 };
      const calls = [
        log.create('bus'),
        log.append('bus', [record(1)]),
        log.drop('bus'),
        log.create('bus'),
        log.append('bus', [record(2)]),
        queues.create('q'),
        queues.send('q', [message]),
        queues.purge('q'),
        queues.send('q', [{ ...message, messageId: 'n' }]),
      ];
      await Promise.all(calls);
      assert.deepEqual(
        (await log.read('bus', 0n, 10, 1_000)).map(({ eventId }) => eventId),
        ['2'],
      );
      assert.deepEqual(
        (await queues.receive('q', { max: 10, now: 5, visibleAgainAt: 6, sentAfter: 0 })).messages.map(
          ({ messageId }) => messageId,
        ),
        ['n'],
      );
    },
  },
  {
    name: 'closing lets calls under way finish; a durable store then refuses',
    reopens: true,
    async run({ storage, reopen }) {
      await storage.log.create('bus');
      const under = Array.from({ length: 50 }, (_, index) => storage.log.append('bus', [record(index)]));
      const again = reopen();
      await rejectsWith('closed', storage.log.append('bus', [record(99)]));
      await rejectsWith('closed', storage.catalog.list('rule'));
      await Promise.all(under);
      const { log } = await again;
      assert.equal((await log.read('bus', 0n, 100, 100_000)).length, 50);
    },
  },
];
