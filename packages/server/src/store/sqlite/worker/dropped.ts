import type { DatabaseSync } from 'node:sqlite';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Rows that one step removes: a few milliseconds. */
const STEP_ROWS = 1_000;

/**
 * Tables that nobody reads any more. SQLite visits every page of a table that it drops, so dropping a large one would
 * hold up everybody: it is emptied in steps instead, in between other work, and goes on after a restart.
 */
export class DroppedTables {
  readonly #database: DatabaseSync;
  readonly #add: Statement<[string], never>;
  readonly #first: Statement<[], [string]>;
  readonly #forget: Statement<[string], never>;
  #any: boolean;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#add = statement(database, 'INSERT INTO dropped VALUES (?)');
    this.#first = statement(database, 'SELECT name FROM dropped LIMIT 1');
    this.#forget = statement(database, 'DELETE FROM dropped WHERE name = ?');
    this.#any = this.#first.get() !== undefined;
  }

  get any(): boolean {
    return this.#any;
  }

  add(table: string): void {
    this.#add.run(table);
    this.#any = true;
  }

  /** Removes some rows. Call it within a transaction. */
  step(): void {
    const table = this.#first.get()?.[0];
    this.#any = table !== undefined;
    if (table === undefined) return;
    const { changes } = this.#database
      .prepare(
        `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} ORDER BY rowid LIMIT ${STEP_ROWS})`,
      )
      .run();
    if (Number(changes) === STEP_ROWS) return;
    this.#database.exec(`DROP TABLE ${table}`);
    this.#forget.run(table);
  }
}
