import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells } from '../wire.ts';
import { checksumOf, damagedRow, verifyChecksum } from './checksum.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Cells of a record on its way in: event id, ingestion time, account, event, trace header, hops, group, deduplication key. */
export const NEW_RECORD_WIDTH = 8;

const COLUMNS =
  'position, event_id, ingested_at, account, event, trace_header, hops, message_group, dedup_key';

/** A record as it is read: `COLUMNS`. */
export const RECORD_WIDTH = 9;
/** And its checksum. */
type RecordRow = [bigint, string, bigint, string, string, Cell, Cell, Cell, Cell, Cell];

/**
 * One log has one table, whose key is the position: appends touch its right edge only, and dropping a log is dropping
 * its table. Ingestion times never fall along it, so that finding one is a binary search over the key.
 */
export class LogTable {
  readonly id: bigint;
  next: bigint;
  readonly #database: DatabaseSync;
  readonly #insert: Statement<Cell[], never>;
  readonly #page: Statement<[bigint, number], RecordRow>;
  readonly #at: Statement<[bigint], RecordRow>;
  readonly #find: Statement<[bigint, bigint, string], [bigint]>;
  readonly #first: Statement<[], [bigint | null]>;
  readonly #timeFrom: Statement<[bigint], [bigint, bigint]>;
  readonly #deleteBelow: Statement<[bigint], never>;
  readonly #gapsBelow: bigint;
  #lastTime: number;

  constructor(database: DatabaseSync, id: bigint, next: bigint, lastTime: bigint, gapsBelow: bigint) {
    const table = tableOf(id);
    this.#database = database;
    this.id = id;
    this.#gapsBelow = gapsBelow;
    this.#insert = statement(
      database,
      `INSERT INTO ${table} (${COLUMNS}, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#page = statement(
      database,
      `SELECT ${COLUMNS}, checksum FROM ${table} WHERE position >= ? ORDER BY position LIMIT ?`,
    );
    this.#at = statement(database, `SELECT ${COLUMNS}, checksum FROM ${table} WHERE position = ?`);
    this.#find = statement(
      database,
      `SELECT position FROM ${table} WHERE position >= ? AND position < ? AND event_id = ?`,
    );
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
    this.#lastTime = Math.max(Number(lastTime), Number(last?.[1] ?? 0));
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
      const position = this.next;
      const event = records[at + 3]!;
      const eventId = records[at]!;
      const account = records[at + 2]!;
      const traceHeader = records[at + 4]!;
      const hops = records[at + 5]!;
      const group = records[at + 6]!;
      const key = records[at + 7]!;
      const head = headOf(position, eventId, this.#lastTime, account, traceHeader, hops, group, key);
      this.#insert.run(
        position,
        eventId,
        this.#lastTime,
        account,
        event,
        traceHeader,
        hops,
        group,
        key,
        checksumOf(event, head),
      );
      this.next++;
    }
    return first;
  }

  read(from: bigint, maxRecords: number, maxBytes: number): Cells {
    const found: Cells = [];
    let bytes = 0;
    let expected: bigint | undefined;
    let left = maxRecords;
    for (const row of this.#page.iterate(from, maxRecords)) {
      bytes += Buffer.byteLength(row[4]);
      if (bytes > maxBytes && found.length > 0) return found;
      if (row[0] !== (expected ??= this.#expectedFirst(from, row[0]))) this.#checkGap(expected);
      this.#verify(row);
      expected = row[0] + 1n;
      left--;
      found.push(...row.slice(0, RECORD_WIDTH));
    }
    expected ??= this.#expectedFirst(from, this.next);
    if (left > 0 && expected < this.next) this.#checkGap(expected);
    return found;
  }

  readAt(positions: readonly bigint[]): Cells {
    const found: Cells = [];
    for (const position of positions) {
      const row = this.#at.get(position);
      if (row) {
        this.#verify(row);
        found.push(...row.slice(0, RECORD_WIDTH));
      } else if (position >= this.first && position < this.next) this.#checkGap(position);
    }
    return found;
  }

  /** Records stand without gaps from the first one that is kept to the last. */
  #expectedFirst(from: bigint, found: bigint): bigint {
    return found === from ? from : from > this.first ? from : this.first;
  }

  #verify(row: RecordRow): void {
    const [position, eventId, time, account, event, traceHeader, hops, group, key, checksum] = row;
    const head = headOf(position, eventId, time, account, traceHeader, hops, group, key);
    verifyChecksum(
      this.#database,
      checksum,
      event,
      head,
      () => `${this.#nameOf(position)} (event ${eventId})`,
    );
  }

  /** Nothing is at a position where a record must be. */
  #checkGap(position: bigint): void {
    if (position < this.#gapsBelow) return;
    throw damagedRow(this.#database, `${this.#nameOf(position)} is gone`);
  }

  #nameOf(position: bigint): string {
    return `the record at position ${position} of ${tableOf(this.id)}`;
  }

  /** The position of an event; the caller bounds how many records are looked at. */
  find(eventId: string, from: bigint, below: bigint): bigint | undefined {
    return this.#find.get(from, below, eventId)?.[0];
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
      trace_header TEXT, hops INTEGER, message_group TEXT, dedup_key TEXT, event TEXT NOT NULL, checksum INTEGER
    ) STRICT`);
  }
}

/** What the checksum of a record covers besides its event. */
const headOf = (...cells: readonly Cell[]): string => cells.join(' ');

export const tableOf = (id: bigint): string => `log_${id}`;
