import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells, Operations } from '../wire.ts';
import { checksumOf, verifyChecksum } from './checksum.ts';
import type { Counters } from './counters.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/**
 * Cells of a write: kind, key, document (null removes) and what is expected (null: anything; a bigint: that version;
 * 'absent': nothing).
 */
export const WRITE_WIDTH = 4;

/** Sorts behind every key of a prefix, and before everything that a key may go on with. */
const BEYOND_ASCII = '\u{10ffff}';
const BELOW_ASCII = '\u0001';

type CatalogOperations = Pick<Operations, Extract<keyof Operations, `catalog.${string}`>>;

export class CatalogTable {
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #list: Statement<[string], [string, bigint, string, Cell]>;
  readonly #page: Statement<[string, string, string, number], [string, bigint, string, Cell]>;
  readonly #get: Statement<[string, string], [bigint, string, Cell]>;
  readonly #version: Statement<[string, string], [bigint]>;
  readonly #put: Statement<[string, string, bigint, string, number], never>;
  readonly #delete: Statement<[string, string], never>;

  constructor(database: DatabaseSync, counters: Counters) {
    this.#database = database;
    this.#counters = counters;
    this.#list = statement(
      database,
      'SELECT key, version, value, checksum FROM catalog WHERE kind = ? ORDER BY key',
    );
    this.#page = statement(
      database,
      `SELECT key, version, value, checksum FROM catalog
        WHERE kind = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?`,
    );
    this.#get = statement(
      database,
      'SELECT version, value, checksum FROM catalog WHERE kind = ? AND key = ?',
    );
    this.#version = statement(database, 'SELECT version FROM catalog WHERE kind = ? AND key = ?');
    this.#put = statement(database, 'INSERT OR REPLACE INTO catalog VALUES (?, ?, ?, ?, ?)');
    this.#delete = statement(database, 'DELETE FROM catalog WHERE kind = ? AND key = ?');
  }

  readonly operations: CatalogOperations = {
    'catalog.list': (kind) => this.#sound(kind, this.#list.all(kind)),
    'catalog.page': (kind, prefix, after, max) =>
      this.#sound(kind, this.#page.all(kind, lowest(prefix, after), `${prefix}${BEYOND_ASCII}`, max)),
    'catalog.get': (kind, key) => this.#getOne(kind, key),
    'catalog.write': (writes) => {
      const versions: (bigint | null)[] = [];
      for (let at = 0; at < writes.length; at += WRITE_WIDTH) {
        versions.push(
          this.#write(writes[at] as string, writes[at + 1] as string, writes[at + 2]!, writes[at + 3]!),
        );
      }
      return versions;
    },
  };

  #sound(kind: string, rows: [string, bigint, string, Cell][]): Cells {
    return rows.flatMap(([key, version, value, checksum]) => {
      this.#verify(kind, key, version, value, checksum);
      return [key, version, value];
    });
  }

  #getOne(kind: string, key: string): Cells {
    const found = this.#get.get(kind, key);
    if (!found) return [];
    const [version, value, checksum] = found;
    this.#verify(kind, key, version, value, checksum);
    return [version, value];
  }

  #verify(kind: string, key: string, version: bigint, value: string, checksum: Cell): void {
    verifyChecksum(this.#database, checksum, value, headOf(kind, key, version), () => `the ${kind} ${key}`);
  }

  /** The entry's new version; null when another one was expected. */
  #write(kind: string, key: string, value: Cell, expect: Cell): bigint | null {
    const current = this.#version.get(kind, key)?.[0];
    if (expect !== null && (expect === 'absent' ? undefined : expect) !== current) return null;
    const version = this.#counters.take('catalog', 1);
    if (value === null) this.#delete.run(kind, key);
    else this.#put.run(kind, key, version, value as string, checksumOf(value, headOf(kind, key, version)));
    return version;
  }
}

/** Where a page begins. One bound, because SQLite would use the first of two and walk over everything up to the other. */
const lowest = (prefix: string, after: string | null): string =>
  after !== null && after >= prefix ? `${after}${BELOW_ASCII}` : prefix;

const headOf = (kind: string, key: string, version: bigint): string => `${kind} ${key} ${version}`;
