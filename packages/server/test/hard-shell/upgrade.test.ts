// A data directory of the first schema version, made with the first step of the migrations and the tables of that time.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { examineDirectory } from '../../src/store/sqlite/doctor/index.ts';
import { APPLICATION_ID, migrate, SCHEMA_VERSION } from '../../src/store/sqlite/worker/migrations.ts';
import { AwsJson } from '../aws-json.ts';
import { startDaemon } from '../daemon.ts';
import { Seeded } from './seeded.ts';
import { Traffic } from './traffic.ts';

const CALLS = 30;

const root = await mkdtemp(join(tmpdir(), 'busbar-upgrade-'));
after(() => rm(root, { recursive: true, force: true }));

/** What a log and a queue were made of at version 1. */
const FIRST_LOG = `position INTEGER PRIMARY KEY, ingested_at INTEGER NOT NULL, event_id TEXT NOT NULL,
  account TEXT NOT NULL, trace_header TEXT, hops INTEGER, message_group TEXT, dedup_key TEXT, event TEXT NOT NULL`;
const FIRST_QUEUE = `sequence INTEGER PRIMARY KEY, visible_at INTEGER NOT NULL, sent_at INTEGER NOT NULL,
  receives INTEGER NOT NULL, first_received_at INTEGER NOT NULL`;
const FIRST_BODY = `sequence INTEGER PRIMARY KEY, message_id TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT,
  sender_id TEXT NOT NULL`;

/** Writes what a file of today holds as version 1 would have. */
function writeFirstVersion(today: string, file: string): void {
  const database = new DatabaseSync(file);
  database.exec(
    `PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA application_id = ${APPLICATION_ID}`,
  );
  migrate(database, file, 1);
  database.exec(`ATTACH '${today}' AS today`);
  const names = (sql: string): string[] =>
    database
      .prepare(sql)
      .all()
      .map(({ name }) => String(name));
  for (const name of names("SELECT 'log_' || id AS name FROM today.logs")) {
    database.exec(`CREATE TABLE ${name} (${FIRST_LOG}) STRICT`);
  }
  for (const name of names("SELECT 'queue_' || tables AS name FROM today.queues")) {
    database.exec(`CREATE TABLE ${name} (${FIRST_QUEUE}) STRICT; CREATE TABLE ${name}_body (${FIRST_BODY}) STRICT;
      CREATE INDEX ${name}_by_visibility ON ${name} (visible_at)`);
  }
  for (const table of names(
    "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  )) {
    const columns = names(`SELECT name FROM pragma_table_info('${table}', 'main')`).join(', ');
    database.exec(`INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM today.${table}`);
  }
  database.exec('DETACH today');
  database.close();
}

test('a directory of the first version works: what it held is delivered, and what comes new', async (t) => {
  const [today, first] = [join(root, 'today'), join(root, 'first')];
  const traffic = new Traffic(new Seeded(1));
  const before = await startDaemon({ data: today });
  await traffic.setUp(before);
  const client = new AwsJson(before.port, 1);
  for (let call = 0; call < CALLS; call++) assert.equal(await traffic.publish(client), 200);
  client.close();
  assert.equal(await before.stop(), 0);
  await mkdir(first);
  writeFirstVersion(join(today, 'busbar.db'), join(first, 'busbar.db'));
  const old = examineDirectory(first);
  assert.equal(old.schemaVersion, 1);
  assert.equal(old.verdict, 'sound', JSON.stringify(old.findings));

  const daemon = await startDaemon({ data: first });
  const held = traffic.acknowledged.size;
  await traffic.drain(daemon);
  const again = new AwsJson(daemon.port, 1);
  assert.equal(await traffic.publish(again), 200);
  await again.must('sqs', 'CreateQueue', { QueueName: 'new.fifo', Attributes: { FifoQueue: 'true' } });
  again.close();
  await traffic.drain(daemon);
  assert.equal(await daemon.stop(), 0);
  const { verdict, schemaVersion, findings } = examineDirectory(first);
  assert.equal(verdict, 'sound', JSON.stringify(findings));
  assert.equal(schemaVersion, SCHEMA_VERSION);
  t.diagnostic(`${held} messages of version 1 received by version ${SCHEMA_VERSION}`);
});
