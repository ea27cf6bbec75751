import type { DatabaseSync } from 'node:sqlite';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** id, ready at. */
type GroupRow = [bigint, bigint];

/**
 * The groups of one ordered queue that have messages. `ready_at` of a *fresh* group is when its first message came, and
 * the queue's delay is added where it is read, so that a new delay counts for what is waiting as well. That of any other
 * group is the end of the longest visibility of its messages that were given out.
 */
export class OrderedGroups {
  readonly #find: Statement<[string], [bigint]>;
  readonly #insert: Statement<[string, number], [bigint]>;
  readonly #name: Statement<[bigint], [string]>;
  readonly #place: Statement<[number, number, bigint], never>;
  readonly #delete: Statement<[bigint], never>;
  readonly #ready: Statement<[number, number, number], GroupRow>;
  readonly #next: Statement<[number], [bigint | null]>;

  constructor(database: DatabaseSync, tables: bigint) {
    const groups = `queue_${tables}_groups`;
    this.#find = statement(database, `SELECT id FROM ${groups} WHERE name = ?`);
    this.#insert = statement(
      database,
      `INSERT INTO ${groups} (name, fresh, ready_at) VALUES (?, 1, ?) RETURNING id`,
    );
    this.#name = statement(database, `SELECT name FROM ${groups} WHERE id = ?`);
    this.#place = statement(database, `UPDATE ${groups} SET fresh = ?, ready_at = ? WHERE id = ?`);
    this.#delete = statement(database, `DELETE FROM ${groups} WHERE id = ?`);
    this.#ready = statement(
      database,
      `SELECT id, ready_at FROM ${groups} WHERE fresh = ? AND ready_at <= ? ORDER BY ready_at, id LIMIT ?`,
    );
    this.#next = statement(database, `SELECT min(ready_at) FROM ${groups} WHERE fresh = ?`);
  }

  /** The row of a group that is about to get a message; a new one is ready for it at `since`. */
  enter(name: string, since: number): bigint {
    return (this.#find.get(name) ?? this.#insert.get(name, since)!)[0];
  }

  nameOf(group: bigint): string {
    return this.#name.get(group)![0];
  }

  place(group: bigint, fresh: boolean, readyAt: number): void {
    this.#place.run(fresh ? 1 : 0, readyAt, group);
  }

  /** A group without messages. */
  leave(group: bigint): void {
    this.#delete.run(group);
  }

  /** The groups that can be given out, the one that has been ready for longest first. */
  ready(now: number, delayMs: number, max: number): bigint[] {
    const fresh = this.#ready
      .all(1, now - delayMs, max)
      .map(([id, at]): GroupRow => [id, at + BigInt(delayMs)]);
    const both = [...fresh, ...this.#ready.all(0, now, max)];
    both.sort(([idA, a], [idB, b]) => Number(a - b || idA - idB));
    return both.slice(0, max).map(([id]) => id);
  }

  /** When the next group can be given out. */
  nextReady(delayMs: number): number | null {
    const fresh = this.#next.get(1)?.[0] ?? null;
    const locked = this.#next.get(0)?.[0] ?? null;
    if (fresh === null) return locked === null ? null : Number(locked);
    const first = Number(fresh) + delayMs;
    return locked === null ? first : Math.min(first, Number(locked));
  }

  static create(database: DatabaseSync, tables: bigint): void {
    database.exec(`
      CREATE TABLE queue_${tables}_groups (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, fresh INTEGER NOT NULL, ready_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX queue_${tables}_groups_by_time ON queue_${tables}_groups (fresh, ready_at);
    `);
  }
}
