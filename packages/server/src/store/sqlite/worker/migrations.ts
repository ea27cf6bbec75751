import type { DatabaseSync } from 'node:sqlite';
import { Refused } from '../failure.ts';
import { addChecksums } from './checksum-migration.ts';

/** SQL, or what makes the SQL for the file that is there. */
type Migration = string | ((database: DatabaseSync) => string);

/** "Busb": tells our files from other SQLite files. */
export const APPLICATION_ID = 0x42757362;

/**
 * The steps that build the tables. Entry n takes a file from version n to n + 1 and is never changed once released.
 * Logs, queues, log groups and archives get tables of their own when they are created (`log-tables.ts`,
 * `queue-tables.ts`, `log-group-tables.ts`, `archive-tables.ts`).
 */
const migrations: readonly Migration[] = [
  `
  -- Where each counter goes on. Blocks of numbers are taken at a time, so numbers have gaps but are never used twice.
  CREATE TABLE counters (name TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  -- What nobody reads any more and is removed bit by bit: the tables of dropped logs and purged queues, and (where
  -- "lane" is set) a dropped lane's rows in the named table.
  CREATE TABLE dropped (id INTEGER PRIMARY KEY, name TEXT NOT NULL, lane INTEGER) STRICT;

  CREATE TABLE catalog (
    kind TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;

  -- The records of log n are in log_n. "next" and "last_time" hold as of creation and the latest trim: what was
  -- appended since is in the table itself, so that an append need not write here.
  CREATE TABLE logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
    next INTEGER NOT NULL, last_time INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE cursors (
    log INTEGER NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (log, name)
  ) STRICT, WITHOUT ROWID;

  -- One row for each lane and log that has anything parked, with its totals.
  CREATE TABLE lanes (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, log TEXT NOT NULL,
    parked_rows INTEGER NOT NULL, parked_positions INTEGER NOT NULL,
    UNIQUE (name, log)
  ) STRICT;
  CREATE INDEX lanes_by_log ON lanes (log);
  -- "lowest" is the first position, "others" the distances to the next ones (position-codec.ts), null for a single one.
  CREATE TABLE parked (
    id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, due INTEGER NOT NULL,
    lowest INTEGER NOT NULL, count INTEGER NOT NULL, others BLOB, state TEXT
  ) STRICT;
  CREATE INDEX parked_by_due ON parked (lane, due);
  CREATE INDEX parked_by_lowest ON parked (lane, lowest);

  CREATE TABLE dead_letters (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, event_id TEXT NOT NULL,
    bus TEXT NOT NULL, rule TEXT NOT NULL, target TEXT NOT NULL, document TEXT
  ) STRICT;
  CREATE INDEX dead_letters_by_bus ON dead_letters (bus);
  CREATE INDEX dead_letters_by_bus_and_rule ON dead_letters (bus, rule);
  CREATE INDEX dead_letters_by_rule ON dead_letters (rule);
  CREATE INDEX dead_letters_by_time ON dead_letters (created_at);

  -- The messages of a queue are in queue_n and queue_n_body, n being "tables"; a purge starts new ones.
  CREATE TABLE queues (name TEXT PRIMARY KEY, tables INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- The events of a log group are in log_group_n and its streams in log_group_n_streams, n being "tables"; "bytes" is what
  -- the events' messages take.
  CREATE TABLE log_groups (
    name TEXT PRIMARY KEY, tables INTEGER NOT NULL, bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Where it is set: the events of a removed stream in the named table.
  ALTER TABLE dropped ADD COLUMN stream INTEGER;
  `,
  addOrderedQueues,
  addChecksums,
  `
  -- What is to happen when: a schedule has one timer, for its next tick.
  CREATE TABLE timers (
    id TEXT PRIMARY KEY, due INTEGER NOT NULL, document TEXT, checksum INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX timers_by_due ON timers (due, id);
  `,
  `
  -- The events of an archive are in archive_n, n being "tables"; "events" and "bytes" are what it holds.
  CREATE TABLE archives (
    name TEXT PRIMARY KEY, tables INTEGER NOT NULL, events INTEGER NOT NULL, bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];

/** Ordered queues have further tables (`ordered-tables.ts`); every queue may now hold dead letters of another one. */
function addOrderedQueues(database: DatabaseSync): string {
  const bodies = database.prepare('SELECT tables FROM queues').all();
  return [
    'ALTER TABLE queues ADD COLUMN ordered INTEGER NOT NULL DEFAULT 0',
    ...bodies.map(
      ({ tables }) => `ALTER TABLE queue_${Number(tables)}_body ADD COLUMN dead_letter_source TEXT`,
    ),
  ].join(';\n');
}

/** The version of the files that this code writes. */
export const SCHEMA_VERSION = migrations.length;

/**
 * Brings an open file to `SCHEMA_VERSION`; tests stop earlier, to have a file of an older version. Refuses a file that a
 * newer Busbar has written.
 */
export function migrate(database: DatabaseSync, path: string, to = SCHEMA_VERSION): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > SCHEMA_VERSION) {
    throw new Refused({
      kind: 'damaged',
      message:
        `${path} has schema version ${version}, but this version of Busbar knows only ${SCHEMA_VERSION}: ` +
        'start the newer version that wrote it',
    });
  }
  for (let step = version; step < to; step++) {
    const migration = migrations[step]!;
    const sql = typeof migration === 'string' ? migration : migration(database);
    database.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${step + 1}; COMMIT`);
  }
}
