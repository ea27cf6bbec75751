// Kafka against the mock cluster of librdkafka, read by librdkafka's consumer.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TlsOptions } from 'node:tls';
import { systemClock } from '../../src/clock.ts';
import type { OutgoingDelivery, SendOutcome } from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import type { ServiceDirectory } from '../../src/model/service-settings.ts';
import { systemRandom } from '../../src/random.ts';
import { kafkaTarget } from '../../src/targets/kafka/index.ts';
import { brokerSuite, type BrokerWorld } from './broker-suite.ts';
import { tlsSuite } from './broker-tls.ts';
import {
  compileMock,
  MAX_REQUEST,
  PASSWORD,
  skip,
  startCluster,
  type KafkaCluster,
  type KafkaRecord,
} from './kafka-cluster.ts';
import { until } from './server-process.ts';
import { CONTEXT, delivery } from './target-suite.ts';

const TOPIC = 'arn:busbar:kafka:::topic/orders';
const PARTITIONS = 3;
const OVERSIZED = JSON.stringify('x'.repeat(MAX_REQUEST));
const UNKNOWN_TOPIC = 3;
const TOPIC_NOT_ALLOWED = 29;
const never = (): AbortSignal => new AbortController().signal;

const connectorFor = (services: ServiceDirectory) =>
  kafkaTarget(services, { clock: systemClock(), random: systemRandom() });

let mock: ReturnType<typeof compileMock>;

before(() => {
  if (!skip) mock = compileMock();
});

after(() => mock?.remove());

async function startOrders(tls?: TlsOptions): Promise<KafkaCluster> {
  const cluster = await startCluster(mock.program, tls);
  await cluster.command(`topic orders ${PARTITIONS}`);
  await cluster.command(`topicerror missing ${UNKNOWN_TOPIC}`);
  return cluster;
}

async function openWorld(): Promise<BrokerWorld> {
  const cluster = await startOrders();
  const url = `kafka://127.0.0.1:${cluster.bridge.port}`;
  return {
    connector: connectorFor({
      kafka: { url, user: 'busbar', password: PASSWORD },
      'kafka:stranger': { url, user: 'busbar', password: `${PASSWORD}-wrong` },
    }),
    arn: TOPIC,
    missingArn: 'arn:busbar:kafka:::topic/missing',
    strangerArn: 'arn:busbar:kafka:stranger::topic/orders',
    password: PASSWORD,
    repeatKey: 'deliveryId',
    oversized: OVERSIZED,
    unacceptable: OVERSIZED,
    server: { ...cluster.bridge, output: () => '' },
    arrived: async () =>
      (await cluster.read('orders', PARTITIONS))
        .map(({ headers, value }) => ({ id: headers['busbar-delivery-id']!, payload: value }))
        .sort((one, other) => one.id.localeCompare(other.id)),
    rewatch: async () => undefined,
    hold: () => cluster.bridge.hold(),
    refuse: async () => void (await cluster.command(`topicerror orders ${TOPIC_NOT_ALLOWED}`)),
    shutDown: () => cluster.bridge.kill(),
    close: () => cluster.close(),
  };
}

brokerSuite({
  name: 'Kafka topic',
  skip,
  open: openWorld,
  skips: { 'retryable error': 'the protocol has codes, no texts: see below' },
});

tlsSuite('Kafka', skip, TOPIC, connectorFor, async ({ serverOptions }) => {
  const cluster = await startOrders(serverOptions);
  const settings = {
    url: `kafka+ssl://localhost:${cluster.bridge.port}`,
    user: 'busbar',
    password: PASSWORD,
  };
  return { settings, close: () => cluster.close() };
});

interface Kit {
  readonly cluster: KafkaCluster;
  readonly send: (block: object, changes: readonly Partial<OutgoingDelivery>[]) => Promise<string[]>;
  readonly read: () => Promise<KafkaRecord[]>;
}

const codes = (outcomes: readonly SendOutcome[]): string[] =>
  outcomes.map((outcome) => ('code' in outcome ? `${outcome.status} ${outcome.code}` : outcome.status));

async function withCluster(run: (kit: Kit) => Promise<void>): Promise<void> {
  const cluster = await startOrders();
  const services = { kafka: { url: `kafka://127.0.0.1:${cluster.bridge.port}` } };
  try {
    await run({
      cluster,
      async send(block, changes) {
        const target = { Id: 't', Arn: TOPIC, BusbarParameters: block };
        const session = connectorFor(services).open(parseArn(TOPIC)!, target, CONTEXT);
        const batch = changes.map((change, index) => delivery(index, change));
        const outcomes = await session.send(batch, never());
        await session.close();
        return codes(outcomes);
      },
      read: () => cluster.read('orders', PARTITIONS),
    });
  } finally {
    await cluster.close();
  }
}

const withDetail = (detail: object): Partial<OutgoingDelivery> => ({ event: JSON.stringify({ detail }) });

describe('Kafka records', { skip }, () => {
  test('carry ids, the trace, the headers of the target, and the event’s id as key', () =>
    withCluster(async ({ send, read }) => {
      const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793';
      await send({ Headers: { kind: 'order', city: '$.detail.city' } }, [
        { ...withDetail({ city: 'Köln' }), payload: '{"ü":1}', traceHeader: trace },
      ]);
      const [{ key, value, headers }] = (await read()) as [KafkaRecord];
      assert.deepEqual(
        { key, value, headers },
        {
          key: delivery(0).eventId,
          value: '{"ü":1}',
          headers: {
            'content-type': 'application/json',
            'busbar-delivery-id': delivery(0).deliveryId,
            'busbar-event-id': delivery(0).eventId,
            'X-Amzn-Trace-Id': trace,
            kind: 'order',
            city: 'Köln',
          },
        },
      );
    }));

  test('CloudEvents, binary and structured', () =>
    withCluster(async ({ send, read }) => {
      await send({ CloudEvents: 'binary', Key: 'k' }, [{}]);
      await send({ CloudEvents: 'structured', Key: 'k' }, [{}]);
      const [binary, structured] = await read();
      assert.equal(binary!.headers['ce_type'], 'Order');
      assert.equal(binary!.headers['content-type'], 'application/json');
      assert.deepEqual(JSON.parse(binary!.value), { index: 0 });
      assert.match(structured!.headers['content-type']!, /^application\/cloudevents\+json/);
      assert.equal((JSON.parse(structured!.value) as { type: string }).type, 'Order');
    }));

  test('with one key stay in order in one partition, where Java’s clients would put it', () =>
    withCluster(async ({ send, read }) => {
      const batch = ['c-1', 'c-2', 'c-1', 'c-3', 'c-1'].map((customer, index) => ({
        ...withDetail({ customer }),
        payload: String(index),
      }));
      await send({ Key: '$.detail.customer' }, batch);
      const records = await read();
      const byKey = (wanted: string) => records.filter(({ key }) => key === wanted);
      assert.deepEqual(
        byKey('c-1').map(({ value }) => value),
        ['0', '2', '4'],
      );
      assert.equal(new Set(byKey('c-1').map(({ partition }) => partition)).size, 1);
      // murmur2, its sign cut off, modulo the number of partitions: known from Kafka's own tests ("foobar" is -790332482).
      await send({ Key: 'foobar' }, [{}]);
      const [foobar] = await read();
      assert.equal(foobar!.partition, (-790_332_482 & 0x7fffffff) % PARTITIONS);
    }));

  test('an event without the key is refused, its neighbours are not', () =>
    withCluster(async ({ send, read }) => {
      const outcomes = await send({ Key: '$.detail.id' }, [
        withDetail({ id: 1 }),
        withDetail({}),
        withDetail({ id: 2 }),
      ]);
      assert.deepEqual(outcomes, ['delivered', 'reject INVALID_PARAMETER', 'delivered']);
      assert.equal((await read()).length, 2);
    }));
});

describe('what a Kafka server answers', { skip }, () => {
  const rows: readonly [name: string, code: number, outcome: string][] = [
    ['COORDINATOR_NOT_AVAILABLE', 15, 'retry ERROR_FROM_TARGET'],
    ['NOT_ENOUGH_REPLICAS', 19, 'retry ERROR_FROM_TARGET'],
    ['REQUEST_TIMED_OUT', 7, 'retry TIMEOUT'],
    ['THROTTLING_QUOTA_EXCEEDED', 89, 'retry THROTTLING'],
    ['TOPIC_AUTHORIZATION_FAILED', 29, 'reject NO_PERMISSIONS'],
    ['INVALID_RECORD', 87, 'reject INVALID_PARAMETER'],
  ];
  for (const [name, code, outcome] of rows) {
    test(`${name}: ${outcome}`, () =>
      withCluster(async ({ cluster, send, read }) => {
        await cluster.command(`produceerror ${code}`);
        assert.deepEqual(await send({}, [{}]), [outcome]);
        assert.deepEqual(await send({}, [{}]), ['delivered']);
        assert.equal((await read()).length, 1);
      }));
  }

  test('a partition that has another leader is looked up and tried once more', () =>
    withCluster(async ({ cluster, send, read }) => {
      await cluster.command('produceerror 6');
      assert.deepEqual(await send({}, [{}]), ['delivered']);
      assert.equal((await read()).length, 1);
    }));
});

test('a cluster that goes and comes back keeps what it acknowledged', { skip }, () =>
  withCluster(async ({ cluster, send, read }) => {
    assert.deepEqual(await send({}, [{}]), ['delivered']);
    await cluster.command('down');
    assert.deepEqual(await send({}, [{}, {}]), ['retry CONNECTION_FAILURE', 'retry CONNECTION_FAILURE']);
    await cluster.command('up');
    await until('a delivery', async () => (await send({}, [{}]))[0] === 'delivered');
    assert.equal((await read()).length, 2);
  }),
);

test('a server that does not answer is asked over a new connection', { skip }, () =>
  withCluster(async ({ cluster, read }) => {
    const services = { kafka: { url: `kafka://127.0.0.1:${cluster.bridge.port}` } };
    const session = connectorFor(services).open(parseArn(TOPIC)!, { Id: 't', Arn: TOPIC }, CONTEXT);
    const send = async () => codes(await session.send([delivery(1)], never()));
    assert.deepEqual(await send(), ['delivered']);
    const letGo = cluster.bridge.hold();
    // As long as the client waits for an answer.
    assert.deepEqual(await send(), ['retry TIMEOUT']);
    letGo();
    assert.deepEqual(await send(), ['delivered']);
    await session.close();
    assert.ok((await read()).length >= 2);
  }),
);

describe('Kafka: what PutTargets checks', () => {
  const connector = connectorFor({
    kafka: { url: 'kafka://one:9092,kafka://two', user: 'u', password: 'p', mechanism: 'SCRAM-SHA-512' },
    'kafka:odd': { url: 'kafka://one,two:9092' },
    'kafka:mechanism': { url: 'kafka+ssl://one', mechanism: 'NONE' },
  });
  const notFormed = 'Provided Arn is not in correct format.';
  const rows: readonly [arn: string, reason: string | undefined][] = [
    [TOPIC, undefined],
    ['arn:busbar:kafka:::topic/orders.placed_v1-x', undefined],
    ['arn:busbar:kafka:::topic/', notFormed],
    ['arn:busbar:kafka:::topic/..', notFormed],
    ['arn:busbar:kafka:::topic/a/b', notFormed],
    ['arn:busbar:kafka:::orders', notFormed],
    [
      'arn:busbar:kafka:odd::topic/a',
      'The "url" of "kafka:odd" in the configured "services" does not begin with kafka:// or kafka+ssl://.',
    ],
    [
      'arn:busbar:kafka:mechanism::topic/a',
      '"mechanism" of "kafka:mechanism" in the configured "services" is not valid.',
    ],
  ];
  for (const [arn, reason] of rows) {
    test(`${arn} ${reason ? 'is refused' : 'is fine'}`, () => {
      assert.equal(
        connector.check(parseArn(arn)!, { Id: 't', Arn: arn }),
        reason && `Parameter ${arn} is not valid. Reason: ${reason}`,
      );
    });
  }
});
