import type { DatabaseSync } from 'node:sqlite';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

interface Block {
  next: bigint;
  limit: bigint;
}

/** So many numbers are reserved with one write. A restart or a rollback skips what is left of a block. */
const BLOCK = 1_048_576n;

/** Numbers that only grow and are never given twice, whatever is removed, rolled back or killed. */
export class Counters {
  readonly #read: Statement<[string], [bigint]>;
  readonly #reserve: Statement<[string, bigint], never>;
  readonly #forget: Statement<[string], never>;
  readonly #blocks = new Map<string, Block>();

  constructor(database: DatabaseSync) {
    this.#read = statement(database, 'SELECT next FROM counters WHERE name = ?');
    this.#reserve = statement(
      database,
      'INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET next = excluded.next',
    );
    this.#forget = statement(database, 'DELETE FROM counters WHERE name = ?');
  }

  /** Takes `count` numbers that follow each other and answers the first. */
  take(name: string, count: number): bigint {
    const block = this.#blocks.get(name) ?? this.#load(name);
    const first = block.next;
    block.next += BigInt(count);
    if (block.next > block.limit) {
      block.limit = block.next + BLOCK;
      this.#reserve.run(name, block.limit);
    }
    return first;
  }

  remove(name: string): void {
    this.#blocks.delete(name);
    this.#forget.run(name);
  }

  /** After a rollback a reservation may be gone: everything is read anew. */
  reset(): void {
    this.#blocks.clear();
  }

  #load(name: string): Block {
    const next = this.#read.get(name)?.[0] ?? 1n;
    const block = { next, limit: next };
    this.#blocks.set(name, block);
    return block;
  }
}
