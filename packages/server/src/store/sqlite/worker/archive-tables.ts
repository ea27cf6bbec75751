import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells } from '../wire.ts';
import { checksumOf, verifyChecksum } from './checksum.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Cells of an event, in and out: id, event time, time of ingestion, account, event. */
const EVENT_WIDTH = 5;

/** And its checksum. */
type EventRow = [string, bigint, bigint, string, string, checksum: Cell];

const COLUMNS = 'event_id, event_time, ingested_at, account, event, checksum';

/** A checksum covers this beside the event. */
const headOf = (id: Cell, time: Cell, ingestedAt: Cell, account: Cell): string =>
  `${String(id)} ${String(time)} ${String(ingestedAt)} ${String(account)}`;

export const archiveTable = (tables: bigint): string => `archive_${tables}`;

/**
 * The events of one archive. They stand in the order in which they came, so that an addition never moves an event. One
 * index holds the order of event times, and makes an event that comes again no second one; another finds the oldest.
 */
export class ArchiveTable {
  readonly #database: DatabaseSync;
  readonly #table: string;
  readonly #insert: Statement<Cell[], never>;
  /** Prepared when first asked for: most archives are written only. */
  readonly #prepared = new Map<string, Statement<Cell[], Cell[]>>();

  constructor(database: DatabaseSync, tables: bigint) {
    this.#database = database;
    this.#table = archiveTable(tables);
    this.#insert = statement(
      database,
      `INSERT INTO ${this.#table} (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
  }

  static create(database: DatabaseSync, tables: bigint): void {
    const table = archiveTable(tables);
    database.exec(`
      CREATE TABLE ${table} (
        sequence INTEGER PRIMARY KEY, event_id TEXT NOT NULL, event_time INTEGER NOT NULL,
        ingested_at INTEGER NOT NULL, account TEXT NOT NULL, event TEXT NOT NULL, checksum INTEGER
      ) STRICT;
      CREATE UNIQUE INDEX ${table}_by_time ON ${table} (event_time, event_id);
      CREATE INDEX ${table}_by_ingestion ON ${table} (ingested_at);
    `);
  }

  /** Answers the bytes of each event that was new, and -1 for the others. */
  put(events: Cells): number[] {
    const added: number[] = [];
    for (let at = 0; at < events.length; at += EVENT_WIDTH) {
      const id = events[at]!;
      const time = events[at + 1]!;
      const ingestedAt = events[at + 2]!;
      const account = events[at + 3]!;
      const event = events[at + 4] as string;
      const checksum = checksumOf(event, headOf(id, time, ingestedAt, account));
      const { changes } = this.#insert.run(id, time, ingestedAt, account, event, checksum);
      added.push(Number(changes) === 0 ? -1 : Buffer.byteLength(event));
    }
    return added;
  }

  /** The events behind a place, before `until`. */
  read(time: number, id: string, until: number, maxEvents: number, maxBytes: number): Cells {
    const found: Cells = [];
    let [events, bytes] = [0, 0];
    for (const row of this.#behind(time, id, until)) {
      bytes += Buffer.byteLength(row[4]);
      if (events >= maxEvents || (bytes > maxBytes && events > 0)) break;
      this.#verify(row);
      found.push(row[0], Number(row[1]), Number(row[2]), row[3], row[4]);
      events++;
    }
    return found;
  }

  /** Two steps: the rest of the time at which it starts, then later times. The index finds both beginnings at once. */
  *#behind(time: number, id: string, until: number): Generator<EventRow> {
    const from = `SELECT ${COLUMNS} FROM ${this.#table}`;
    const ofSameTime = `${from} WHERE event_time = ? AND event_id > ? ORDER BY event_id`;
    yield* this.#statement(ofSameTime).iterate(time, id) as Iterable<EventRow>;
    const ofLaterTimes = `${from} WHERE event_time > ? AND event_time < ? ORDER BY event_time, event_id`;
    yield* this.#statement(ofLaterTimes).iterate(time, until) as Iterable<EventRow>;
  }

  /** The earliest and the latest event time; null when there is none. */
  bounds(): (number | null)[] {
    return ['min', 'max'].map((bound) => {
      const time = this.#statement(`SELECT ${bound}(event_time) FROM ${this.#table}`).get()?.[0] ?? null;
      return time === null ? null : Number(time);
    });
  }

  /** Removes the events that came longest ago; answers how many and their bytes. */
  trim(before: number, maxEvents: number): { events: number; bytes: number } {
    const oldest = `SELECT sequence FROM ${this.#table} WHERE ingested_at < ? ORDER BY ingested_at, sequence LIMIT ?`;
    const removed = this.#statement(
      `DELETE FROM ${this.#table} WHERE sequence IN (${oldest}) RETURNING octet_length(event)`,
    ).all(before, maxEvents);
    return { events: removed.length, bytes: removed.reduce((sum, [bytes]) => sum + Number(bytes), 0) };
  }

  #statement(sql: string): Statement<Cell[], Cell[]> {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const prepared = statement<Cell[], Cell[]>(this.#database, sql);
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  #verify([id, time, ingestedAt, account, event, checksum]: EventRow): void {
    const head = headOf(id, time, ingestedAt, account);
    verifyChecksum(this.#database, checksum, event, head, () => `the event ${id} of ${this.#table}`);
  }
}
