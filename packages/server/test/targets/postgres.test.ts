// Tables and channels of the real PostgreSQL.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import { systemClock } from '../../src/clock.ts';
import type { DocumentedConnector, OutgoingDelivery, SendOutcome } from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import type { ServiceDirectory } from '../../src/model/service-settings.ts';
import { systemRandom } from '../../src/random.ts';
import { postgresTargets } from '../../src/targets/postgres/index.ts';
import { brokerSuite, type BrokerWorld } from './broker-suite.ts';
import { PASSWORD, skipWithoutPostgres, startPostgres, type PostgresServer } from './postgres-server.ts';
import { skipWithout, until } from './server-process.ts';
import { CONTEXT, delivery, type Arrived } from './target-suite.ts';

const skip = skipWithoutPostgres();
const never = (): AbortSignal => new AbortController().signal;

const connectorsOf = (services: ServiceDirectory): DocumentedConnector[] =>
  postgresTargets(services, { clock: systemClock(), random: systemRandom() });

const servicesOf = ({ port }: { readonly port: number }): ServiceDirectory => ({
  postgres: { url: `postgres://127.0.0.1:${port}/postgres`, user: 'busbar', password: PASSWORD },
  'postgres:stranger': { url: `postgres://busbar:${PASSWORD}-wrong@127.0.0.1:${port}/postgres` },
  'postgres:nowhere': { url: `postgres://busbar:${PASSWORD}@127.0.0.1:${port}/nowhere` },
  'postgres:bare': { url: `postgres://busbar@127.0.0.1:${port}/postgres` },
});

/** One server for all tests: making one takes seconds. */
let started: Promise<PostgresServer> | undefined;
async function serverOf(): Promise<PostgresServer> {
  const server = await (started ??= startPostgres());
  await server.ensure();
  return server;
}
after(async () => (await started)?.remove());

const ORDERS = `
  CREATE TABLE IF NOT EXISTS orders (
    place bigint GENERATED ALWAYS AS IDENTITY, delivery_id uuid PRIMARY KEY, payload json NOT NULL,
    CHECK (payload::text <> '"refused"')
  );
  GRANT INSERT, SELECT ON orders TO busbar`;

/** What looks at the other end. */
interface Watcher {
  open(client: pg.Client): Promise<unknown>;
  arrived(client: pg.Client): Promise<Arrived[]>;
}

const tableReader = (): Watcher => ({
  open: (client) => client.query(ORDERS),
  async arrived(client) {
    const { rows } = await client.query<Arrived>(
      'SELECT delivery_id AS id, payload::text AS payload FROM orders ORDER BY place',
    );
    await client.query('DELETE FROM orders');
    return rows;
  },
});

function listener(): Watcher {
  let texts: string[] = [];
  return {
    async open(client) {
      client.on('notification', ({ payload }) => void texts.push(payload!));
      await client.query('LISTEN orders');
    },
    async arrived(client) {
      // What was notified before comes with the answer.
      await client.query('SELECT 1');
      const arrived = texts.map((payload) => ({ id: (JSON.parse(payload) as { id: string }).id, payload }));
      texts = [];
      return arrived;
    },
  };
}

async function openWorld(kind: 'table' | 'channel', watcher: Watcher): Promise<BrokerWorld> {
  const server = await serverOf();
  let watching = await server.watch();
  await watching.query('DROP TABLE IF EXISTS orders');
  await watcher.open(watching);
  const [table, channel] = connectorsOf(servicesOf(server));
  return {
    connector: (kind === 'table' ? table : channel)!,
    arn: `arn:busbar:postgres:::${kind}/orders`,
    missingArn: 'arn:busbar:postgres:::table/nothing',
    strangerArn: `arn:busbar:postgres:stranger::${kind}/orders`,
    password: PASSWORD,
    repeatKey: kind === 'table' ? 'deliveryId' : 'eventId',
    unacceptable: kind === 'table' ? '"refused"' : JSON.stringify('x'.repeat(8_000)),
    oversized: JSON.stringify('x'.repeat(8_000)),
    server,
    arrived: () => watcher.arrived(watching),
    async rewatch() {
      watching = await server.watch();
      await watcher.open(watching);
    },
    refuse: async () => void (await watching.query('REVOKE ALL ON orders FROM busbar')),
    hold: () => server.hold(),
    shutDown: () => server.kill(),
    close: () => watching.end(),
  };
}

const NO_TEXT = 'the server fails with no text of its own: see the broker suite';

brokerSuite({
  name: 'PostgreSQL table',
  skip,
  open: () => openWorld('table', tableReader()),
  skips: { 'retryable error': NO_TEXT, 'oversized payload': 'a column takes up to 1 GB' },
});

brokerSuite({
  name: 'PostgreSQL channel',
  skip,
  open: () => openWorld('channel', listener()),
  skips: {
    'retryable error': NO_TEXT,
    'permanent error': 'everybody may notify',
    'missing resource': 'a channel needs no one to listen',
  },
});

describe('PostgreSQL, more', { skip }, () => {
  let server: PostgresServer;
  let watching: pg.Client;
  let connectors: DocumentedConnector[];

  before(async () => {
    server = await serverOf();
    watching = await server.watch();
    connectors = connectorsOf(servicesOf(server));
    await watching.query('CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO busbar');
  });
  after(() => watching.end());

  const create = (table: string, columns: string) =>
    watching.query(`CREATE TABLE ${table} (${columns}); GRANT INSERT, SELECT ON ${table} TO busbar`);

  async function send(
    resource: string,
    deliveries: readonly OutgoingDelivery[],
    block: object = {},
    name = '',
  ): Promise<SendOutcome[]> {
    const arn = `arn:busbar:postgres:${name}::${resource}`;
    const connector = connectors.find((each) => each.accepts(parseArn(arn)!))!;
    const target = { Id: 't', Arn: arn, BusbarParameters: block };
    assert.equal(connector.check(parseArn(arn)!, target), undefined);
    const session = connector.open(parseArn(arn)!, target, CONTEXT);
    const outcomes = await session.send(deliveries, never());
    await session.close();
    return outcomes;
  }

  const shown = (outcomes: readonly SendOutcome[]): string[] =>
    outcomes.map((each) =>
      each.status === 'delivered' ? 'delivered' : `${each.status} ${each.code} ${each.reason}`,
    );

  test('every column', async () => {
    await create(
      'shop."Every_Column"',
      `delivery_id text UNIQUE, event_id uuid, source text, detail_type varchar, account text, region text,
       time timestamptz, ingested_at timestamptz, detail jsonb, event json, payload jsonb, other int DEFAULT 5`,
    );
    const sent = delivery(1, { payload: '{"made": 1}' });
    assert.deepEqual(await send('table/shop.Every_Column', [sent, sent]), [
      { status: 'delivered' },
      { status: 'delivered' },
    ]);
    const { rows } = await watching.query<Record<string, unknown>>('SELECT * FROM shop."Every_Column"');
    assert.deepEqual(rows, [
      {
        delivery_id: sent.deliveryId,
        event_id: sent.eventId,
        source: 'shop.orders',
        detail_type: 'Order',
        account: '000000000000',
        region: 'us-east-1',
        time: new Date('2026-01-01T00:00:00Z'),
        ingested_at: new Date(sent.ingestedAt),
        detail: { index: 1 },
        event: JSON.parse(sent.event) as object,
        payload: { made: 1 },
        other: 5,
      },
    ]);
  });

  test('text for a JSON column, a CloudEvent for a text column', async () => {
    await create('as_json', 'payload jsonb');
    await create('as_text', 'payload text');
    await send('table/as_json', [delivery(1, { payload: 'order "7"' })]);
    await send('table/as_text', [delivery(2)], { CloudEvents: 'structured' });
    const { rows } = await watching.query<{ payload: string }>('TABLE as_json');
    assert.deepEqual(rows, [{ payload: 'order "7"' }]);
    const texts = await watching.query<{ payload: string }>('TABLE as_text');
    assert.equal((JSON.parse(texts.rows[0]!.payload) as { specversion: string }).specversion, '1.0');
  });

  test('a repeat: one row with a key, two rows without one', async () => {
    await create('no_key', 'delivery_id uuid, payload json');
    await create(
      'other_key',
      'delivery_id uuid, number int DEFAULT 1, payload json, UNIQUE (delivery_id, number)',
    );
    for (const table of ['no_key', 'other_key']) {
      await send(`table/${table}`, [delivery(1)]);
      await send(`table/${table}`, [delivery(1)]);
    }
    const { rows } = await watching.query('SELECT count(*)::int AS n FROM no_key');
    assert.deepEqual(rows, [{ n: 2 }]);
    const other = await watching.query('SELECT count(*)::int AS n FROM other_key');
    assert.deepEqual(other.rows, [{ n: 1 }]);
  });

  const bad = (resource: string, says: RegExp, prepare: string, name = ''): void => {
    test(`${resource} ${name}: ${says.source}`, async () => {
      if (prepare) await watching.query(prepare);
      const outcomes = shown(await send(resource, [delivery(1), delivery(2)], {}, name));
      assert.equal(outcomes.length, 2);
      for (const outcome of outcomes) assert.match(outcome, says);
      assert.ok(!outcomes.join().includes(PASSWORD));
    });
  };
  const grant = 'GRANT INSERT, SELECT ON';
  bad('table/nothing', /^reject NO_RESOURCE There is no such table/, '');
  bad('table/nowhere.nothing', /^reject NO_RESOURCE There is no such table/, '');
  bad(
    'table/empty',
    /^reject NO_RESOURCE The table has no column "payload"/,
    `CREATE TABLE empty (x int); ${grant} empty TO busbar`,
  );
  bad('table/locked_away', /^reject NO_PERMISSIONS .*\(42501\)/, 'CREATE TABLE locked_away (payload text)');
  bad(
    'table/wrong',
    /^reject INVALID_PARAMETER .*\(22P02/,
    `CREATE TABLE wrong (payload text, delivery_id int UNIQUE); ${grant} wrong TO busbar`,
  );
  bad('table/orders', /^reject NO_RESOURCE .*\(3D000\)/, '', 'nowhere');
  bad('channel/orders', /^reject NO_PERMISSIONS The PostgreSQL server refused/, '', 'bare');
  bad(
    'table/raising',
    /^reject ERROR_FROM_TARGET PostgreSQL refused it \(P0001\)/,
    `
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no %'', NEW.payload; END';
    CREATE TABLE raising (payload text); ${grant} raising TO busbar;
    CREATE TRIGGER t BEFORE INSERT ON raising FOR EACH ROW EXECUTE FUNCTION refuse()`,
  );

  test('refused rows do not harm their batch', async () => {
    await create('strict', 'delivery_id uuid PRIMARY KEY, payload jsonb');
    const nul = '{"x":"\\u0000"}';
    const batch = Array.from({ length: 20 }, (_, index) =>
      delivery(index, index === 0 || index === 13 ? { payload: nul } : {}),
    );
    const outcomes = shown(await send('table/strict', batch));
    const refused = outcomes.flatMap((outcome, index) => (outcome === 'delivered' ? [] : [[index, outcome]]));
    const says = 'reject INVALID_PARAMETER PostgreSQL refused it (22P05).';
    assert.deepEqual(refused, [
      [0, says],
      [13, says],
    ]);
    const { rows } = await watching.query('SELECT count(*)::int AS n FROM strict');
    assert.deepEqual(rows, [{ n: 18 }]);
  });

  test('a name that is SQL stays a name', async () => {
    const arn = parseArn('arn:busbar:postgres:::table/orders";DROP')!;
    const [table] = connectors;
    assert.match(table!.check(arn, { Id: 't', Arn: arn.text })!, /not in correct format/);
    assert.deepEqual(shown(await send('table/x);--', [delivery(1)])), [
      'reject NO_RESOURCE There is no such table.',
    ]);
  });

  test('a table that is made later, or made anew with other columns, is found', async () => {
    const arn = parseArn('arn:busbar:postgres:::table/late')!;
    const session = connectors[0]!.open(arn, { Id: 't', Arn: arn.text }, CONTEXT);
    const one = async (index: number): Promise<string> =>
      shown(await session.send([delivery(index)], never()))[0]!;
    assert.match(await one(1), /NO_RESOURCE/);
    await create('late', 'delivery_id uuid, payload text');
    assert.equal(await one(1), 'delivered');
    await watching.query('DROP TABLE late');
    await create('late', 'payload text');
    assert.match(await one(2), /INVALID_PARAMETER .*42703/);
    assert.equal(await one(2), 'delivered');
    await session.close();
  });

  test('a locked table holds up no other one', async () => {
    await create('held', 'payload text');
    await create('free', 'payload text');
    await watching.query('BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
    const held = send('table/held', [delivery(1)]);
    assert.deepEqual(await send('table/free', [delivery(2)]), [{ status: 'delivered' }]);
    assert.deepEqual(await send('channel/free', [delivery(3)]), [{ status: 'delivered' }]);
    await watching.query('COMMIT');
    assert.deepEqual(await held, [{ status: 'delivered' }]);
  });

  test('over TLS, with the certificate checked or not', { skip: skipWithout('openssl') }, async () => {
    await create('safe', 'payload text');
    const caFile = await server.useTls(watching);
    const { port } = server;
    const url = `postgres://busbar:${PASSWORD}@localhost:${port}/postgres`;
    const overTls: readonly [settings: ServiceDirectory[string], outcome: RegExp][] = [
      [{ url: `${url}?sslmode=no-verify` }, /^delivered$/],
      [{ url, caFile }, /^delivered$/],
      [{ url: `${url}?sslmode=require` }, /^retry CONNECTION_FAILURE .*(?:SELF_SIGNED|UNABLE_TO)/],
      // The certificate is for localhost.
      [{ url: url.replace('localhost', '127.0.0.1'), caFile }, /^retry CONNECTION_FAILURE .*ALTNAME/],
    ];
    for (const [settings, expected] of overTls) {
      connectors = connectorsOf({ postgres: settings });
      assert.match(shown(await send('table/safe', [delivery(1)])).join(), expected);
    }
    // Not one of them went in the open.
    const { rows } = await watching.query('SELECT count(*)::int AS n FROM safe');
    assert.deepEqual(rows, [{ n: 2 }]);
  });

  test('no connection is left behind', async () => {
    const count = async (): Promise<number> => {
      const text = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'busbar'`;
      return (await watching.query<{ n: number }>(text)).rows[0]!.n;
    };
    await until('all connections have ended', async () => (await count()) === 0);
  });
});
