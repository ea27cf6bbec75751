import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { StorageError } from '../../../engine/ports/storage.ts';
import type { Finding, Salvage, SalvagedContent } from '../../../model/examination.ts';
import { ArchiveTable } from '../worker/archive-tables.ts';
import { DeduplicationTable } from '../worker/deduplication-table.ts';
import { DirectoryLock } from '../worker/lock.ts';
import { createLogGroupTables } from '../worker/log-group-tables.ts';
import { LogTable } from '../worker/log-tables.ts';
import { openDatabase } from '../worker/open.ts';
import { OrderedGroups } from '../worker/ordered-groups.ts';
import { OrderedMessages } from '../worker/ordered-messages.ts';
import { QueueTables } from '../worker/queue-tables.ts';
import { examineFile } from './examine.ts';
import { mend } from './mend.ts';
import { holdOff, openForReading } from './open.ts';
import { soundRows, storedTables } from './tables.ts';
import type { StoredTable } from './tables.ts';
import type { Row } from './rows.ts';

const ROWS_A_TRANSACTION = 1_000;
/** So many lost rows are named; the others are only counted. */
const NAMED_LOSSES = 1_000;

/**
 * Copies every row that can be read, and is what was written, into a new data directory. The directory itself is left as
 * it is. Rejects with a `StorageError` when nothing can be read, a daemon uses it, or `out` is not empty.
 */
export function salvageDirectory(given: string, to: string): Salvage {
  const [directory, out] = [resolve(given), resolve(to)];
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new StorageError('io', `${out} is not empty: name a directory that does not exist yet`);
  }
  const hold = holdOff(directory);
  if (!hold) throw new StorageError('busy', `a daemon uses ${directory}: stop it first`);
  try {
    const problems = examineFile(directory).findings.filter(({ severity }) => severity === 'problem');
    const source = openForReading(join(directory, 'busbar.db'));
    try {
      return copyInto(source.database, out, problems);
    } finally {
      source.close();
    }
  } finally {
    hold.release();
  }
}

/** `problems`: what is wrong with the source; rows that it hides cannot be named otherwise. */
function copyInto(source: DatabaseSync, out: string, problems: readonly Finding[]): Salvage {
  mkdirSync(out, { recursive: true });
  const lock = DirectoryLock.take(out);
  try {
    const target = openDatabase(out, undefined);
    const losses = new Losses();
    for (const { what } of problems) losses.add(`the file: ${what}`);
    try {
      const contents = storedTables(source).map((table) => copyTable(source, target, table, losses));
      makeAllTables(target);
      mend(source, target);
      return { out, contents, lost: losses.named, unnamed: losses.unnamed };
    } finally {
      target.close();
    }
  } finally {
    lock.release();
  }
}

class Losses {
  readonly named: string[] = [];
  unnamed = 0;

  add(loss: string): void {
    if (this.named.length < NAMED_LOSSES) this.named.push(loss);
    else this.unnamed++;
  }
}

function copyTable(
  source: DatabaseSync,
  target: DatabaseSync,
  table: StoredTable,
  losses: Losses,
): SalvagedContent {
  makeTables(target, table.name);
  const columns = target
    .prepare(`PRAGMA table_info(${table.name})`)
    .all()
    .map(({ name }) => String(name));
  let [rows, wrongRows, holes, copied] = [0, 0, 0, 0];
  const sound = soundRows(
    source,
    table,
    ({ behind, before, why }) => {
      holes++;
      const place = before === undefined ? `behind ${behind}` : `between ${behind} and ${before}`;
      losses.add(`${table.what}: cannot be read ${place} (${why})`);
    },
    (row) => {
      wrongRows++;
      losses.add(`${table.what}: ${nameOf(table, row)} is not what was written`);
    },
  );
  target.exec('BEGIN');
  for (const row of sound) {
    if (++rows % ROWS_A_TRANSACTION === 0) target.exec('COMMIT; BEGIN');
    if (insert(target, table.name, columns, row)) copied++;
    else losses.add(`${table.what}: ${nameOf(table, row)} contradicts another row`);
  }
  target.exec('COMMIT');
  return { what: table.what, table: table.name, rows, wrongRows, holes, copied };
}

const nameOf = (table: StoredTable, row: Row): string =>
  [...table.key, 'event_id', 'message_id']
    .filter((column) => column in row)
    .map((column) => `${column} ${String(row[column])}`)
    .join(', ');

/** A damaged row may break a constraint of the new table: false. */
function insert(target: DatabaseSync, table: string, columns: readonly string[], row: Row): boolean {
  const known = columns.filter((column) => column in row);
  const marks = known.map(() => '?').join(', ');
  try {
    target
      .prepare(`INSERT INTO ${table} (${known.join(', ')}) VALUES (${marks})`)
      .run(...known.map((column) => row[column] as SQLInputValue));
    return true;
  } catch {
    return false;
  }
}

/** The tables of a log, a queue, a log group or an archive, unless they are there. */
function makeTables(target: DatabaseSync, table: string): void {
  const [, kind, id] = /^(log|queue|log_group|archive)_(\d+)(?:_[a-z]+)?$/.exec(table) ?? [];
  if (kind === undefined || existsIn(target, table)) return;
  const tables = BigInt(id!);
  if (kind === 'log') LogTable.create(target, tables);
  else if (kind === 'log_group') createLogGroupTables(target, tables);
  else if (kind === 'archive') ArchiveTable.create(target, tables);
  else if (isOrdered(target, tables)) {
    for (const part of [OrderedMessages, OrderedGroups, DeduplicationTable]) part.create(target, tables);
  } else QueueTables.create(target, tables);
}

/** What has a name has its tables, although none of their rows may be left. */
function makeAllTables(target: DatabaseSync): void {
  const names = target
    .prepare(
      `SELECT 'log_' || id AS name FROM logs UNION SELECT 'queue_' || tables FROM queues
        UNION SELECT 'log_group_' || tables FROM log_groups UNION SELECT 'archive_' || tables FROM archives`,
    )
    .all();
  for (const { name } of names) makeTables(target, String(name));
}

const existsIn = (target: DatabaseSync, table: string): boolean =>
  target.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined;

/** The list of queues is copied before their tables. */
const isOrdered = (target: DatabaseSync, tables: bigint): boolean =>
  target.prepare('SELECT 1 FROM queues WHERE tables = ? AND ordered = 1').get(tables) !== undefined;
