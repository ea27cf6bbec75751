// Rules whose targets are message brokers, put by the AWS SDK: what a real daemon delivers, subscribers get.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { jetstreamManager } from '@nats-io/jetstream';
import { startDaemon, type Daemon } from '../daemon.ts';
import * as kafka from '../targets/kafka-cluster.ts';
import * as mosquitto from '../targets/mosquitto.ts';
import * as nats from '../targets/nats-server.ts';
import * as rabbit from '../targets/rabbitmq-server.ts';
import { skipWithout, until } from '../targets/server-process.ts';

/** Answers the `detail.order` of all that has arrived so far. */
type Seen = () => Promise<readonly unknown[]>;

const orderOf = (payload: string): unknown =>
  (JSON.parse(payload) as { detail: { order: unknown } }).detail.order;

/** A broker with its entry in `services`, and what sees what comes through a target. */
interface Side {
  readonly service: string;
  readonly settings: { readonly url: string; readonly user: string; readonly password: string };
  readonly targets: Readonly<Record<string, () => Promise<Seen>>>;
  /** Starts the broker anew with a pause in between. */
  restart?(during: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

async function natsSide(): Promise<Side> {
  const server = await nats.startNats();
  const plain: unknown[] = [];
  const subscribe = async () => {
    const connection = await server.watch();
    connection.subscribe('plain.>', {
      callback: (_error, message) => void plain.push(orderOf(message.string())),
    });
    await connection.flush();
    return connection;
  };
  const watching = await subscribe();
  await (await jetstreamManager(watching)).streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  return {
    service: 'nats',
    settings: { url: `nats://127.0.0.1:${server.port}`, user: 'busbar', password: nats.PASSWORD },
    targets: {
      'arn:busbar:nats:::subject/plain.orders': async () => async () => plain,
      'arn:busbar:nats:::jetstream/orders.placed': async () => async () => {
        const connection = await server.watch();
        const { streams } = await jetstreamManager(connection);
        const { state } = await streams.info('ORDERS');
        const seen: unknown[] = [];
        for (let seq = 1; seq <= state.last_seq; seq++) {
          const message = await streams.getMessage('ORDERS', { seq });
          seen.push(orderOf(new TextDecoder().decode(message!.data)));
        }
        await connection.close();
        return seen;
      },
    },
    async restart(during) {
      await server.kill();
      await during();
      await server.start();
      await subscribe();
    },
    close: () => server.remove(),
  };
}

async function mqttSide(): Promise<Side> {
  const server = await mosquitto.startMosquitto();
  const watcher = await server.watch();
  const seen: unknown[] = [];
  return {
    service: 'mqtt',
    settings: { url: `mqtt://127.0.0.1:${server.port}`, user: 'busbar', password: mosquitto.PASSWORD },
    targets: {
      'arn:busbar:mqtt:::topic/orders/placed': async () => async () => {
        seen.push(...(await watcher.arrived()).map(({ payload }) => orderOf(payload.toString())));
        return seen;
      },
    },
    async close() {
      await watcher.close();
      await server.remove();
    },
  };
}

async function kafkaSide(): Promise<Side> {
  const mock = kafka.compileMock();
  const cluster = await kafka.startCluster(mock.program);
  await cluster.command('topic orders 2');
  const seen: unknown[] = [];
  return {
    service: 'kafka',
    settings: { url: `kafka://127.0.0.1:${cluster.bridge.port}`, user: 'busbar', password: kafka.PASSWORD },
    targets: {
      'arn:busbar:kafka:::topic/orders': async () => async () => {
        seen.push(...(await cluster.read('orders', 2)).map(({ value }) => orderOf(value)));
        return seen;
      },
    },
    async close() {
      await cluster.close();
      mock.remove();
    },
  };
}

async function rabbitSide(): Promise<Side> {
  const server = await rabbit.startRabbit();
  const watching = await server.connect();
  watching.on('error', () => undefined);
  const channel = await watching.createChannel();
  await channel.assertQueue('orders');
  const seen: unknown[] = [];
  return {
    service: 'rabbitmq',
    settings: { url: `amqp://127.0.0.1:${server.port}`, user: 'busbar', password: rabbit.PASSWORD },
    targets: {
      'arn:busbar:rabbitmq:::queue/orders': async () => async () => {
        for (let got = await channel.get('orders'); got; got = await channel.get('orders')) {
          seen.push(orderOf(got.content.toString()));
        }
        return seen;
      },
    },
    close: () => server.remove(),
  };
}

const sides: readonly [name: string, skip: string | false, open: () => Promise<Side>][] = [
  ['NATS', skipWithout('nats-server'), natsSide],
  ['MQTT', mosquitto.skip, mqttSide],
  ['Kafka', kafka.skip, kafkaSide],
  ['RabbitMQ', rabbit.skip, rabbitSide],
];

for (const [name, skip, open] of sides) {
  describe(`${name} as target of a daemon`, { skip }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'busbar-brokers-'));
    let side: Side;
    let daemon: Daemon;
    let events: EventBridgeClient;
    let order = 0;

    before(async () => {
      side = await open();
      const services = { [side.service]: side.settings };
      writeFileSync(join(directory, 'busbar.config.json'), JSON.stringify({ services }));
      daemon = await startDaemon({ data: ':memory:', cwd: directory });
      const credentials = { accessKeyId: 'busbar', secretAccessKey: 'busbar' };
      events = new EventBridgeClient({ endpoint: daemon.url, region: 'us-east-1', credentials });
      await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: '{"source":["shop"]}' }));
      const targets = Object.keys(side.targets).map((arn, index) => ({ Id: `t${index}`, Arn: arn }));
      await events.send(new PutTargetsCommand({ Rule: 'orders', Targets: targets }));
    });

    after(async () => {
      await daemon?.kill();
      await side?.close();
      rmSync(directory, { recursive: true });
    });

    async function put(): Promise<number> {
      const entry = { Source: 'shop', DetailType: 'Order', Detail: JSON.stringify({ order: ++order }) };
      const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries: [entry] }));
      assert.equal(FailedEntryCount, 0);
      return order;
    }

    async function seenEverywhere(wanted: number): Promise<void> {
      for (const [arn, watch] of Object.entries(side.targets)) {
        const seen = await watch();
        await until(`order ${wanted} at ${arn}`, async () => (await seen()).includes(wanted));
      }
    }

    test('an event arrives', async () => seenEverywhere(await put()));

    test('an event that came while the broker was away arrives', async (context) => {
      if (!side.restart) return context.skip('the suite of the target starts this broker anew');
      let waiting = 0;
      await side.restart(async () => void (waiting = await put()));
      await seenEverywhere(waiting);
      return undefined;
    });

    test('a server that is not configured is refused, and the answer says what to write', async () => {
      const arn = Object.keys(side.targets)[0]!.replace(`:${side.service}:`, `:${side.service}:other`);
      const putting = events.send(
        new PutTargetsCommand({ Rule: 'orders', Targets: [{ Id: 'other', Arn: arn }] }),
      );
      await assert.rejects(putting, (error: Error) => {
        assert.equal(error.name, 'ValidationException');
        return error.message.includes(`"services": { "${side.service}:other": "`);
      });
    });

    test('the daemon ends cleanly, and has logged no password', async () => {
      assert.equal(await daemon.stop(), 0);
      assert.ok(!JSON.stringify(daemon.log).includes(side.settings.password));
    });
  });
}
