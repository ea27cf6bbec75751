// Core NATS and JetStream against the real nats-server.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AckPolicy, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { systemClock } from '../../src/clock.ts';
import type { DocumentedConnector, OutgoingDelivery } from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import type { ServiceDirectory } from '../../src/model/service-settings.ts';
import { systemRandom } from '../../src/random.ts';
import { natsTargets } from '../../src/targets/nats/index.ts';
import { brokerSuite, type BrokerWorld } from './broker-suite.ts';
import { tlsSuite } from './broker-tls.ts';
import { MAX_PAYLOAD, PASSWORD, startNats, type NatsServer } from './nats-server.ts';
import { skipWithout } from './server-process.ts';
import { CONTEXT, delivery, type Arrived } from './target-suite.ts';

const skip = skipWithout('nats-server');
const SUBJECT = 'arn:busbar:nats:::subject/orders.placed';
const JETSTREAM = 'arn:busbar:nats:::jetstream/orders.placed';
const OVERSIZED = JSON.stringify('x'.repeat(MAX_PAYLOAD));
const never = (): AbortSignal => new AbortController().signal;

const connectors = (services: ServiceDirectory): DocumentedConnector[] =>
  natsTargets(services, { clock: systemClock(), random: systemRandom() });

const servicesOf = ({ port }: { port: number }): ServiceDirectory => ({
  nats: { url: `nats://127.0.0.1:${port}`, user: 'busbar', password: PASSWORD },
  'nats:stranger': { url: `nats://busbar:${PASSWORD}-wrong@127.0.0.1:${port}` },
});

/** What looks at the other end. */
interface Watcher {
  open(connection: NatsConnection): Promise<void>;
  arrived(connection: NatsConnection): Promise<Arrived[]>;
}

async function openWorld(kind: 'subject' | 'jetstream', watcher: Watcher): Promise<BrokerWorld> {
  const server = await startNats();
  let watching = await server.watch();
  await watcher.open(watching);
  const [subject, jetstream] = connectors(servicesOf(server));
  return {
    connector: (kind === 'subject' ? subject : jetstream)!,
    arn: `arn:busbar:nats:::${kind}/orders.placed`,
    missingArn: `arn:busbar:nats:::${kind}/nobody.stores.this`,
    strangerArn: `arn:busbar:nats:stranger::${kind}/orders.placed`,
    password: PASSWORD,
    repeatKey: 'deliveryId',
    oversized: OVERSIZED,
    unacceptable: OVERSIZED,
    server,
    arrived: () => watcher.arrived(watching),
    async rewatch() {
      watching = await server.watch();
      await watcher.open(watching);
    },
    hold: () => server.hold(),
    async refuse() {
      await server.kill();
      server.allowOrders(false);
      await server.start();
      watching = await server.watch();
    },
    shutDown: () => server.kill(),
    async close() {
      await watching.close();
      await server.remove();
    },
  };
}

/** A plain subscriber. What the server took before we ask has come by the time of the answer. */
function subscriber(): Watcher {
  let messages: Msg[] = [];
  return {
    open: async (connection) => {
      connection.subscribe('orders.>', { callback: (_error, message) => void messages.push(message) });
      await connection.flush();
    },
    arrived: async (connection) => {
      await connection.flush();
      const arrived = messages.map((message) => ({
        id: message.headers!.get('busbar-delivery-id'),
        payload: message.string(),
      }));
      messages = [];
      return arrived;
    },
  };
}

const STREAM = { name: 'ORDERS', subjects: ['orders.>'] };

/** Reads the stream from its beginning, then empties it. */
function streamReader(): Watcher {
  return {
    open: async (connection) => void (await (await jetstreamManager(connection)).streams.add(STREAM)),
    arrived: async (connection) => {
      const manager = await jetstreamManager(connection);
      const messages = await storedIn(manager);
      await manager.streams.purge(STREAM.name);
      return messages.map(({ header, data }) => ({
        id: header.get('Nats-Msg-Id'),
        payload: new TextDecoder().decode(data),
      }));
    },
  };
}

async function storedIn(manager: JetStreamManager) {
  const { state } = await manager.streams.info(STREAM.name);
  const messages = [];
  for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
    const message = await manager.streams.getMessage(STREAM.name, { seq });
    if (message) messages.push(message);
  }
  return messages;
}

const NO_TEXT = 'the server fails with no text of its own: see the broker suite';

brokerSuite({
  name: 'NATS subject',
  skip,
  open: () => openWorld('subject', subscriber()),
  skips: { 'retryable error': NO_TEXT, 'missing resource': 'a subject needs no one to listen' },
});

brokerSuite({
  name: 'NATS JetStream',
  skip,
  open: () => openWorld('jetstream', streamReader()),
  skips: { 'retryable error': NO_TEXT },
});

tlsSuite(
  'NATS',
  skip,
  SUBJECT,
  (services) => connectors(services)[0]!,
  async (certificates) => {
    const server = await startNats(certificates);
    const settings = { url: `tls://localhost:${server.port}`, user: 'busbar', password: PASSWORD };
    return { settings, close: () => server.remove() };
  },
);

/** Sends one delivery to a fresh server; answers the outcomes and the message. */
async function exchange(block: object, change: Partial<OutgoingDelivery> = {}, arn = SUBJECT): Promise<Msg> {
  const server = await startNats();
  const watching = await server.watch();
  const arrived: Msg[] = [];
  watching.subscribe('orders.>', { callback: (_error, message) => void arrived.push(message) });
  await watching.flush();
  const connector = connectors(servicesOf(server)).find((each) => each.accepts(parseArn(arn)!))!;
  const session = connector.open(parseArn(arn)!, { Id: 't', Arn: arn, BusbarParameters: block }, CONTEXT);
  assert.deepEqual(await session.send([delivery(1, change)], never()), [{ status: 'delivered' }]);
  await session.close();
  await watching.flush();
  await watching.close();
  await server.remove();
  assert.equal(arrived.length, 1);
  return arrived[0]!;
}

describe('NATS messages', { skip }, () => {
  const headersOf = (message: Msg): Record<string, string> =>
    Object.fromEntries([...message.headers!].map(([name, [value]]) => [name, value!]));

  test('carry ids, the trace and the headers of the target', async () => {
    const message = await exchange(
      { Headers: { tenant: '$.detail.tenant', kind: 'order', missing: '$.detail.nothing' } },
      {
        event: '{"detail":{"tenant":"größer\\r\\nnats-x: y"}}',
        payload: 'a text',
        traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
      },
    );
    assert.deepEqual(headersOf(message), {
      'busbar-delivery-id': delivery(1).deliveryId,
      'busbar-event-id': delivery(1).eventId,
      'content-type': 'text/plain; charset=utf-8',
      'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
      traceparent: '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01',
      tenant: 'größer��nats-x: y',
      kind: 'order',
    });
    assert.equal(message.string(), 'a text');
  });

  test('CloudEvents, binary', async () => {
    const message = await exchange({ CloudEvents: 'binary' });
    assert.equal(message.headers!.get('ce-id'), delivery(1).eventId);
    assert.equal(message.headers!.get('ce-type'), 'Order');
    assert.equal(message.headers!.get('content-type'), 'application/json');
    assert.deepEqual(message.json(), { index: 1 });
  });

  test('CloudEvents, structured', async () => {
    const message = await exchange({ CloudEvents: 'structured' });
    assert.match(message.headers!.get('content-type'), /^application\/cloudevents\+json/);
    assert.deepEqual((message.json() as { data: unknown }).data, { index: 1 });
  });
});

describe('JetStream', { skip }, () => {
  /** A fresh server with a stream, and a way to send to it. */
  async function withStream(
    stream: object,
    run: (kit: {
      server: NatsServer;
      manager: JetStreamManager;
      readonly send: (index: number, block?: object, change?: Partial<OutgoingDelivery>) => Promise<string>;
    }) => Promise<void>,
  ): Promise<void> {
    const server = await startNats();
    const watching = await server.watch();
    const manager = await jetstreamManager(watching);
    await manager.streams.add({ ...STREAM, ...stream });
    const connector = connectors(servicesOf(server))[1]!;
    try {
      await run({
        server,
        manager,
        async send(index, block = {}, change = {}) {
          const target = { Id: 't', Arn: JETSTREAM, BusbarParameters: block };
          const session = connector.open(parseArn(JETSTREAM)!, target, CONTEXT);
          const [outcome] = await session.send([delivery(index, change)], never());
          await session.close();
          return 'code' in outcome! ? `${outcome.status} ${outcome.code}` : outcome!.status;
        },
      });
    } finally {
      await watching.close();
      await server.remove();
    }
  }

  test('a repeat is stored once', () =>
    withStream({}, async ({ manager, send }) => {
      assert.deepEqual([await send(1), await send(1, {}, { attempt: 2 })], ['delivered', 'delivered']);
      assert.equal((await storedIn(manager)).length, 1);
    }));

  test('a stream that is full is tried again', () =>
    withStream({ max_msgs: 1, discard: 'new' }, async ({ send }) => {
      assert.deepEqual([await send(1), await send(2)], ['delivered', 'retry ERROR_FROM_TARGET']);
    }));

  test('a message beyond the stream’s own bound is refused', () =>
    withStream({ max_msg_size: 1_000 }, async ({ send }) => {
      const payload = JSON.stringify('x'.repeat(2_000));
      assert.equal(await send(1, {}, { payload }), 'reject INVALID_PARAMETER');
    }));

  test('the stream that is expected, and another one', () =>
    withStream({}, async ({ send }) => {
      assert.equal(await send(1, { Stream: 'ORDERS' }), 'delivered');
      assert.equal(await send(2, { Stream: 'OTHERS' }), 'reject NO_RESOURCE');
    }));

  test('no acknowledgement in time', () =>
    withStream({}, async ({ server, send }) => {
      assert.equal(await send(1), 'delivered');
      const connector = connectors(servicesOf(server))[1]!;
      const target = { Id: 't', Arn: JETSTREAM, BusbarParameters: { AckWaitSeconds: 1 } };
      const session = connector.open(parseArn(JETSTREAM)!, target, CONTEXT);
      await session.send([delivery(2)], never());
      const letGo = server.hold();
      const [outcome] = await session.send([delivery(3)], never());
      letGo();
      assert.equal(outcome!.status === 'retry' && outcome!.code, 'TIMEOUT');
      await session.close();
    }));

  test('what was acknowledged outlives the server', () =>
    withStream({}, async ({ server, send }) => {
      assert.equal(await send(1), 'delivered');
      await server.kill();
      await server.start();
      const watching = await server.watch();
      assert.equal((await storedIn(await jetstreamManager(watching))).length, 1);
      await watching.close();
    }));

  test('a consumer gets it', () =>
    withStream({}, async ({ manager, send }) => {
      await manager.consumers.add(STREAM.name, { durable_name: 'payments', ack_policy: AckPolicy.Explicit });
      assert.equal(await send(1), 'delivered');
      const consumer = await manager.jetstream().consumers.get(STREAM.name, 'payments');
      const message = await consumer.next();
      assert.equal(message!.string(), delivery(1).payload);
      message!.ack();
    }));
});

describe('NATS: what PutTargets checks', () => {
  const services: ServiceDirectory = {
    nats: { url: 'nats://one:4222,nats://two:4222', password: 'secret' },
    'nats:http': { url: 'http://one' },
    'nats:typo': { url: 'nats://one', pasword: 'secret' },
  };
  const malformed = (arn: string): string =>
    `Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`;
  const invalid = (arn: string, reason: string): string => `Parameter ${arn} is not valid. Reason: ${reason}`;
  const rows: readonly [arn: string, block: object | undefined, text: string | undefined][] = [
    [SUBJECT, undefined, undefined],
    [JETSTREAM, { Stream: 'ORDERS', AckWaitSeconds: 1, Headers: { a: 'b' } }, undefined],
    ['arn:busbar:nats:::subject/grüße.$x', undefined, undefined],
    ...[
      'arn:busbar:nats:::orders',
      'arn:busbar:nats:::subject/',
      'arn:busbar:nats:::subject/orders.*',
      'arn:busbar:nats:::subject/orders.>',
      'arn:busbar:nats:::subject/a..b',
      'arn:busbar:nats:::subject/$SYS.REQ',
      'arn:busbar:nats:::jetstream/$JS.API.STREAM.DELETE.ORDERS',
      'arn:busbar:nats::000000000000:subject/a',
      'arn:busbar:nats:a b::subject/a',
    ].map((arn): [string, undefined, string] => [arn, undefined, malformed(arn)]),
    [
      'arn:busbar:nats:other::subject/a',
      undefined,
      invalid(
        'arn:busbar:nats:other::subject/a',
        'No NATS server is configured. The configuration file has to say where it is: "services": { "nats:other": "nats://127.0.0.1:4222" }.',
      ),
    ],
    [
      'arn:busbar:nats:http::subject/a',
      undefined,
      invalid(
        'arn:busbar:nats:http::subject/a',
        'The "url" of "nats:http" in the configured "services" does not begin with nats:// or tls://.',
      ),
    ],
    [
      'arn:busbar:nats:typo::subject/a',
      undefined,
      invalid(
        'arn:busbar:nats:typo::subject/a',
        '"pasword" of "nats:typo" in the configured "services" is not valid.',
      ),
    ],
    ...['nats-rollup', 'ce-id', 'busbar-x', 'with space', ''].map((name): [string, object, string] => [
      SUBJECT,
      { Headers: { [name]: 'x' } },
      'Parameter BusbarParameters.Headers is not valid for target t.',
    ]),
  ];
  for (const [arn, block, text] of rows) {
    test(`${arn} ${JSON.stringify(block) ?? ''}`, () => {
      const connector = connectors(services).find((each) => each.accepts(parseArn(arn)!))!;
      const target = { Id: 't', Arn: arn, ...(block && { BusbarParameters: block }) };
      assert.equal(connector.check(parseArn(arn)!, target), text);
    });
  }
});

test('a target whose server is configured no more is tried again', async () => {
  const [subject] = connectors({});
  const session = subject!.open(parseArn(SUBJECT)!, { Id: 't', Arn: SUBJECT }, CONTEXT);
  const [outcome] = await session.send([delivery(1)], never());
  assert.equal(outcome!.status === 'retry' && outcome!.code, 'CONNECTION_FAILURE');
  await session.close();
});
