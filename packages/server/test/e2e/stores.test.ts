// A daemon that brings the same events to files, commands, Redis, PostgreSQL and S3, all of them real.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import { createClient } from 'redis';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { noMoto, startAwsSide, type AwsSide } from '../targets/aws/aws-side.ts';
import {
  PASSWORD,
  skipWithoutPostgres,
  startPostgres,
  type PostgresServer,
} from '../targets/postgres-server.ts';
import { prepareServer, skipWithout, until, type ServerProcess } from '../targets/server-process.ts';

const skips = {
  redis: skipWithout('redis-server'),
  postgres: skipWithoutPostgres(),
  s3: noMoto,
};
const SECRETS = {
  redis: 'redis-hunter2-secret',
  postgres: PASSWORD,
  s3: 's3-hunter2-secret',
  exec: 'exec-hunter2-secret',
};
const BUS = 'shop';
const CALLS = 4;
const ENTRIES = 10;

const folder = mkdtempSync(join(tmpdir(), 'busbar-stores-'));
const path = (name: string): string => join(folder, name);

let daemon: Daemon;
let api: AwsJson;
let redis: ServerProcess | undefined;
let postgres: PostgresServer | undefined;
let watching: pg.Client | undefined;
let side: AwsSide | undefined;
const notified: string[] = [];
const published = new Set<string>();

async function startRedis(): Promise<ServerProcess> {
  const server = await prepareServer('redis', (port, directory) => ({
    command: 'redis-server',
    args: `--port ${port} --bind 127.0.0.1 --dir ${directory} --requirepass ${SECRETS.redis}`.split(' '),
  }));
  await server.start();
  return server;
}

async function startStores(): Promise<void> {
  if (!skips.redis) redis = await startRedis();
  if (!skips.postgres) {
    postgres = await startPostgres();
    watching = await postgres.watch();
    watching.on('notification', ({ payload }) => void notified.push(payload!));
    await watching.query(
      'CREATE TABLE orders (delivery_id uuid PRIMARY KEY, event_id uuid, payload jsonb);' +
        'GRANT INSERT, SELECT ON orders TO busbar; LISTEN orders',
    );
  }
  if (!skips.s3) {
    side = await startAwsSide();
    await fetch(`${side.url}/archive`, { method: 'PUT' });
  }
}

function config(): object {
  return {
    files: { audit: path('audit.ndjson'), out: 'stdout' },
    commands: {
      keep: {
        command: '/bin/sh',
        args: ['-c', 'cat >> kept'],
        env: { PATH: '/usr/bin:/bin', TOKEN: SECRETS.exec },
        directory: folder,
      },
    },
    services: {
      ...(redis && { redis: { url: `redis://127.0.0.1:${redis.port}`, password: SECRETS.redis } }),
      ...(postgres && { postgres: `postgres://busbar:${PASSWORD}@127.0.0.1:${postgres.port}/postgres` }),
      ...(side && { s3: { url: side.url, accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRETS.s3 } }),
    },
  };
}

async function putTargets(rule: string, targets: readonly object[]): Promise<void> {
  await api.must('events', 'PutRule', { Name: rule, EventBusName: BUS, EventPattern: '{"source":["shop"]}' });
  const { FailedEntryCount } = await api.must('events', 'PutTargets', {
    Rule: rule,
    EventBusName: BUS,
    Targets: targets.map((target, index) => ({ Id: `t${index}`, ...target })),
  });
  assert.equal(FailedEntryCount, 0);
}

async function publish(): Promise<void> {
  for (let call = 0; call < CALLS; call++) {
    const entries = Array.from({ length: ENTRIES }, (_, index) => ({
      Source: 'shop',
      DetailType: 'placed',
      Detail: JSON.stringify({ order: call * ENTRIES + index, text: 'grüße' }),
      EventBusName: BUS,
    }));
    const { Entries } = await api.must('events', 'PutEvents', { Entries: entries });
    for (const { EventId } of Entries as readonly { EventId: string }[]) published.add(EventId);
  }
  const event = {
    specversion: '1.0',
    id: 'sent-7',
    source: 'shop',
    type: 'placed',
    data: { order: 'cloud' },
  };
  const answer = await fetch(`${daemon.url}/cloudevents/${BUS}`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
  });
  const { Entries } = (await answer.json()) as { Entries: readonly { EventId: string }[] };
  published.add(Entries[0]!.EventId);
}

before(async () => {
  await startStores();
  writeFileSync(path('busbar.config.json'), JSON.stringify(config()));
  daemon = await startDaemon({ data: path('data'), args: ['--config', path('busbar.config.json')] });
  api = new AwsJson(daemon.port, 4);
  await api.must('events', 'CreateEventBus', { Name: BUS });
  await putTargets('here', [
    { Arn: 'arn:busbar:file:::audit' },
    { Arn: 'arn:busbar:file:::out' },
    { Arn: 'arn:busbar:exec:::keep', BusbarParameters: { BatchSize: 20, MaximumConcurrency: 1 } },
  ]);
  if (redis) await putTargets('redis', [{ Arn: 'arn:busbar:redis:::stream/orders' }]);
  if (postgres) {
    await putTargets('postgres', [
      { Arn: 'arn:busbar:postgres:::table/orders' },
      { Arn: 'arn:busbar:postgres:::channel/orders' },
    ]);
  }
  if (side) {
    const BusbarParameters = { BatchWindowMs: 100, CloudEvents: 'structured' };
    await putTargets('s3', [{ Arn: 'arn:busbar:s3:::bucket/archive/orders', BusbarParameters }]);
  }
  await publish();
});

after(async () => {
  // Also when not everything could be started.
  const ends = [async () => api.close(), async () => daemon.kill(), async () => watching?.end()];
  await Promise.allSettled(ends.map((end) => end()));
  await Promise.all([redis?.remove(), postgres?.remove(), side?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Waits until the ids that `read` finds are those that were published. */
async function arrive(read: () => readonly string[] | Promise<readonly string[]>): Promise<void> {
  let found = new Set<string>();
  await until(
    () => `${published.size} events; there are ${found.size}`,
    async () => {
      found = new Set(await read());
      return found.size >= published.size;
    },
  );
  assert.deepEqual(found, published);
}

const idIn = (line: string): string => (JSON.parse(line) as { id: string }).id;
const linesOf = (name: string): string[] =>
  existsSync(path(name)) ? readFileSync(path(name), 'utf8').split('\n').slice(0, -1) : [];

describe('every event arrives', () => {
  test('in a file', () => arrive(() => linesOf('audit.ndjson').map(idIn)));

  test('on the standard output', () =>
    arrive(() => daemon.log.filter((line) => line['source'] === 'shop').map((line) => String(line['id']))));

  test('at a command', () => arrive(() => linesOf('kept').map(idIn)));

  test('in a stream of Redis', { skip: skips.redis }, async () => {
    const client = createClient({ url: `redis://127.0.0.1:${redis!.port}`, password: SECRETS.redis });
    await client.connect();
    await arrive(async () => {
      const entries = await client.xRange('orders', '-', '+');
      return entries!.map(({ message }) => message['eventId']!);
    });
    client.destroy();
  });

  test('in a table of PostgreSQL, once', { skip: skips.postgres }, async () => {
    await arrive(async () => {
      const { rows } = await watching!.query<{ id: string }>('SELECT event_id AS id FROM orders');
      return rows.map(({ id }) => id);
    });
    const { rows } = await watching!.query('SELECT count(*)::int AS n FROM orders');
    assert.deepEqual(rows, [{ n: published.size }]);
  });

  test('at who listens to PostgreSQL', { skip: skips.postgres }, () => arrive(() => notified.map(idIn)));

  test('in a bucket, as CloudEvents', { skip: skips.s3 }, async () => {
    const headers = {
      authorization: 'AWS4-HMAC-SHA256 Credential=reader/20260101/us-east-1/s3/aws4_request',
    };
    let events: { id: string; data: { order: unknown } }[] = [];
    await until('as many as were published', async () => {
      const list = await (await fetch(`${side!.url}/archive?list-type=2`, { headers })).text();
      const keys = [...list.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key!);
      const texts = keys.map(async (key) => (await fetch(`${side!.url}/archive/${key}`, { headers })).text());
      const lines = (await Promise.all(texts)).flatMap((text) => text.split('\n').slice(0, -1));
      events = lines.map((line) => JSON.parse(line) as (typeof events)[number]);
      return new Set(events.map(({ id }) => id)).size >= published.size;
    });
    const numbers = Array.from({ length: CALLS * ENTRIES }, (_, index) => index);
    assert.deepEqual(new Set(events.map(({ data }) => data.order)), new Set([...numbers, 'cloud']));
    // What came as a CloudEvent goes out under the id that its sender gave.
    assert.equal(events.find(({ data }) => data.order === 'cloud')!.id, 'sent-7');
  });
});

test('a target that is not configured cannot be put, and the answer says what to write', async () => {
  const { body } = await api.call('events', 'PutTargets', {
    Rule: 'here',
    EventBusName: BUS,
    Targets: [{ Id: 'x', Arn: 'arn:busbar:redis:elsewhere::stream/orders' }],
  });
  assert.match(JSON.stringify(body), /\\"services\\": \{ \\"redis:elsewhere\\": /);
});

test('no secret is in the log', () => {
  const log = daemon.log.map((line) => JSON.stringify(line)).join('\n');
  for (const secret of Object.values(SECRETS)) assert.ok(!log.includes(secret), secret);
});
