// MQTT against the real mosquitto.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import mqttPacket from 'mqtt-packet';
import type { IPublishPacket } from 'mqtt';
import { systemClock } from '../../src/clock.ts';
import type { OutgoingDelivery } from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import type { ServiceDirectory } from '../../src/model/service-settings.ts';
import { systemRandom } from '../../src/random.ts';
import { mqttTarget } from '../../src/targets/mqtt/index.ts';
import { packetBytes } from '../../src/targets/mqtt/packet-size.ts';
import { brokerSuite, type BrokerWorld } from './broker-suite.ts';
import { tlsSuite } from './broker-tls.ts';
import { MAX_PACKET, PASSWORD, skip, startMosquitto } from './mosquitto.ts';
import { CONTEXT, delivery } from './target-suite.ts';

const TOPIC = 'arn:busbar:mqtt:::topic/orders/placed';
const OVERSIZED = JSON.stringify('x'.repeat(MAX_PACKET));
const never = (): AbortSignal => new AbortController().signal;

const connectorFor = (services: ServiceDirectory) =>
  mqttTarget(services, { clock: systemClock(), random: systemRandom() });

const userProperties = (packet: IPublishPacket) => ({ ...packet.properties?.userProperties });

async function openWorld(): Promise<BrokerWorld> {
  const server = await startMosquitto();
  let watcher = await server.watch();
  const url = `mqtt://127.0.0.1:${server.port}`;
  return {
    connector: connectorFor({
      mqtt: { url, user: 'busbar', password: PASSWORD },
      'mqtt:stranger': { url, user: 'busbar', password: `${PASSWORD}-wrong` },
    }),
    arn: TOPIC,
    missingArn: TOPIC,
    strangerArn: 'arn:busbar:mqtt:stranger::topic/orders/placed',
    password: PASSWORD,
    repeatKey: 'deliveryId',
    oversized: OVERSIZED,
    unacceptable: OVERSIZED,
    server,
    arrived: async () =>
      (await watcher.arrived()).map((packet) => ({
        id: String(userProperties(packet)['busbar-delivery-id']),
        payload: packet.payload.toString(),
      })),
    rewatch: async () => void (watcher = await server.watch()),
    hold: () => server.hold(),
    async refuse() {
      await server.kill();
      server.allowOrders(false);
      await server.start();
      watcher = await server.watch();
    },
    shutDown: () => server.kill(),
    async close() {
      await watcher.close();
      await server.remove();
    },
  };
}

brokerSuite({
  name: 'MQTT topic',
  skip,
  open: openWorld,
  skips: {
    'retryable error': 'the broker fails with no text of its own: see the broker suite',
    'missing resource': 'a topic needs no one to subscribe',
  },
});

tlsSuite('MQTT', skip, TOPIC, connectorFor, async (certificates) => {
  const server = await startMosquitto(false, certificates);
  const settings = { url: `mqtts://localhost:${server.port}`, user: 'busbar', password: PASSWORD };
  return { settings, close: () => server.remove() };
});

/** Sends one delivery to a fresh broker; answers the outcome and what arrived. */
async function exchange(block: object, change: Partial<OutgoingDelivery> = {}, poor = false) {
  const server = await startMosquitto(poor);
  const watcher = await server.watch();
  const connector = connectorFor({
    mqtt: { url: `mqtt://busbar:${PASSWORD}@127.0.0.1:${server.port}` },
  });
  const session = connector.open(parseArn(TOPIC)!, { Id: 't', Arn: TOPIC, BusbarParameters: block }, CONTEXT);
  const [outcome] = await session.send([delivery(1, change)], never());
  await session.close();
  const packets = await watcher.arrived();
  await watcher.close();
  const late = await server.watch();
  const retained = await late.arrived();
  await late.close();
  await server.remove();
  return {
    outcome: 'code' in outcome! ? `${outcome.status} ${outcome.code}` : outcome!.status,
    packets,
    retained,
  };
}

describe('MQTT messages', { skip }, () => {
  test('carry ids, the trace and the headers of the target', async () => {
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793';
    const { packets, retained } = await exchange({ Headers: { kind: 'order' } }, { traceHeader: trace });
    const { payload, qos, properties } = packets[0]!;
    assert.equal(payload.toString(), delivery(1).payload);
    assert.equal(qos, 1);
    assert.equal(properties?.contentType, 'application/json');
    assert.deepEqual(userProperties(packets[0]!), {
      'busbar-delivery-id': delivery(1).deliveryId,
      'busbar-event-id': delivery(1).eventId,
      'X-Amzn-Trace-Id': trace,
      kind: 'order',
    });
    assert.deepEqual(retained, []);
  });

  for (const qos of [0, 1, 2] as const) {
    test(`QoS ${qos}, kept by the broker`, async () => {
      const { outcome, packets, retained } = await exchange({ QoS: qos, Retain: true, ExpirySeconds: 60 });
      assert.equal(outcome, 'delivered');
      assert.deepEqual(
        packets.map((packet) => packet.qos),
        [qos],
      );
      assert.equal(packets[0]!.properties?.messageExpiryInterval, 60);
      assert.equal(retained[0]!.payload.toString(), delivery(1).payload);
    });
  }

  test('CloudEvents, binary', async () => {
    const { packets } = await exchange({ CloudEvents: 'binary' });
    const { specversion, type } = userProperties(packets[0]!);
    assert.deepEqual({ specversion, type }, { specversion: '1.0', type: 'Order' });
    assert.deepEqual(JSON.parse(packets[0]!.payload.toString()), { index: 1 });
  });

  test('CloudEvents, structured', async () => {
    const { packets } = await exchange({ CloudEvents: 'structured' });
    assert.match(String(packets[0]!.properties?.contentType), /^application\/cloudevents\+json/);
    assert.equal((JSON.parse(packets[0]!.payload.toString()) as { type: string }).type, 'Order');
  });
});

test('what a broker does not support is refused', { skip }, async () => {
  assert.equal((await exchange({ QoS: 2 }, {}, true)).outcome, 'reject INVALID_PARAMETER');
  assert.equal((await exchange({ Retain: true }, {}, true)).outcome, 'reject INVALID_PARAMETER');
  assert.equal((await exchange({ QoS: 1 }, {}, true)).outcome, 'delivered');
});

describe('the size of a packet is known before', () => {
  for (const [bytes, options] of [
    [0, { qos: 0 }],
    [10, { qos: 1, properties: { contentType: 'application/json', payloadFormatIndicator: true } }],
    [200, { qos: 1, properties: { messageExpiryInterval: 60, userProperties: { größe: 'x'.repeat(200) } } }],
    [20_000, { qos: 2, properties: { userProperties: { a: 'b'.repeat(17_000), c: '' } } }],
  ] as const) {
    test(`${bytes} bytes of payload`, () => {
      const payload = Buffer.alloc(bytes, 'x');
      const packet = mqttPacket.generate(
        {
          cmd: 'publish',
          topic: 'orders/plätze',
          payload,
          messageId: 1,
          dup: false,
          retain: false,
          ...options,
        },
        { protocolVersion: 5 },
      );
      assert.equal(packetBytes('orders/plätze', payload, options), packet.length);
    });
  }
});

describe('MQTT: what PutTargets checks', () => {
  const connector = connectorFor({ mqtt: { url: 'mqtt://one,mqtts://two' } });
  const rows: readonly [resource: string, isFine: boolean][] = [
    ['topic/orders/placed', true],
    ['topic//grüße', true],
    ['topic/', false],
    ['topic/orders/#', false],
    ['topic/+/placed', false],
    ['topic/$SYS/broker', false],
    ['queue/orders', false],
  ];
  for (const [resource, isFine] of rows) {
    test(`${resource} is ${isFine ? 'fine' : 'refused'}`, () => {
      const arn = `arn:busbar:mqtt:::${resource}`;
      assert.equal(
        connector.check(parseArn(arn)!, { Id: 't', Arn: arn }),
        isFine ? undefined : `Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`,
      );
    });
  }
});
