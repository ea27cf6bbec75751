// Redis streams against the real redis-server.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createClient } from 'redis';
import { systemClock } from '../../src/clock.ts';
import type { DocumentedConnector, SendOutcome } from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import type { ServiceDirectory } from '../../src/model/service-settings.ts';
import { systemRandom } from '../../src/random.ts';
import { redisTarget } from '../../src/targets/redis/index.ts';
import { brokerSuite, type BrokerWorld } from './broker-suite.ts';
import { prepareServer, skipWithout, type ServerProcess } from './server-process.ts';
import { CONTEXT, delivery } from './target-suite.ts';

const skip = skipWithout('redis-server');
const PASSWORD = 'redis-hunter2-secret';
const ADMIN = 'redis-admin-secret';
const ORDERS = 'arn:busbar:redis:::stream/orders';

const connectorOf = (services: ServiceDirectory): DocumentedConnector =>
  redisTarget(services, { clock: systemClock(), random: systemRandom() });

const startRedis = async (): Promise<ServerProcess> => {
  const server = await prepareServer('redis', (port, directory) => ({
    command: 'redis-server',
    args: [
      `--port ${port} --bind 127.0.0.1 --dir ${directory} --appendonly yes`,
      `--user default on >${ADMIN} ~* &* +@all`,
      `--user busbar on >${PASSWORD} ~* &* +@all`,
    ].flatMap((line) => line.split(' ')),
  }));
  await server.start();
  return server;
};

async function watch({ port }: { readonly port: number }) {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, password: ADMIN });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function openWorld(): Promise<BrokerWorld> {
  const server = await startRedis();
  let watching = await watch(server);
  await watching.set('no-stream', 'a text');
  const url = `redis://127.0.0.1:${server.port}`;
  return {
    connector: connectorOf({
      redis: { url, user: 'busbar', password: PASSWORD },
      'redis:stranger': { url: `redis://busbar:${PASSWORD}-wrong@127.0.0.1:${server.port}` },
    }),
    arn: ORDERS,
    missingArn: 'arn:busbar:redis:::stream/no-stream',
    strangerArn: 'arn:busbar:redis:stranger::stream/orders',
    password: PASSWORD,
    repeatKey: 'deliveryId',
    server,
    async arrived() {
      const entries = await watching.xRange('orders', '-', '+');
      await watching.del('orders');
      return entries!.map(({ message }) => ({ id: message['deliveryId']!, payload: message['payload']! }));
    },
    async rewatch() {
      watching.destroy();
      watching = await watch(server);
    },
    failForNow: () => void watching.configSet('maxmemory', '1'),
    refuse: async () => void (await watching.sendCommand(['ACL', 'SETUSER', 'busbar', '-xadd'])),
    hold: () => server.hold(),
    shutDown: () => server.kill(),
    async close() {
      if (watching.isOpen) watching.destroy();
      await server.remove();
    },
  };
}

brokerSuite({
  name: 'Redis stream',
  skip,
  open: openWorld,
  skips: {
    'oversized payload': 'a server takes up to 512 MB',
    'partial failure': 'a server takes every text',
  },
});

describe('Redis streams, more', { skip }, () => {
  async function exchange(
    block: object,
    prepare: (client: Awaited<ReturnType<typeof watch>>) => Promise<unknown> = async () => undefined,
    count = 1,
  ): Promise<{ outcomes: SendOutcome[]; entries: Record<string, string>[] }> {
    const server = await startRedis();
    const watching = await watch(server);
    try {
      await prepare(watching);
      const url = `redis://busbar:${PASSWORD}@127.0.0.1:${server.port}`;
      const target = { Id: 't', Arn: ORDERS, BusbarParameters: block };
      const session = connectorOf({ redis: { url } }).open(parseArn(ORDERS)!, target, CONTEXT);
      const outcomes: SendOutcome[] = [];
      for (let sent = 0; sent < count; sent += 100) {
        const batch = Array.from({ length: Math.min(100, count) }, (_, index) => delivery(sent + index));
        outcomes.push(...(await session.send(batch, new AbortController().signal)));
      }
      await session.close();
      const entries = await watching.xRange('orders', '-', '+');
      return { outcomes, entries: entries!.map(({ message }) => ({ ...message })) };
    } finally {
      watching.destroy();
      await server.remove();
    }
  }

  test('an entry', async () => {
    const { entries } = await exchange({});
    const { deliveryId, eventId, payload } = delivery(0);
    assert.deepEqual(entries, [{ deliveryId, eventId, payload }]);
  });

  test('a CloudEvent', async () => {
    const { entries } = await exchange({ CloudEvents: 'structured' });
    const { specversion, data } = JSON.parse(entries[0]!['payload']!) as Record<string, unknown>;
    assert.deepEqual([specversion, data], ['1.0', { index: 0 }]);
  });

  test('the oldest entries go', async () => {
    const { entries } = await exchange({ MaximumLength: 100 }, undefined, 1_000);
    assert.ok(entries.length >= 100 && entries.length < 400, `${entries.length}`);
    assert.equal(entries.at(-1)!['deliveryId'], delivery(999).deliveryId);
  });

  test('a stream that must not be made', async () => {
    const { outcomes } = await exchange({ CreateStream: false });
    assert.ok(outcomes[0]!.status === 'reject' && outcomes[0]!.code === 'NO_RESOURCE');
    const there = await exchange({ CreateStream: false }, (client) => client.xAdd('orders', '*', { a: '1' }));
    assert.deepEqual(there.outcomes, [{ status: 'delivered' }]);
  });

  test('a replica cannot be written to', async () => {
    const { outcomes } = await exchange({}, (client) => client.sendCommand(['REPLICAOF', '127.0.0.1', '1']));
    assert.ok(outcomes[0]!.status === 'retry' && outcomes[0]!.code === 'ERROR_FROM_TARGET');
  });
});

test('over TLS, with a checked certificate', { skip: skip || skipWithout('openssl') }, async () => {
  const server = await prepareServer('redis-tls', (port, directory) => {
    const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const request = `req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ${key} -out ${certificate} -subj /CN=localhost`;
    execFileSync('openssl', [...request.split(' '), '-addext', 'subjectAltName=DNS:localhost'], {
      stdio: 'pipe',
    });
    const tls = `--tls-cert-file ${certificate} --tls-key-file ${key} --tls-ca-cert-file ${certificate}`;
    const args = `--port 0 --tls-port ${port} --bind 127.0.0.1 --dir ${directory} ${tls} --tls-auth-clients no`;
    return { command: 'redis-server', args: args.split(' ') };
  });
  try {
    await server.start();
    const send = async (settings: object): Promise<string> => {
      const url = `rediss://localhost:${server.port}`;
      const connector = connectorOf({ redis: { url, ...settings } });
      const session = connector.open(parseArn(ORDERS)!, { Id: 't', Arn: ORDERS }, CONTEXT);
      const [outcome] = await session.send([delivery(1)], new AbortController().signal);
      await session.close();
      return outcome!.status === 'delivered' ? 'delivered' : `${outcome!.code} ${outcome!.reason}`;
    };
    assert.equal(await send({ caFile: join(server.directory, 'cert.pem') }), 'delivered');
    assert.match(await send({}), /^CONNECTION_FAILURE .*(?:SELF_SIGNED|UNABLE_TO)/);
  } finally {
    await server.remove();
  }
});

test('what cannot be put', () => {
  const connector = connectorOf({ redis: { url: 'redis://h' }, 'redis:web': { url: 'http://h' } });
  const fault = (arn: string): string | undefined => connector.check(parseArn(arn)!, { Id: 't', Arn: arn });
  assert.equal(fault(ORDERS), undefined);
  assert.match(fault('arn:busbar:redis:other::stream/x')!, /"services": \{ "redis:other": "redis:\/\/127/);
  assert.match(fault('arn:busbar:redis:web::stream/x')!, /does not begin with redis:\/\/ or rediss:\/\//);
  assert.match(fault('arn:busbar:redis:::list/x')!, /not in correct format/);
});
