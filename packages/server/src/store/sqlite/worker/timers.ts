import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells, Operations } from '../wire.ts';
import { checksumOf, verifyChecksum } from './checksum.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Cells of a timer, in and out: id, due time, document. */
const TIMER_WIDTH = 3;

type TimerRow = [string, bigint, string | null, Cell];
type TimerOperations = Pick<Operations, Extract<keyof Operations, `timer.${string}`>>;

const headOf = (id: Cell, due: Cell): string => `${String(id)} ${String(due)}`;

/** The timers stay on disk: only how many there are is remembered, once somebody has asked: counting a million takes a while. */
export class TimerTable {
  readonly #database: DatabaseSync;
  readonly #put: Statement<[Cell, Cell, Cell, number], never>;
  readonly #remove: Statement<[string], never>;
  readonly #due: Statement<[number, number], TimerRow>;
  readonly #get: Statement<[string], TimerRow>;
  readonly #earliest: Statement<[], [bigint | null]>;
  readonly #countAll: Statement<[], [bigint]>;
  #count: number | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#put = statement(database, 'INSERT INTO timers (id, due, document, checksum) VALUES (?, ?, ?, ?)');
    this.#remove = statement(database, 'DELETE FROM timers WHERE id = ?');
    this.#due = statement(
      database,
      'SELECT id, due, document, checksum FROM timers WHERE due <= ? ORDER BY due, id LIMIT ?',
    );
    this.#get = statement(database, 'SELECT id, due, document, checksum FROM timers WHERE id = ?');
    this.#earliest = statement(database, 'SELECT min(due) FROM timers');
    this.#countAll = statement(database, 'SELECT count(*) FROM timers');
  }

  readonly operations: TimerOperations = {
    'timer.change': (remove, put) => this.#change(remove, put),
    'timer.due': (now, max) => this.#due.all(now, max).flatMap((row) => this.#sound(row)),
    'timer.get': (ids) =>
      ids.flatMap((id) => {
        const row = this.#get.get(id);
        return row ? this.#sound(row) : [];
      }),
    'timer.nextDue': () => {
      const due = this.#earliest.get()?.[0] ?? null;
      return due === null ? null : Number(due);
    },
    'timer.count': () => this.#total(),
  };

  reset(): void {
    this.#count = undefined;
  }

  #total(): number {
    this.#count ??= Number(this.#countAll.get()![0]);
    return this.#count;
  }

  #change(remove: readonly string[], put: Cells): null {
    let more = 0;
    for (const id of remove) more -= Number(this.#remove.run(id).changes);
    for (let at = 0; at < put.length; at += TIMER_WIDTH) {
      const [id, due, document = null] = put.slice(at, at + TIMER_WIDTH);
      more += 1 - Number(this.#remove.run(id as string).changes);
      this.#put.run(id!, due!, document, checksumOf(document, headOf(id!, due!)));
    }
    if (this.#count !== undefined) this.#count += more;
    return null;
  }

  #sound([id, due, document, checksum]: TimerRow): Cells {
    verifyChecksum(this.#database, checksum, document, headOf(id, due), () => `the timer ${id}`);
    return [id, due, document];
  }
}
