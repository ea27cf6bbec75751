import type { DatabaseSync } from 'node:sqlite';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Rows that one step removes: a few milliseconds. */
const STEP_ROWS = 500;

/**
 * Tables and rows that nobody reads any more. SQLite visits every page of a table that it drops, so dropping a large one
 * would hold up everybody: it is emptied in steps instead, in between other work, and goes on after a restart.
 */
export class Dropped {
  readonly #database: DatabaseSync;
  readonly #add: Statement<[string, bigint | null, bigint | null], never>;
  readonly #first: Statement<[], [bigint, string, bigint | null, bigint | null]>;
  readonly #forget: Statement<[bigint], never>;
  #any: boolean;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#add = statement(database, 'INSERT INTO dropped (name, lane, stream) VALUES (?, ?, ?)');
    this.#first = statement(database, 'SELECT id, name, lane, stream FROM dropped ORDER BY id LIMIT 1');
    this.#forget = statement(database, 'DELETE FROM dropped WHERE id = ?');
    this.#any = this.#first.get() !== undefined;
  }

  get any(): boolean {
    return this.#any;
  }

  /** A whole table. */
  addTable(table: string): void {
    this.#add.run(table, null, null);
    this.#any = true;
  }

  /** The rows of a lane in the table of parked rows. */
  addLane(lane: bigint): void {
    this.#add.run('parked', lane, null);
    this.#any = true;
  }

  /** The events of a stream in the table of a log group. */
  addStream(table: string, stream: bigint): void {
    this.#add.run(table, null, stream);
    this.#any = true;
  }

  /** Removes some rows. Call it within a transaction. */
  step(): void {
    const first = this.#first.get();
    this.#any = first !== undefined;
    if (!first) return;
    const [id, table, lane, stream] = first;
    const which = lane !== null ? `WHERE lane = ${lane}` : stream !== null ? `WHERE stream = ${stream}` : '';
    const { changes } = this.#database
      .prepare(`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} ${which} LIMIT ${STEP_ROWS})`)
      .run();
    if (Number(changes) === STEP_ROWS) return;
    if (which === '') this.#database.exec(`DROP TABLE ${table}`);
    this.#forget.run(id);
  }
}
