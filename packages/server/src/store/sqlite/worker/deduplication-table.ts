import type { DatabaseSync } from 'node:sqlite';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Keys out of date that a send removes for each one that it adds: so the table shrinks again after a peak. */
const FORGET = 4;

/** The deduplication keys of one ordered queue, as old as the window, in the order in which they were sent. */
export class DeduplicationTable {
  readonly #find: Statement<[string], [bigint, bigint, string]>;
  readonly #add: Statement<[bigint, string, number, string], never>;
  readonly #delete: Statement<[bigint], never>;
  readonly #oldest: Statement<[number], [bigint, bigint]>;

  constructor(database: DatabaseSync, tables: bigint) {
    const sent = `queue_${tables}_sent`;
    this.#find = statement(database, `SELECT sequence, sent_at, message_id FROM ${sent} WHERE key = ?`);
    this.#add = statement(database, `INSERT INTO ${sent} VALUES (?, ?, ?, ?)`);
    this.#delete = statement(database, `DELETE FROM ${sent} WHERE sequence = ?`);
    this.#oldest = statement(database, `SELECT sequence, sent_at FROM ${sent} ORDER BY sequence LIMIT ?`);
  }

  /** Message id and sequence of what was sent with this key within the window. */
  find(key: string, now: number, windowMs: number): [messageId: string, sequence: bigint] | undefined {
    const known = this.#find.get(key);
    if (known && now - Number(known[1]) < windowMs) return [known[2], known[0]];
    if (known) this.#delete.run(known[0]);
    for (const [sequence, sentAt] of this.#oldest.all(FORGET)) {
      if (now - Number(sentAt) < windowMs) break;
      this.#delete.run(sequence);
    }
    return undefined;
  }

  add(key: string, sequence: bigint, sentAt: number, messageId: string): void {
    this.#add.run(sequence, key, sentAt, messageId);
  }

  static create(database: DatabaseSync, tables: bigint): void {
    database.exec(`
      CREATE TABLE queue_${tables}_sent (
        sequence INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, sent_at INTEGER NOT NULL, message_id TEXT NOT NULL
      ) STRICT;
    `);
  }
}
