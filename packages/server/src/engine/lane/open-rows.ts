import { Fifo } from '../fifo.ts';
import type { LogId, Parked, Position } from '../ports/storage.ts';
import { Row, type ParkedState } from './delivery.ts';

export interface TakenPosition {
  readonly row: Row;
  readonly position: Position;
}

/** The rows of one lane that this process works on, and which of their positions are still to be read. */
export class OpenRows {
  readonly #rows = new Map<bigint, Row>();
  readonly #readable = new Fifo<Row>();
  /** Rows that were removed while a lease was under way: its answer may still show them. */
  readonly #gone = new Set<bigint>();
  #unread = 0;

  get size(): number {
    return this.#rows.size;
  }

  /** Positions that are not in memory. */
  get unread(): number {
    return this.#unread;
  }

  has(id: bigint): boolean {
    return this.#rows.has(id);
  }

  values(): Iterable<Row> {
    return this.#rows.values();
  }

  /** A row whose deliveries are all in memory. */
  add(row: Row): void {
    this.#rows.set(row.id, row);
  }

  /** Opens a leased row; undefined when it is open already (its lease ran out and was renewed) or gone. */
  open(parked: Parked): Row | undefined {
    if (this.#rows.has(parked.id) || this.#gone.has(parked.id)) return undefined;
    const { id, log, positions } = parked;
    const row = new Row(id, log, parked.state as ParkedState, positions, [...positions].reverse());
    this.#rows.set(id, row);
    this.#unread += row.unread.length;
    this.#list(row);
    return row;
  }

  /** A position leaves memory and is to be read again. */
  putBack(row: Row, position: Position): void {
    row.unread.push(position);
    this.#unread++;
    this.#list(row);
  }

  /** Takes up to `room` positions of one log, of the rows that were opened first. */
  take(room: number): { readonly log: LogId | undefined; readonly taken: TakenPosition[] } {
    const taken: TakenPosition[] = [];
    const log = this.#readable.first()?.log;
    while (taken.length < room) {
      const row = this.#readable.first();
      if (!row || row.log !== log) break;
      const position = row.unread.pop();
      if (position !== undefined) taken.push({ row, position });
      if (row.unread.length === 0) {
        row.listed = false;
        this.#readable.shift();
      }
    }
    this.#unread -= taken.length;
    return { log, taken };
  }

  /** The row is gone from the store. `leasing`: a lease is under way that may have seen it. */
  remove(id: bigint, leasing: boolean): void {
    this.#rows.delete(id);
    if (leasing) this.#gone.add(id);
  }

  /** No lease is under way any more. */
  leased(): void {
    this.#gone.clear();
  }

  #list(row: Row): void {
    if (row.listed) return;
    row.listed = true;
    this.#readable.push(row);
  }
}
