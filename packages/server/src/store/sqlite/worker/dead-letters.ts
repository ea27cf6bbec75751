import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells, Operations } from '../wire.ts';
import { checksumOf, verifyChecksum } from './checksum.ts';
import type { Counters } from './counters.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Cells of a letter on its way in: id, creation time, event id, bus, rule, target, document. A read one starts with its sequence. */
export const NEW_LETTER_WIDTH = 7;

const COLUMNS = 'sequence, id, created_at, event_id, bus, rule, target, document';

type DeadLetterOperations = Pick<Operations, Extract<keyof Operations, `dead.${string}`>>;

export class DeadLetterTable {
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #put: Statement<Cell[], never>;
  readonly #get: Statement<[string], Cells>;
  readonly #remove: Statement<[string], never>;
  readonly #countAll: Statement<[], [bigint]>;
  readonly #trimOldest: Statement<[number], never>;
  readonly #trimBefore: Statement<[number, number], never>;
  #count: number | undefined;

  constructor(database: DatabaseSync, counters: Counters) {
    this.#database = database;
    this.#counters = counters;
    this.#put = statement(
      database,
      `INSERT INTO dead_letters (${COLUMNS}, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#get = statement(database, `SELECT ${COLUMNS}, checksum FROM dead_letters WHERE id = ?`);
    this.#remove = statement(database, 'DELETE FROM dead_letters WHERE id = ?');
    this.#countAll = statement(database, 'SELECT count(*) FROM dead_letters');
    this.#trimOldest = statement(
      database,
      'DELETE FROM dead_letters WHERE sequence IN (SELECT sequence FROM dead_letters ORDER BY sequence LIMIT ?)',
    );
    this.#trimBefore = statement(
      database,
      `DELETE FROM dead_letters WHERE sequence IN
        (SELECT sequence FROM dead_letters WHERE created_at < ? ORDER BY created_at LIMIT ?)`,
    );
  }

  readonly operations: DeadLetterOperations = {
    'dead.put': (letters) => this.#putAll(letters),
    'dead.list': (bus, rule, after, max) => this.#list(bus, rule, after, max),
    'dead.get': (id) => this.#sound(this.#get.get(id) ?? []),
    'dead.remove': (ids) => {
      const total = this.#total();
      const removed = ids.reduce((sum, id) => sum + Number(this.#remove.run(id).changes), 0);
      this.#count = total - removed;
      return removed;
    },
    'dead.count': () => this.#total(),
    'dead.trim': (before, maxCount, maxRows) => {
      const excess = Math.min(Math.max(this.#total() - maxCount, 0), maxRows);
      const oldest = excess > 0 ? Number(this.#trimOldest.run(excess).changes) : 0;
      const expired = Number(this.#trimBefore.run(before, maxRows - oldest).changes);
      this.#count = this.#total() - oldest - expired;
      return oldest + expired;
    },
  };

  reset(): void {
    this.#count = undefined;
  }

  #total(): number {
    this.#count ??= Number(this.#countAll.get()![0]);
    return this.#count;
  }

  #putAll(letters: Cells): null {
    let count = this.#total();
    for (let at = 0; at < letters.length; at += NEW_LETTER_WIDTH) {
      // A repeat goes to the end: a reader that pages by sequence sees it again.
      count += 1 - Number(this.#remove.run(letters[at] as string).changes);
      const sequence = this.#counters.take('dead-letters', 1);
      const cells = letters.slice(at, at + NEW_LETTER_WIDTH);
      this.#put.run(sequence, ...cells, checksumOf(cells.at(-1)!, cells.slice(0, -1).join(' ')));
    }
    this.#count = count;
    return null;
  }

  #list(bus: string | null, rule: string | null, after: bigint | null, max: number): Cells {
    const conditions = ['sequence > ?'];
    const parameters: Cells = [after ?? -1n];
    for (const [column, value] of [
      ['bus', bus],
      ['rule', rule],
    ] as const) {
      if (value === null) continue;
      conditions.push(`${column} = ?`);
      parameters.push(value);
    }
    return statement<Cells, Cells>(
      this.#database,
      `SELECT ${COLUMNS}, checksum FROM dead_letters WHERE ${conditions.join(' AND ')} ORDER BY sequence LIMIT ?`,
    )
      .all(...parameters, max)
      .flatMap((row) => this.#sound(row));
  }

  /** A row without its checksum. */
  #sound(row: Cells): Cells {
    if (row.length === 0) return row;
    const cells = row.slice(0, -1);
    const head = cells.slice(1, -1).join(' ');
    verifyChecksum(
      this.#database,
      row.at(-1)!,
      cells.at(-1)!,
      head,
      () => `the dead letter ${String(row[1])}`,
    );
    return cells;
  }
}
