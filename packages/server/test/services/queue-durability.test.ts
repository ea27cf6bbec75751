// What a restart keeps: queues, attributes, tags and messages, on the store that writes to disk.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Storage } from '../../src/engine/ports/storage.ts';
import { settle } from './manual-clock.ts';
import { queueKit } from './queue-kit.ts';
import { sqlitePlace } from './storages.ts';
import type { StoragePlace } from './storages.ts';

let place: StoragePlace;
/** What a test left open, also one that failed: an open store would keep the process alive. */
let open: Storage[];

beforeEach(() => {
  open = [];
  place = sqlitePlace();
});
afterEach(async () => {
  for (const storage of open) await storage.close();
  place.remove();
});

async function openStorage(): Promise<Storage> {
  const storage = await place.open();
  open.push(storage);
  return storage;
}

async function closeStorage(storage: Storage): Promise<void> {
  open = open.filter((each) => each !== storage);
  await storage.close();
}

test('queues and messages survive a restart, and so do receipt handles', async () => {
  const before = await queueKit({ storage: await openStorage() });
  const url = await before.create('orders', { VisibilityTimeout: '60' });
  await before.call('TagQueue', { QueueUrl: url, Tags: { team: 'red' } });
  await before.call('SendMessage', {
    QueueUrl: url,
    MessageBody: 'grüße 🚌',
    MessageAttributes: { Picture: { DataType: 'Binary', BinaryValue: 'AP8=' } },
  });
  const [taken] = await before.receive(url, { VisibilityTimeout: 0 });
  await before.service.close();
  await closeStorage(before.storage);

  const after = await queueKit({ storage: await openStorage() });
  assert.deepEqual(await after.call('ListQueueTags', { QueueUrl: url }), { Tags: { team: 'red' } });
  assert.equal(await after.create('orders', { VisibilityTimeout: '60' }), url);
  const [message] = await after.receive(url, { MessageAttributeNames: ['All'] });
  assert.equal(message!.Body, 'grüße 🚌');
  assert.equal(message!.MessageId, taken!.MessageId);
  assert.deepEqual(message!.MessageAttributes, { Picture: { DataType: 'Binary', BinaryValue: 'AP8=' } });
  await after.call('DeleteMessage', { QueueUrl: url, ReceiptHandle: taken!.ReceiptHandle });
  await after.clock.advance(60_000);
  assert.deepEqual(await after.receive(url), []);
  await after.service.close();
  await closeStorage(after.storage);
});

test('a deletion that was interrupted is finished at the next start', async () => {
  const storage = await openStorage();
  const before = await queueKit({ storage });
  const url = await before.create('orders');
  await before.send(url, 'x');
  const [queue] = before.service.catalog.all();
  const { id } = queue!.document;
  // The process dies between the queue's removal and that of its messages.
  await storage.catalog.write([
    { kind: 'queue-drop', key: id, value: {}, expect: undefined },
    { kind: 'queue', key: '000000000000/us-east-1/orders', remove: true, expect: undefined },
  ]);
  await before.service.close();
  await closeStorage(storage);

  const reopened = await openStorage();
  const after = await queueKit({ storage: reopened });
  assert.deepEqual(await reopened.queues.counts(id, after.clock.now()), {
    visible: 0,
    inFlight: 0,
    delayed: 0,
  });
  assert.deepEqual(await reopened.catalog.list('queue-drop'), []);
  await after.service.close();
});

test('a note about a deletion that never happened harms nobody', async () => {
  const storage = await openStorage();
  const before = await queueKit({ storage });
  const url = await before.create('orders');
  await before.send(url, 'x');
  const { id } = before.service.catalog.all()[0]!.document;
  await storage.catalog.write([{ kind: 'queue-drop', key: id, value: {}, expect: undefined }]);
  await before.service.close();

  const after = await queueKit({ storage });
  assert.deepEqual(
    (await after.receive(url)).map(({ Body }) => Body),
    ['x'],
  );
  assert.deepEqual(await storage.catalog.list('queue-drop'), []);
  await after.service.close();
});

test('two services on one storage see what the other does', async () => {
  const storage = await openStorage();
  const [one, two] = [await queueKit({ storage }), await queueKit({ storage, seed: 2 })];
  const url = await one.create('orders');
  await settle(20);
  await two.send(url, 'x');
  await two.call('SetQueueAttributes', { QueueUrl: url, Attributes: { VisibilityTimeout: '7' } });
  // The first has not heard of the change yet, loses, reads again and wins.
  await one.call('TagQueue', { QueueUrl: url, Tags: { team: 'red' } });
  const { document } = one.service.catalog.all()[0]!;
  assert.deepEqual([document.attributes, document.tags], [{ VisibilityTimeout: '7' }, { team: 'red' }]);
  await one.service.close();
  await two.service.close();
});

test('two services create the same queue at the same time', async () => {
  const storage = await openStorage();
  const [one, two] = [await queueKit({ storage }), await queueKit({ storage, seed: 2 })];
  const urls = await Promise.all([one.create('orders'), two.create('orders'), one.create('orders')]);
  assert.equal(new Set(urls).size, 1);
  await settle(20);
  const ids = [one, two].map(({ service }) => service.catalog.all().map(({ document }) => document.id));
  assert.deepEqual(ids[0], ids[1]);
  assert.equal((await storage.catalog.list('queue')).length, 1);
  await one.send(urls[0]!, 'x');
  assert.equal((await two.receive(urls[0]!)).length, 1);
  await one.service.close();
  await two.service.close();
});
