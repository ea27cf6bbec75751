import type { DatabaseSync } from 'node:sqlite';

export const eventsTable = (tables: bigint): string => `log_group_${tables}`;
export const streamsTable = (tables: bigint): string => `log_group_${tables}_streams`;

/**
 * Creates the two tables of a log group. Events stand in the order in which they came, so that an append never moves a
 * message; two indexes hold the order of time, of the group and of each stream. Streams' ids are never used twice: events
 * of a removed stream may still be there.
 */
export function createLogGroupTables(database: DatabaseSync, tables: bigint): void {
  const [events, streams] = [eventsTable(tables), streamsTable(tables)];
  database.exec(`
    CREATE TABLE ${streams} (
      id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL,
      last_timestamp INTEGER NOT NULL, last_ingested_at INTEGER, bytes INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX ${streams}_by_time ON ${streams} (last_timestamp, name);
    CREATE TABLE ${events} (
      sequence INTEGER PRIMARY KEY, stream INTEGER NOT NULL, timestamp INTEGER NOT NULL,
      ingested_at INTEGER NOT NULL, message TEXT NOT NULL, checksum INTEGER
    ) STRICT;
    CREATE INDEX ${events}_by_time ON ${events} (timestamp);
    CREATE INDEX ${events}_by_stream ON ${events} (stream, timestamp);
  `);
}
