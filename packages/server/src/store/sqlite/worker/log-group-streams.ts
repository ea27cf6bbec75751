import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells } from '../wire.ts';
import { eventsTable, streamsTable } from './log-group-tables.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** id, bytes. */
type FoundStream = [bigint, bigint];
/** name, created at, place by time, last ingested at, first timestamp, last timestamp. */
type StreamRow = [string, bigint, bigint, Cell, Cell, Cell];
type Range = Statement<Cell[], StreamRow>;

/** What names a place behind every name that starts with a prefix: the last code point there is. */
const LAST = '\u{10ffff}';

/** The streams of one log group: found by name, listed by name or by the time of their latest event. */
export class LogGroupStreams {
  readonly #database: DatabaseSync;
  readonly #columns: string;
  readonly #table: string;
  readonly #find: Statement<[string], FoundStream>;
  readonly #insert: Statement<[string, number], never>;
  readonly #touch: Statement<[number, number, number, bigint], never>;
  readonly #shrink: Statement<[bigint, bigint], never>;
  readonly #delete: Statement<[bigint], never>;
  /** Prepared when first asked for: most groups are never listed. */
  readonly #ranges = new Map<string, Range>();

  constructor(database: DatabaseSync, tables: bigint) {
    const table = streamsTable(tables);
    const events = eventsTable(tables);
    this.#database = database;
    this.#table = table;
    this.#columns =
      'name, created_at, last_timestamp, last_ingested_at, ' +
      `(SELECT min(timestamp) FROM ${events} WHERE stream = ${table}.id), ` +
      `(SELECT max(timestamp) FROM ${events} WHERE stream = ${table}.id)`;
    this.#find = statement(database, `SELECT id, bytes FROM ${table} WHERE name = ?`);
    this.#insert = statement(
      database,
      `INSERT OR IGNORE INTO ${table} (name, created_at, last_timestamp, bytes) VALUES (?, ?, -1, 0)`,
    );
    this.#touch = statement(
      database,
      `UPDATE ${table} SET last_timestamp = max(last_timestamp, ?), ` +
        'last_ingested_at = max(coalesce(last_ingested_at, 0), ?), bytes = bytes + ? ' +
        'WHERE id = ?',
    );
    this.#shrink = statement(database, `UPDATE ${table} SET bytes = bytes - ? WHERE id = ?`);
    this.#delete = statement(database, `DELETE FROM ${table} WHERE id = ?`);
  }

  create(name: string, createdAt: number): boolean {
    return Number(this.#insert.run(name, createdAt).changes) === 1;
  }

  find(name: string): bigint | undefined {
    return this.#find.get(name)?.[0];
  }

  /** Forgets a stream; answers its id and how many bytes of messages it held. */
  remove(name: string): FoundStream | undefined {
    const found = this.#find.get(name);
    if (found) this.#delete.run(found[0]);
    return found;
  }

  added(id: bigint, latest: number, ingestedAt: number, bytes: number): void {
    this.#touch.run(latest, ingestedAt, bytes, id);
  }

  /** False for a stream that is gone: its bytes went with it. */
  removed(id: bigint, bytes: bigint): boolean {
    return Number(this.#shrink.run(bytes, id).changes) === 1;
  }

  /** Rows of six cells. */
  byName(prefix: string, descending: boolean, beyond: string | null, max: number): Cells {
    // Null is no name, so that nothing is left out when there is no place to go on behind.
    const start = beyond ?? (descending ? prefix + LAST : prefix);
    const range = this.#range(
      descending ? 'name <= ? AND name IS NOT ?' : 'name >= ? AND name IS NOT ?',
      descending ? 'name DESC' : 'name',
    );
    const found: Cells = [];
    for (const row of range.iterate(start, beyond, max)) {
      if (!row[0].startsWith(prefix)) break;
      found.push(...withNumbers(row));
    }
    return found;
  }

  byTime(descending: boolean, beyondTime: number | null, beyondName: string, max: number): Cells {
    const range = descending
      ? this.#range('(last_timestamp, name) < (?, ?)', 'last_timestamp DESC, name DESC')
      : this.#range('(last_timestamp, name) > (?, ?)', 'last_timestamp, name');
    const start = beyondTime ?? (descending ? Number.MAX_SAFE_INTEGER : -2);
    return range.all(start, beyondName, max).flatMap(withNumbers);
  }

  #range(where: string, order: string): Range {
    const sql = `SELECT ${this.#columns} FROM ${this.#table} WHERE ${where} ORDER BY ${order} LIMIT ?`;
    const known = this.#ranges.get(sql);
    if (known) return known;
    const range: Range = statement(this.#database, sql);
    this.#ranges.set(sql, range);
    return range;
  }
}

/** Times travel as numbers. */
const withNumbers = ([name, ...times]: StreamRow): Cells => [
  name,
  ...times.map((time) => (typeof time === 'bigint' ? Number(time) : time)),
];
