import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells } from '../wire.ts';
import { checksumOf, damagedRow, verifyChecksum } from './checksum.ts';
import { eventsTable, streamsTable } from './log-group-tables.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Cells of an event on its way in: timestamp, ingested at, message. */
export const NEW_LOG_EVENT_WIDTH = 3;

/** sequence, stream's name, timestamp, ingested at, message, stream, checksum. */
type EventRow = [bigint, string, bigint, bigint, string, stream: bigint, checksum: Cell];
/** timestamp, sequence. */
type Key = [bigint, bigint];

/** From where to where events are read. */
export interface LogEventRange {
  readonly descending: boolean;
  /** The place to start behind, in the direction of reading. */
  readonly timestamp: number;
  readonly sequence: bigint;
  /** Ascending: the first time that is too late. Descending: the earliest that is not too early. */
  readonly end: number;
}

interface Page {
  /** Whether there is more beyond `cells`, which holds rows of five. */
  readonly more: boolean;
  readonly cells: Cells;
}

/**
 * A range in two steps: the rest of the events of the time at which it starts, then those of the times up to its end. The
 * indexes find both beginnings at once, however many events share a time; for a comparison of pairs they would not.
 */
const ASCENDING = [
  'timestamp = ? AND sequence > ? ORDER BY sequence',
  'timestamp > ? AND timestamp < ? ORDER BY timestamp, sequence',
] as const;
const DESCENDING = [
  'timestamp = ? AND sequence < ? ORDER BY sequence DESC',
  'timestamp < ? AND timestamp >= ? ORDER BY timestamp DESC, sequence DESC',
] as const;

const COLUMNS = 'sequence, name, timestamp, ingested_at, message, stream, checksum';

/** The events of one log group. */
export class LogGroupEvents {
  readonly #database: DatabaseSync;
  readonly #events: string;
  readonly #streams: string;
  readonly #insert: Statement<Cell[], never>;
  /** Prepared when first asked for: most groups are written only. */
  readonly #prepared = new Map<string, Statement<Cell[], Cell[]>>();

  constructor(database: DatabaseSync, tables: bigint) {
    this.#database = database;
    this.#events = eventsTable(tables);
    this.#streams = streamsTable(tables);
    this.#insert = statement(database, `INSERT INTO ${this.#events} VALUES (?, ?, ?, ?, ?, ?)`);
  }

  /** Answers the latest timestamp, the latest time of ingestion and the bytes of the messages. */
  append(
    stream: bigint,
    first: bigint,
    events: Cells,
  ): { latest: number; ingestedAt: number; bytes: number } {
    let [latest, ingestedAt, bytes] = [-1, 0, 0];
    let sequence = first;
    for (let at = 0; at < events.length; at += NEW_LOG_EVENT_WIDTH) {
      const [timestamp, ingested, message] = events.slice(at, at + 3) as [number, number, string];
      const checksum = checksumOf(message, headOf(sequence, stream, timestamp, ingested));
      this.#insert.run(sequence, stream, timestamp, ingested, message, checksum);
      latest = Math.max(latest, timestamp);
      ingestedAt = Math.max(ingestedAt, ingested);
      bytes += Buffer.byteLength(message);
      sequence++;
    }
    return { latest, ingestedAt, bytes };
  }

  /** The events of the whole group, or of one stream. */
  read(stream: bigint | undefined, range: LogEventRange, maxEvents: number, maxChars: number): Page {
    // The events come first, in the index's order; each then finds its stream. Those of removed streams find none.
    const from = `SELECT ${COLUMNS} FROM ${this.#events} ` + `CROSS JOIN ${this.#streams} ON id = stream`;
    return this.#page(this.#rows(from, stream, range) as Iterable<EventRow>, maxEvents, maxChars);
  }

  /** The events of several streams, in one order. */
  readStreams(streams: readonly bigint[], range: LogEventRange, maxEvents: number, maxChars: number): Page {
    const sign = range.descending ? -1n : 1n;
    const keysFrom = `SELECT timestamp, sequence FROM ${this.#events}`;
    const keys = streams
      .flatMap((stream) => [...this.#rows(keysFrom, stream, range).take(maxEvents + 1)] as Key[])
      .sort((a, b) => Number(sign * (a[0] - b[0] || a[1] - b[1])));
    const one = this.#statement(
      `SELECT ${COLUMNS} FROM ${this.#events} ` + `JOIN ${this.#streams} ON id = stream WHERE sequence = ?`,
    );
    const rows = keys.values().map(([, sequence]) => this.#found(one.get(sequence), sequence));
    return this.#page(rows, maxEvents, maxChars);
  }

  /** Removes the oldest events; answers how many of each stream, and their bytes. */
  trim(before: number, maxEvents: number): { stream: bigint; bytes: bigint }[] {
    // Events of removed streams are emptied by themselves: they are gone already for whoever counts.
    const oldest =
      `SELECT sequence FROM ${this.#events} WHERE timestamp < ? AND stream IN (SELECT id FROM ${this.#streams}) ` +
      'ORDER BY timestamp, sequence LIMIT ?';
    const removed = this.#statement(
      `DELETE FROM ${this.#events} WHERE sequence IN (${oldest}) RETURNING stream, octet_length(message)`,
    ).all(before, maxEvents) as [bigint, bigint][];
    return removed.map(([stream, bytes]) => ({ stream, bytes }));
  }

  *#rows(from: string, stream: bigint | undefined, range: LogEventRange): Generator<Cell[]> {
    const [ofSameTime, ofOtherTimes] = range.descending ? DESCENDING : ASCENDING;
    const where = stream === undefined ? 'WHERE' : 'WHERE stream = ? AND';
    const of = stream === undefined ? [] : [stream];
    const { timestamp, sequence, end } = range;
    yield* this.#statement(`${from} ${where} ${ofSameTime}`).iterate(...of, timestamp, sequence);
    yield* this.#statement(`${from} ${where} ${ofOtherTimes}`).iterate(...of, timestamp, end);
  }

  #statement(sql: string): Statement<Cell[], Cell[]> {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const prepared = statement<Cell[], Cell[]>(this.#database, sql);
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  #found(row: Cell[] | undefined, sequence: bigint): EventRow {
    if (!row) throw damagedRow(this.#database, `event ${sequence} of ${this.#events} is gone`);
    return row as EventRow;
  }

  #page(rows: Iterable<EventRow>, maxEvents: number, maxChars: number): Page {
    const cells: Cells = [];
    let [events, chars] = [0, 0];
    for (const [sequence, name, timestamp, ingestedAt, message, stream, checksum] of rows) {
      chars += message.length;
      if (events >= maxEvents || (chars > maxChars && events > 0)) return { more: true, cells };
      const head = headOf(sequence, stream, timestamp, ingestedAt);
      verifyChecksum(this.#database, checksum, message, head, () => `event ${sequence} of ${this.#events}`);
      cells.push(sequence, name, Number(timestamp), Number(ingestedAt), message);
      events++;
    }
    return { more: false, cells };
  }
}

/** What the checksum of an event covers besides its message. */
const headOf = (...cells: readonly (bigint | number)[]): string => cells.join(' ');
