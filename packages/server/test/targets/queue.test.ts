// The queue target against the real queue service, on every store.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { QueueSend } from '../../src/engine/ports/queue-sender.ts';
import type { QueueStore } from '../../src/engine/ports/queue-storage.ts';
import { StorageError } from '../../src/engine/ports/storage.ts';
import { parseArn } from '../../src/model/arn.ts';
import { limits } from '../../src/model/limits.ts';
import type { TargetSettings } from '../../src/model/resources.ts';
import { queueTarget } from '../../src/targets/queue.ts';
import { queueKit, withQueues } from '../services/queue-kit.ts';
import { places } from '../services/storages.ts';
import type { StoragePlace } from '../services/storages.ts';
import { delivery, targetSuite } from './target-suite.ts';
import type { Arrived, TargetWorld } from './target-suite.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:orders';
const DENY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' }],
});

async function openWorld(makePlace: () => StoragePlace): Promise<TargetWorld> {
  const place = makePlace();
  const storage = await place.open();
  let failure: Error | undefined;
  let held: Promise<void> | undefined;
  const send: QueueStore['send'] = async (...args) => {
    await held;
    if (failure) throw failure;
    return storage.queues.send(...args);
  };
  const kit = await queueKit({ storage: withQueues(storage, { send }) });
  const url = await kit.create('orders');
  let closed = false;
  const shutDown = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await kit.service.close();
    await storage.close();
    // The store that forgets everything does not mind calls after its end; a store on disk does so by itself.
    failure ??= new StorageError('closed', 'the store is closed');
  };
  return {
    connector: queueTarget(kit.service),
    arn: QUEUE,
    missingArn: `${QUEUE}-missing`,
    repeatKey: 'deliveryId',
    oversized: 'x'.repeat(limits.queueMessageBytes + 1),
    unacceptable: '\u0000',
    async arrived() {
      const arrived: Arrived[] = [];
      for (;;) {
        const messages = await kit.receive(url, { MaxNumberOfMessages: 10 });
        if (messages.length === 0) return arrived;
        arrived.push(...messages.map(({ MessageId, Body }) => ({ id: MessageId, payload: Body })));
      }
    },
    failForNow: (secret) => (failure = new StorageError('io', `the disk said ${secret}`)),
    refuse: async () => {
      await kit.call('SetQueueAttributes', { QueueUrl: url, Attributes: { Policy: DENY } });
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    shutDown,
    async close() {
      await shutDown();
      place.remove();
    },
  };
}

for (const { name, make } of places) {
  targetSuite({ name: `queue on ${name}`, open: () => openWorld(make) });
}

describe('message groups', () => {
  const groupsFor = async (setting: string, ...details: object[]) => {
    const sent: QueueSend[] = [];
    const connector = queueTarget({
      send: async (_queue, messages) => {
        sent.push(...messages);
        return messages.map(() => ({ status: 'delivered' as const }));
      },
    });
    const target = { Id: 't', Arn: QUEUE, SqsParameters: { MessageGroupId: setting } };
    const session = connector.open(parseArn(QUEUE)!, target, {
      account: '000000000000',
      region: 'us-east-1',
      ruleArn: 'rule',
    });
    const batch = details.map((detail, index) =>
      delivery(index, { event: JSON.stringify({ detail }), payload: '"transformed"' }),
    );
    const outcomes = await session.send(batch, new AbortController().signal);
    return { groups: sent.map(({ groupId }) => groupId), outcomes };
  };

  for (const [setting, group] of [
    ['orders', 'orders'],
    ['$.detail.customer', 'c-1'],
    ["$.detail['number']", '7'],
    ['$not a path', '$not a path'],
  ] as const) {
    test(`${setting} → ${group}`, async () => {
      assert.deepEqual((await groupsFor(setting, { customer: 'c-1', number: 7 })).groups, [group]);
    });
  }

  test('an event without the member is rejected, its neighbours are not', async () => {
    const details = [{ customer: 'a' }, {}, { customer: null }, { customer: { id: 1 } }, { customer: 'b' }];
    const { groups, outcomes } = await groupsFor('$.detail.customer', ...details);
    assert.deepEqual(groups, ['a', 'b']);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['delivered', 'reject', 'reject', 'reject', 'delivered'],
    );
  });
});

describe('FIFO queues', () => {
  const FIFO = `${QUEUE}.fifo`;

  /** Delivers to a real queue with these attributes; answers what became of each delivery, and what arrived. */
  async function deliver(attributes: Record<string, string>) {
    const kit = await queueKit();
    const url = await kit.create('orders.fifo', { FifoQueue: 'true', ...attributes });
    const SqsParameters = { MessageGroupId: '$.detail.customer' };
    const session = queueTarget(kit.service).open(
      parseArn(FIFO)!,
      { Id: 't', Arn: FIFO, SqsParameters },
      { account: '000000000000', region: 'us-east-1', ruleArn: 'rule' },
    );
    const batch = ['a', 'b', 'a'].map((customer, index) =>
      delivery(index, { event: JSON.stringify({ detail: { customer } }), payload: `"${index}"` }),
    );
    const outcomes = await session.send(batch, new AbortController().signal);
    const messages = await kit.receive(url, { MaxNumberOfMessages: 10, AttributeNames: ['All'] });
    return {
      outcomes,
      arrived: messages.map(({ Body, Attributes }) => `${Attributes!['MessageGroupId']} ${Body}`),
    };
  }

  test('each event to its group, in order within the group', async () => {
    const { outcomes, arrived } = await deliver({ ContentBasedDeduplication: 'true' });
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['delivered', 'delivered', 'delivered'],
    );
    assert.deepEqual(arrived, ['a "0"', 'a "2"', 'b "1"']);
  });

  test('a queue without content-based deduplication refuses', async () => {
    const { outcomes, arrived } = await deliver({});
    assert.deepEqual(arrived, []);
    for (const outcome of outcomes) {
      assert.equal(outcome.status === 'reject' && outcome.code, 'INVALID_PARAMETER');
    }
  });
});

describe('what PutTargets checks', () => {
  const connector = queueTarget({ send: async () => [] });
  const FIFO = `${QUEUE}.fifo`;
  const group = { SqsParameters: { MessageGroupId: 'g' } };
  const rows: readonly [
    title: string,
    arn: string,
    settings: Partial<TargetSettings>,
    text: string | undefined,
  ][] = [
    ['a standard queue', QUEUE, {}, undefined],
    ['a fair queue', QUEUE, group, undefined],
    ['a FIFO queue with its group', FIFO, group, undefined],
    ['a FIFO queue without', FIFO, {}, 'Parameter(s) SqsParameters must be specified for target: t.'],
    [
      'a FIFO queue with an empty block',
      FIFO,
      { SqsParameters: {} },
      'Parameter(s) SqsParameters must be specified for target: t.',
    ],
    [
      'no account',
      'arn:aws:sqs:us-east-1::orders',
      {},
      'Parameter arn:aws:sqs:us-east-1::orders is not valid. Reason: Provided Arn is not in correct format.',
    ],
  ];
  for (const [title, arn, settings, text] of rows) {
    test(title, () => {
      assert.equal(connector.check(parseArn(arn)!, { Id: 't', Arn: arn, ...settings }), text);
    });
  }
});
