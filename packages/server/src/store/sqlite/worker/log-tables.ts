import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells } from '../wire.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Cells of a record on its way in: event id, ingestion time, account, event, trace header, hops, group, deduplication key. */
export const NEW_RECORD_WIDTH = 8;

const COLUMNS =
  'position, event_id, ingested_at, account, event, trace_header, hops, message_group, dedup_key';

/** A record as it is read: `COLUMNS`. */
export type RecordRow = [bigint, string, bigint, string, string, Cell, Cell, Cell, Cell];

/**
 * One log has one table, whose key is the position: appends touch its right edge only, and dropping a log is dropping
 * its table. Ingestion times never fall along it, so that finding one is a binary search over the key.
 */
export class LogTable {
  readonly id: bigint;
  next: bigint;
  readonly #insert: Statement<Cell[], never>;
  readonly #page: Statement<[bigint, number], RecordRow>;
  readonly #at: Statement<[bigint], RecordRow>;
  readonly #first: Statement<[], [bigint | null]>;
  readonly #timeFrom: Statement<[bigint], [bigint, bigint]>;
  readonly #deleteBelow: Statement<[bigint], never>;
  #lastTime: number;

  constructor(database: DatabaseSync, id: bigint, next: bigint, lastTime: number) {
    const table = tableOf(id);
    this.id = id;
    this.#insert = statement(
      database,
      `INSERT INTO ${table} (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#page = statement(
      database,
      `SELECT ${COLUMNS} FROM ${table} WHERE position >= ? ORDER BY position LIMIT ?`,
    );
    this.#at = statement(database, `SELECT ${COLUMNS} FROM ${table} WHERE position = ?`);
    this.#first = statement(database, `SELECT min(position) FROM ${table}`);
    this.#timeFrom = statement(
      database,
      `SELECT position, ingested_at FROM ${table} WHERE position >= ? ORDER BY position LIMIT 1`,
    );
    this.#deleteBelow = statement(database, `DELETE FROM ${table} WHERE position < ?`);
    const last = statement<[], [bigint, bigint]>(
      database,
      `SELECT position, ingested_at FROM ${table} ORDER BY position DESC LIMIT 1`,
    ).get();
    this.next = last && last[0] >= next ? last[0] + 1n : next;
    this.#lastTime = Math.max(lastTime, Number(last?.[1] ?? 0));
  }

  get lastTime(): number {
    return this.#lastTime;
  }

  get first(): bigint {
    return this.#first.get()?.[0] ?? this.next;
  }

  /** Appends records of `NEW_RECORD_WIDTH` cells; answers the position of the first, the others follow it. */
  append(records: Cells): bigint {
    const first = this.next;
    for (let at = 0; at < records.length; at += NEW_RECORD_WIDTH) {
      this.#lastTime = Math.max(this.#lastTime, records[at + 1] as number);
      this.#insert.run(
        this.next,
        records[at]!,
        this.#lastTime,
        records[at + 2]!,
        records[at + 3]!,
        records[at + 4]!,
        records[at + 5]!,
        records[at + 6]!,
        records[at + 7]!,
      );
      this.next++;
    }
    return first;
  }

  read(from: bigint, maxRecords: number, maxBytes: number): Cells {
    const found: Cells = [];
    let bytes = 0;
    for (const row of this.#page.iterate(from, maxRecords)) {
      bytes += Buffer.byteLength(row[4]);
      if (bytes > maxBytes && found.length > 0) break;
      found.push(...row);
    }
    return found;
  }

  readAt(positions: readonly bigint[]): Cells {
    const found: Cells = [];
    for (const position of positions) {
      const row = this.#at.get(position);
      if (row) found.push(...row);
    }
    return found;
  }

  seek(time: number): bigint {
    let low = this.first;
    let high = this.next;
    while (low < high) {
      const middle = low + (high - low) / 2n;
      const row = this.#timeFrom.get(middle);
      // Positions may have gaps: what counts is the next record that there is.
      if (row && Number(row[1]) < time) low = row[0] + 1n;
      else high = middle;
    }
    return this.#timeFrom.get(low)?.[0] ?? this.next;
  }

  trim(below: bigint, maxRecords: number): number {
    const most = this.first + BigInt(maxRecords);
    return Number(this.#deleteBelow.run(below < most ? below : most).changes);
  }

  static create(database: DatabaseSync, id: bigint): void {
    database.exec(`CREATE TABLE ${tableOf(id)} (
      position INTEGER PRIMARY KEY, ingested_at INTEGER NOT NULL, event_id TEXT NOT NULL, account TEXT NOT NULL,
      trace_header TEXT, hops INTEGER, message_group TEXT, dedup_key TEXT, event TEXT NOT NULL
    ) STRICT`);
  }
}

export const tableOf = (id: bigint): string => `log_${id}`;
