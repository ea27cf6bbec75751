import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Operations } from '../wire.ts';
import type { Counters } from './counters.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/**
 * Cells of a write: kind, key, document (null removes) and what is expected (null: anything; a bigint: that version;
 * 'absent': nothing).
 */
export const WRITE_WIDTH = 4;

type CatalogOperations = Pick<Operations, Extract<keyof Operations, `catalog.${string}`>>;

export class CatalogTable {
  readonly #counters: Counters;
  readonly #list: Statement<[string], [string, bigint, string]>;
  readonly #get: Statement<[string, string], [bigint, string]>;
  readonly #version: Statement<[string, string], [bigint]>;
  readonly #put: Statement<[string, string, bigint, string], never>;
  readonly #delete: Statement<[string, string], never>;

  constructor(database: DatabaseSync, counters: Counters) {
    this.#counters = counters;
    this.#list = statement(database, 'SELECT key, version, value FROM catalog WHERE kind = ? ORDER BY key');
    this.#get = statement(database, 'SELECT version, value FROM catalog WHERE kind = ? AND key = ?');
    this.#version = statement(database, 'SELECT version FROM catalog WHERE kind = ? AND key = ?');
    this.#put = statement(database, 'INSERT OR REPLACE INTO catalog VALUES (?, ?, ?, ?)');
    this.#delete = statement(database, 'DELETE FROM catalog WHERE kind = ? AND key = ?');
  }

  readonly operations: CatalogOperations = {
    'catalog.list': (kind) => this.#list.all(kind).flat(),
    'catalog.get': (kind, key) => this.#get.get(kind, key) ?? [],
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

  /** The entry's new version; null when another one was expected. */
  #write(kind: string, key: string, value: Cell, expect: Cell): bigint | null {
    const current = this.#version.get(kind, key)?.[0];
    if (expect !== null && (expect === 'absent' ? undefined : expect) !== current) return null;
    const version = this.#counters.take('catalog', 1);
    if (value === null) this.#delete.run(kind, key);
    else this.#put.run(kind, key, version, value as string);
    return version;
  }
}
