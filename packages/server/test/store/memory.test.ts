import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { storageSuite } from './storage-suite.ts';

storageSuite({
  name: 'memory',
  cannotReopen: 'a store in memory is gone once it is closed',
  open: async (options) => ({ storage: createMemoryStorage(options), dispose: async () => undefined }),
});

it('memory: lets go of what is trimmed and removed', async () => {
  const { log, queues } = createMemoryStorage();
  await log.create('bus');
  await queues.create('q');
  for (let round = 0; round < 20; round++) {
    const now = round * 1_000;
    const records = Array.from({ length: 1_000 }, () => ({
      eventId: 'e',
      ingestedAt: now,
      account: '1',
      event: '{}',
    }));
    const positions = await log.append('bus', records);
    assert.equal(await log.trim('bus', positions.at(-1)! + 1n, 10_000), 1_000);
    assert.deepEqual(await log.readAt('bus', positions), []);
    await queues.send(
      'q',
      records.map(() => ({ messageId: 'm', body: 'b', senderId: 's', sentAt: now, visibleAt: now })),
    );
    const order = { max: 1_000, now, visibleAgainAt: now + 1e9, sentAfter: -1 };
    const { messages: received } = await queues.receive('q', order);
    assert.equal((await queues.remove('q', received)).filter(Boolean).length, 1_000);
  }
  assert.equal(await queues.nextVisible('q'), undefined);
});
