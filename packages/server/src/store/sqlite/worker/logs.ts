import type { DatabaseSync } from 'node:sqlite';
import { Refused } from '../failure.ts';
import type { Cells, Operations } from '../wire.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Dropped } from './dropped.ts';
import { LogTable, tableOf } from './log-tables.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Logs whose statements are kept prepared. */
const OPEN_LOGS = 256;

type LogOperations = Pick<Operations, Extract<keyof Operations, `log.${string}`>>;

export class Logs {
  readonly #database: DatabaseSync;
  readonly #dropped: Dropped;
  readonly #firstPosition: bigint;
  readonly #open = new BoundedMap<LogTable>(OPEN_LOGS);
  readonly #find: Statement<[string], [id: bigint, next: bigint, lastTime: bigint, gapsBelow: bigint]>;
  readonly #names: Statement<[], [string]>;
  readonly #insert: Statement<[string, bigint], [bigint]>;
  readonly #delete: Statement<[string], never>;
  readonly #saveState: Statement<[bigint, number, bigint], never>;
  readonly #deleteCursors: Statement<[bigint], never>;
  readonly #saveCursor: Statement<[string, bigint, string], never>;
  readonly #cursors: Statement<[], [string, string, bigint]>;

  constructor(database: DatabaseSync, dropped: Dropped, firstPosition: bigint) {
    this.#database = database;
    this.#dropped = dropped;
    this.#firstPosition = firstPosition;
    this.#find = statement(database, 'SELECT id, next, last_time, gaps_below FROM logs WHERE name = ?');
    this.#names = statement(database, 'SELECT name FROM logs ORDER BY id');
    this.#insert = statement(
      database,
      'INSERT INTO logs (name, next, last_time) VALUES (?, ?, 0) RETURNING id',
    );
    this.#delete = statement(database, 'DELETE FROM logs WHERE name = ?');
    this.#saveState = statement(database, 'UPDATE logs SET next = ?, last_time = ? WHERE id = ?');
    this.#deleteCursors = statement(database, 'DELETE FROM cursors WHERE log = ?');
    // The cursor of a log that is dropped by now goes nowhere.
    this.#saveCursor = statement(
      database,
      'INSERT OR REPLACE INTO cursors SELECT id, ?, ? FROM logs WHERE name = ?',
    );
    this.#cursors = statement(
      database,
      'SELECT logs.name, cursors.name, position FROM cursors JOIN logs ON logs.id = cursors.log',
    );
  }

  readonly operations: LogOperations = {
    'log.create': (log) => {
      const table = this.#table(log) ?? this.#create(log);
      return [table.first, table.next];
    },
    'log.list': () => this.#names.all().flatMap(([name]) => this.#state(name)),
    'log.drop': (log) => this.#drop(log),
    'log.append': (log, records) => {
      const table = this.#table(log);
      if (!table) throw new Refused({ kind: 'missing', message: `there is no log ${log}` });
      return table.append(records);
    },
    'log.read': (log, from, maxRecords, maxBytes) => this.#table(log)?.read(from, maxRecords, maxBytes) ?? [],
    'log.readAt': (log, positions) => this.#table(log)?.readAt(positions) ?? [],
    'log.find': (log, eventId, from, below) => this.#table(log)?.find(eventId, from, below) ?? null,
    'log.seek': (log, time) => this.#table(log)?.seek(time) ?? this.#firstPosition,
    'log.trim': (log, below, maxRecords) => this.#trim(log, below, maxRecords),
    'log.saveCursors': (cursors) => this.#saveCursors(cursors),
    'log.cursors': () => this.#cursors.all().flat(),
  };

  /** After a rollback nothing that was remembered is certain. */
  reset(): void {
    this.#open.clear();
  }

  #table(log: string): LogTable | undefined {
    const open = this.#open.get(log);
    if (open) return open;
    const found = this.#find.get(log);
    if (!found) return undefined;
    const table = new LogTable(this.#database, ...found);
    this.#open.set(log, table);
    return table;
  }

  #create(log: string): LogTable {
    const [id] = this.#insert.get(log, this.#firstPosition)!;
    LogTable.create(this.#database, id);
    return this.#table(log)!;
  }

  #state(log: string): Cells {
    const table = this.#table(log)!;
    return [log, table.first, table.next];
  }

  #drop(log: string): null {
    const found = this.#find.get(log);
    this.#open.delete(log);
    if (!found) return null;
    this.#delete.run(log);
    this.#deleteCursors.run(found[0]);
    this.#dropped.addTable(tableOf(found[0]));
    return null;
  }

  #trim(log: string, below: bigint, maxRecords: number): number {
    const table = this.#table(log);
    if (!table) return 0;
    const trimmed = table.trim(below, maxRecords);
    // What the trimmed records showed about the log's end must outlive them.
    if (trimmed > 0) this.#saveState.run(table.next, table.lastTime, table.id);
    return trimmed;
  }

  #saveCursors(cursors: Cells): null {
    for (let at = 0; at < cursors.length; at += 3) {
      this.#saveCursor.run(cursors[at + 1] as string, cursors[at + 2] as bigint, cursors[at] as string);
    }
    return null;
  }
}
