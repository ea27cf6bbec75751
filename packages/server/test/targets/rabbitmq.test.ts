// RabbitMQ against the real rabbitmq-server. It takes seconds to start, so most cases reach it through a proxy that goes
// away, comes back and hangs in its place; one case starts the server itself anew.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Channel, ChannelModel, GetMessage } from 'amqplib';
import { systemClock } from '../../src/clock.ts';
import type { OutgoingDelivery, SendOutcome } from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import type { ServiceDirectory } from '../../src/model/service-settings.ts';
import { systemRandom } from '../../src/random.ts';
import { rabbitmqTarget } from '../../src/targets/rabbitmq/index.ts';
import { brokerSuite, type BrokerWorld } from './broker-suite.ts';
import { tlsSuite } from './broker-tls.ts';
import { MAX_MESSAGE, PASSWORD, skip, startRabbit, type RabbitServer } from './rabbitmq-server.ts';
import { until } from './server-process.ts';
import { CONTEXT, delivery, type Arrived } from './target-suite.ts';
import { startProxy } from './tcp-proxy.ts';

const QUEUE = 'arn:busbar:rabbitmq:::queue/orders';
const EXCHANGE = 'arn:busbar:rabbitmq:::exchange/events/order.placed';
const OVERSIZED = JSON.stringify('x'.repeat(MAX_MESSAGE));
const POLL_MS = 20;
const never = (): AbortSignal => new AbortController().signal;

const connectorFor = (services: ServiceDirectory) =>
  rabbitmqTarget(services, { clock: systemClock(), random: systemRandom() });

let server: RabbitServer;
let watching: ChannelModel;
let channel: Channel;

async function watch(): Promise<void> {
  watching = await server.connect();
  watching.on('error', () => undefined);
  channel = await watching.createChannel();
  await channel.assertQueue('orders', { durable: true });
  await channel.assertExchange('events', 'topic');
  await channel.bindQueue('orders', 'events', 'order.#');
}

before(async () => {
  if (skip) return;
  server = await startRabbit();
  await watch();
});

after(() => server?.remove());

/** Empties the queue. */
async function messages(): Promise<GetMessage[]> {
  const all: GetMessage[] = [];
  for (;;) {
    const message = await channel.get('orders', { noAck: true });
    if (!message) return all;
    all.push(message);
  }
}

/** What arrived, once each: messages that were under way when the server closed the channel come twice. */
async function arrived(): Promise<Arrived[]> {
  const byId = new Map<string, Arrived>();
  for (const { properties, content } of await messages()) {
    const id = String(properties.messageId);
    if (!byId.has(id)) byId.set(id, { id, payload: content.toString() });
  }
  return [...byId.values()].sort((one, other) => one.id.localeCompare(other.id));
}

async function openWorld(kind: 'queue' | 'exchange'): Promise<BrokerWorld> {
  await channel.purgeQueue('orders');
  const proxy = await startProxy(server.port);
  const main = { url: `amqp://127.0.0.1:${proxy.port}`, user: 'busbar', password: PASSWORD };
  const services = {
    rabbitmq: main,
    'rabbitmq:stranger': { url: `amqp://busbar:${PASSWORD}-wrong@127.0.0.1:${proxy.port}` },
  };
  const rest = kind === 'queue' ? 'queue/orders' : 'exchange/events/order.placed';
  return {
    connector: connectorFor(services),
    arn: `arn:busbar:rabbitmq:::${rest}`,
    missingArn: `arn:busbar:rabbitmq:::${kind}/nothing`,
    strangerArn: `arn:busbar:rabbitmq:stranger::${rest}`,
    password: PASSWORD,
    repeatKey: 'deliveryId',
    oversized: OVERSIZED,
    unacceptable: OVERSIZED,
    server: { ...proxy, output: () => server.output() },
    arrived,
    rewatch: async () => undefined,
    hold: () => proxy.hold(),
    refuse: async () => void (main.user = 'reader'),
    shutDown: () => proxy.kill(),
    close: () => proxy.kill(),
  };
}

const NO_TEXT = 'the server fails with no text of its own: see the broker suite';

for (const kind of ['queue', 'exchange'] as const) {
  brokerSuite({
    name: `RabbitMQ ${kind}`,
    skip,
    open: () => openWorld(kind),
    skips: { 'retryable error': NO_TEXT },
  });
}

tlsSuite('RabbitMQ', skip, QUEUE, connectorFor, async ({ serverOptions }) => {
  const proxy = await startProxy(server.port, undefined, serverOptions);
  const settings = { url: `amqps://localhost:${proxy.port}`, user: 'busbar', password: PASSWORD };
  return { settings, close: () => proxy.kill() };
});

/** Sends deliveries in one batch, straight to the server. */
async function send(
  arn: string,
  block: object,
  changes: readonly Partial<OutgoingDelivery>[],
): Promise<SendOutcome[]> {
  const connector = connectorFor({
    rabbitmq: { url: `amqp://127.0.0.1:${server.port}`, user: 'busbar', password: PASSWORD },
  });
  const session = connector.open(parseArn(arn)!, { Id: 't', Arn: arn, BusbarParameters: block }, CONTEXT);
  const outcomes = await session.send(
    changes.map((change, index) => delivery(index, change)),
    never(),
  );
  await session.close();
  return outcomes;
}

const codes = (outcomes: readonly SendOutcome[]): string[] =>
  outcomes.map((outcome) => ('code' in outcome ? `${outcome.status} ${outcome.code}` : outcome.status));

describe('RabbitMQ messages', { skip }, () => {
  beforeEach(() => channel.purgeQueue('orders'));

  test('carry ids, the trace and the headers of the target', async () => {
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0';
    assert.deepEqual(codes(await send(QUEUE, { Headers: { kind: 'order' } }, [{ traceHeader: trace }])), [
      'delivered',
    ]);
    const [message] = await messages();
    const { properties, content } = message!;
    assert.deepEqual(properties.headers, {
      'busbar-delivery-id': delivery(0).deliveryId,
      'busbar-event-id': delivery(0).eventId,
      'X-Amzn-Trace-Id': trace,
      traceparent: '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00',
      kind: 'order',
    });
    const { messageId, contentType, deliveryMode, timestamp, appId } = properties;
    assert.deepEqual(
      { messageId, contentType, deliveryMode, timestamp, appId },
      {
        messageId: delivery(0).deliveryId,
        contentType: 'application/json',
        deliveryMode: 2,
        timestamp: 1_700_000_000,
        appId: 'busbar',
      },
    );
    assert.equal(content.toString(), delivery(0).payload);
  });

  test('need not be persistent', async () => {
    await send(QUEUE, { Persistent: false }, [{}]);
    const [message] = await messages();
    assert.equal(message!.properties.deliveryMode, 1);
  });

  test('CloudEvents, binary and structured', async () => {
    await send(QUEUE, { CloudEvents: 'binary' }, [{}]);
    await send(QUEUE, { CloudEvents: 'structured' }, [{}]);
    const [binary, structured] = await messages();
    assert.equal(binary!.properties.headers!['cloudEvents:type'], 'Order');
    assert.equal(binary!.properties.contentType, 'application/json');
    assert.deepEqual(JSON.parse(binary!.content.toString()), { index: 0 });
    assert.match(String(structured!.properties.contentType), /^application\/cloudevents\+json/);
    assert.equal((JSON.parse(structured!.content.toString()) as { type: string }).type, 'Order');
  });
});

describe('RabbitMQ routing', { skip }, () => {
  beforeEach(() => channel.purgeQueue('orders'));

  const withDetail = (detail: object): Partial<OutgoingDelivery> => ({ event: JSON.stringify({ detail }) });

  test('by a key from the event, each message with its own outcome', async () => {
    const outcomes = await send(EXCHANGE, { RoutingKey: '$.detail.key' }, [
      withDetail({ key: 'order.paid' }),
      withDetail({}),
      withDetail({ key: 'nobody.listens' }),
      withDetail({ key: 'x'.repeat(256) }),
      withDetail({ key: 'order.sent' }),
    ]);
    assert.deepEqual(codes(outcomes), [
      'delivered',
      'reject INVALID_PARAMETER',
      'reject NO_RESOURCE',
      'reject INVALID_PARAMETER',
      'delivered',
    ]);
    const keys = (await messages()).map(({ fields }) => fields.routingKey);
    assert.deepEqual(keys, ['order.paid', 'order.sent']);
  });

  test('one message that closes the channel is no other send’s fault', async () => {
    const connector = connectorFor({
      rabbitmq: { url: `amqp://127.0.0.1:${server.port}`, user: 'busbar', password: PASSWORD },
    });
    const session = connector.open(parseArn(QUEUE)!, { Id: 't', Arn: QUEUE }, CONTEXT);
    await session.send([delivery(0)], never());
    const sends = [1, 2, 3, 4].map((index) =>
      session.send([delivery(index, index === 2 ? { payload: OVERSIZED } : {})], never()),
    );
    assert.deepEqual(codes((await Promise.all(sends)).flat()), [
      'delivered',
      'reject INVALID_PARAMETER',
      'delivered',
      'delivered',
    ]);
    await session.close();
    const ids = (await arrived()).map(({ id }) => id);
    assert.deepEqual(
      ids,
      [0, 1, 3, 4].map((index) => delivery(index).deliveryId),
    );
  });

  test('nowhere, when that is allowed', async () => {
    const outcomes = await send('arn:busbar:rabbitmq:::exchange/events/nobody', { Mandatory: false }, [{}]);
    assert.deepEqual(codes(outcomes), ['delivered']);
  });

  test('to a queue that is full', async () => {
    const options = { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } };
    await channel.assertQueue('full', options);
    assert.deepEqual(codes(await send('arn:busbar:rabbitmq:::queue/full', {}, [{}])), ['delivered']);
    assert.deepEqual(codes(await send('arn:busbar:rabbitmq:::queue/full', {}, [{}])), [
      'retry ERROR_FROM_TARGET',
    ]);
    await channel.deleteQueue('full');
  });
});

test('a server that is out of memory is spared, until it has some again', { skip }, async () => {
  const connector = connectorFor({
    rabbitmq: { url: `amqp://127.0.0.1:${server.port}`, user: 'busbar', password: PASSWORD },
  });
  const session = connector.open(parseArn(QUEUE)!, { Id: 't', Arn: QUEUE }, CONTEXT);
  assert.deepEqual(codes(await session.send([delivery(1)], never())), ['delivered']);
  server.alarm(true);
  // The server tells those who publish; what is under way by then it takes after the alarm.
  const early: Promise<SendOutcome[]>[] = [];
  let refused: SendOutcome[] = [];
  await until('a refusal', async () => {
    const sending = session.send([delivery(2)], never());
    early.push(sending);
    refused = await Promise.race([sending, pause(POLL_MS).then(() => [])]);
    return refused[0]?.status === 'retry';
  });
  assert.deepEqual(codes(refused), ['retry THROTTLING']);
  server.alarm(false);
  await until('a delivery', async () => {
    const [outcome] = await session.send([delivery(3)], never());
    return outcome!.status === 'delivered';
  });
  await Promise.all(early);
  await session.close();
});

test('what was confirmed outlives the server, and deliveries go on behind it', { skip }, async () => {
  const connector = connectorFor({
    rabbitmq: { url: `amqp://127.0.0.1:${server.port}`, user: 'busbar', password: PASSWORD },
  });
  const session = connector.open(parseArn(QUEUE)!, { Id: 't', Arn: QUEUE }, CONTEXT);
  await channel.purgeQueue('orders');
  assert.deepEqual(codes(await session.send([delivery(1)], never())), ['delivered']);
  await server.kill();
  assert.deepEqual(codes(await session.send([delivery(2)], never())), ['retry CONNECTION_FAILURE']);
  await server.start();
  await until('delivery 2', async () => {
    const [outcome] = await session.send([delivery(2)], never());
    return outcome!.status === 'delivered';
  });
  await session.close();
  await watch();
  assert.deepEqual(
    (await arrived()).map(({ id }) => id),
    [delivery(1).deliveryId, delivery(2).deliveryId],
  );
});

describe('RabbitMQ: what PutTargets checks', () => {
  const connector = connectorFor({ rabbitmq: { url: 'amqp://one,amqps://two/vhost' } });
  const rows: readonly [arn: string, isFine: boolean][] = [
    [QUEUE, true],
    [EXCHANGE, true],
    ['arn:busbar:rabbitmq:::exchange/events', true],
    ['arn:busbar:rabbitmq:::exchange/events/a/b', true],
    ['arn:busbar:rabbitmq:::queue/a/b', true],
    ['arn:busbar:rabbitmq:::queue/', false],
    ['arn:busbar:rabbitmq:::exchange//key', false],
    ['arn:busbar:rabbitmq:::topic/a', false],
    [`arn:busbar:rabbitmq:::queue/${'x'.repeat(256)}`, false],
    ['arn:busbar:rabbitmq:us east::queue/a', false],
  ];
  for (const [arn, isFine] of rows) {
    test(`${arn.slice(0, 60)} is ${isFine ? 'fine' : 'refused'}`, () => {
      const text = connector.check(parseArn(arn)!, { Id: 't', Arn: arn });
      assert.equal(
        text,
        isFine ? undefined : `Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`,
      );
    });
  }
});
