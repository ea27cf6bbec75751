import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells, Operations } from '../wire.ts';
import { checksumOf, verifyChecksum } from './checksum.ts';
import type { Counters } from './counters.ts';
import type { Dropped } from './dropped.ts';
import { Lanes } from './lanes.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Cells of a row on its way in: lane, log, due, lowest position, count, other positions, state. */
export const NEW_PARKED_WIDTH = 7;

/** A leased row as the worker answers it: id, log, due, lowest position, other positions, state. */
export type LeasedRow = [bigint, string, number, bigint, Uint8Array | null, string | null];

/** A row as it is read: id, due, lowest position, other positions, state, count, checksum. */
type ParkedRow = [bigint, bigint, bigint, Uint8Array | null, string | null, bigint, Cell];

const COLUMNS = 'id, due, lowest, others, state, count, checksum';

/** Rows that may hold a position, nearest first: chunks of a lane hardly overlap, so that the first few decide. */
const NEAR_ROWS = 64;

type ParkedOperations = Pick<Operations, Extract<keyof Operations, `parked.${string}`>>;

export class ParkedRows {
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #lanes: Lanes;
  readonly #insert: Statement<Cell[], never>;
  readonly #delete: Statement<[bigint], [bigint, bigint]>;
  readonly #due: Statement<[bigint, number, number], ParkedRow>;
  readonly #near: Statement<[bigint, bigint, bigint, number], ParkedRow>;
  readonly #postpone: Statement<[number, bigint], never>;
  readonly #earliest: Statement<[bigint], [bigint | null]>;
  readonly #lowest: Statement<[bigint], [bigint | null]>;

  constructor(database: DatabaseSync, counters: Counters, dropped: Dropped) {
    this.#database = database;
    this.#counters = counters;
    this.#lanes = new Lanes(database, counters, dropped);
    this.#insert = statement(
      database,
      'INSERT INTO parked (id, lane, due, lowest, count, others, state, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#delete = statement(database, 'DELETE FROM parked WHERE id = ? RETURNING lane, count');
    this.#due = statement(
      database,
      `SELECT ${COLUMNS} FROM parked WHERE lane = ? AND due <= ? ORDER BY due, id LIMIT ?`,
    );
    this.#near = statement(
      database,
      `SELECT ${COLUMNS} FROM parked WHERE lane = ? AND lowest <= ? AND (count > 1 OR lowest = ?)
       ORDER BY lowest DESC LIMIT ?`,
    );
    this.#postpone = statement(database, 'UPDATE parked SET due = ? WHERE id = ?');
    this.#earliest = statement(database, 'SELECT min(due) FROM parked WHERE lane = ?');
    this.#lowest = statement(database, 'SELECT min(lowest) FROM parked WHERE lane = ?');
  }

  readonly operations: ParkedOperations = {
    'parked.settle': (done, put) => this.#settle(done, put),
    'parked.lease': (lane, now, until, max) => this.#lease(lane, now, until, max),
    'parked.lanes': () =>
      this.#lanes
        .all()
        .flatMap(({ id, name, log, rows, positions }) => [name, log, rows, positions, this.#dueOf(id) ?? 0]),
    'parked.nextDue': (lane) => {
      const due = this.#lanes.named(lane).map(({ id }) => this.#dueOf(id) ?? Infinity);
      return due.length === 0 ? null : Math.min(...due);
    },
    'parked.lowest': (log) => {
      let lowest: bigint | null = null;
      for (const id of this.#lanes.ofLog(log)) {
        const of = this.#lowest.get(id)?.[0] ?? null;
        if (of !== null && (lowest === null || of < lowest)) lowest = of;
      }
      return lowest;
    },
    'parked.near': (name, log, position) =>
      this.#lanes
        .named(name)
        .filter((lane) => lane.log === log)
        .flatMap(({ id }) =>
          this.#near.all(id, position, position, NEAR_ROWS).flatMap((row) => this.#verified(id, log, row)),
        ),
    'parked.dropLane': (name) => {
      for (const lane of this.#lanes.named(name)) this.#lanes.drop(lane);
      return null;
    },
  };

  /** Writes the totals that changed. Call it before a commit. */
  flush(): void {
    this.#lanes.flush();
  }

  reset(): void {
    this.#lanes.reset();
  }

  #settle(done: readonly bigint[], put: Cells): bigint {
    for (const id of done) {
      const removed = this.#delete.get(id);
      // A row of a dropped lane may still be there, but its lane no longer is.
      const lane = removed && this.#lanes.byId(removed[0]);
      if (lane) this.#lanes.count(lane, -1, -Number(removed[1]));
    }
    const first = this.#counters.take('parked', put.length / NEW_PARKED_WIDTH);
    let id = first;
    for (let at = 0; at < put.length; at += NEW_PARKED_WIDTH) {
      const lane = this.#lanes.of(put[at] as string, put[at + 1] as string);
      const [due, lowest, count, others = null, state = null] = put.slice(at + 2, at + NEW_PARKED_WIDTH);
      const checksum = checksumOf(state, headOf(id, lane.id, lowest!, count!, others));
      this.#insert.run(id++, lane.id, due!, lowest!, count!, others, state, checksum);
      this.#lanes.count(lane, 1, put[at + 4] as number);
    }
    return first;
  }

  #lease(name: string, now: number, until: number, max: number): Cells {
    const rows = this.#lanes
      .named(name)
      .flatMap(({ id, log }) => this.#due.all(id, now, max).map((row) => this.#verified(id, log, row)));
    // A lane has one log in nearly every case; when it has more, their rows must be put in order.
    const leased = rows.sort(byDue).slice(0, max);
    for (const [id] of leased) this.#postpone.run(until, id);
    return leased.flat();
  }

  #verified(lane: bigint, log: string, row: ParkedRow): LeasedRow {
    const [id, due, lowest, others, state, count, checksum] = row;
    const head = headOf(id, lane, lowest, count, others);
    verifyChecksum(
      this.#database,
      checksum,
      state,
      head,
      () => `the parked delivery ${id} of ${this.#lanes.byId(lane)?.name}`,
    );
    return [id, log, Number(due), lowest, others, state];
  }

  #dueOf(lane: bigint): number | undefined {
    const due = this.#earliest.get(lane)?.[0] ?? undefined;
    return due === undefined ? undefined : Number(due);
  }
}

/** What the checksum of a row covers besides its state; its due time changes. */
function headOf(id: bigint, lane: bigint, lowest: Cell, count: Cell, others: Cell): string {
  const distances = others instanceof Uint8Array ? Buffer.from(others).toString('base64') : '';
  return [id, lane, lowest, count, distances].join(' ');
}

const byDue = (a: LeasedRow, b: LeasedRow): number => a[2] - b[2] || (a[0] < b[0] ? -1 : 1);
