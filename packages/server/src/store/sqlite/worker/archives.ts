import type { DatabaseSync } from 'node:sqlite';
import { Refused } from '../failure.ts';
import type { Cells, Operations } from '../wire.ts';
import { ArchiveTable, archiveTable } from './archive-tables.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Counters } from './counters.ts';
import type { Dropped } from './dropped.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Archives whose statements are kept prepared. */
const OPEN_ARCHIVES = 64;

type ArchiveOperations = Pick<Operations, Extract<keyof Operations, `archive.${string}`>>;

/** One table an archive; counts and bytes are kept in the transaction that changes them. */
export class Archives {
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #dropped: Dropped;
  readonly #open = new BoundedMap<ArchiveTable>(OPEN_ARCHIVES);
  readonly #find: Statement<[string], [tables: bigint, events: bigint, bytes: bigint]>;
  readonly #names: Statement<[], [string]>;
  readonly #put: Statement<[string, bigint], never>;
  readonly #delete: Statement<[string], never>;
  readonly #grow: Statement<[number, number, string], never>;

  constructor(database: DatabaseSync, counters: Counters, dropped: Dropped) {
    this.#database = database;
    this.#counters = counters;
    this.#dropped = dropped;
    this.#find = statement(database, 'SELECT tables, events, bytes FROM archives WHERE name = ?');
    this.#names = statement(database, 'SELECT name FROM archives ORDER BY name');
    this.#put = statement(database, 'INSERT INTO archives VALUES (?, ?, 0, 0)');
    this.#delete = statement(database, 'DELETE FROM archives WHERE name = ?');
    this.#grow = statement(
      database,
      'UPDATE archives SET events = events + ?, bytes = bytes + ? WHERE name = ?',
    );
  }

  readonly operations: ArchiveOperations = {
    'archive.create': (archive) => {
      if (this.#find.get(archive)) return null;
      const tables = this.#counters.take('archive-tables', 1);
      ArchiveTable.create(this.#database, tables);
      this.#put.run(archive, tables);
      return null;
    },
    'archive.list': () => this.#names.all().flat(),
    'archive.drop': (archive) => {
      const found = this.#find.get(archive);
      if (!found) return null;
      this.#dropped.addTable(archiveTable(found[0]));
      this.#delete.run(archive);
      this.#open.delete(archive);
      return null;
    },
    'archive.put': (archive, events) => this.#add(archive, events),
    'archive.read': (archive, time, id, until, maxEvents, maxBytes) =>
      this.#table(archive)?.read(time, id, until, maxEvents, maxBytes) ?? [],
    'archive.stats': (archive) => {
      const found = this.#find.get(archive);
      const table = this.#table(archive);
      return found && table ? [Number(found[1]), Number(found[2]), ...table.bounds()] : [];
    },
    'archive.trim': (archive, before, maxEvents) => {
      const removed = this.#table(archive)?.trim(before, maxEvents);
      if (!removed || removed.events === 0) return 0;
      this.#grow.run(-removed.events, -removed.bytes, archive);
      return removed.events;
    },
  };

  /** After a rollback nothing that was remembered is certain. */
  reset(): void {
    this.#open.clear();
  }

  #table(archive: string): ArchiveTable | undefined {
    const open = this.#open.get(archive);
    if (open) return open;
    const found = this.#find.get(archive);
    if (!found) return undefined;
    const table = new ArchiveTable(this.#database, found[0]);
    this.#open.set(archive, table);
    return table;
  }

  #add(archive: string, cells: Cells): number[] {
    const table = this.#table(archive);
    if (!table) throw new Refused({ kind: 'missing', message: `there is no archive ${archive}` });
    const added = table.put(cells);
    const fresh = added.filter((bytes) => bytes >= 0);
    if (fresh.length > 0) {
      this.#grow.run(
        fresh.length,
        fresh.reduce((sum, bytes) => sum + bytes, 0),
        archive,
      );
    }
    return added;
  }
}
