import type { DatabaseSync, StatementSync } from 'node:sqlite';

export type Row = Record<string, string | number | bigint | Uint8Array | null>;

/** Where rows cannot be read: behind one key, and up to another (undefined: up to the end). */
export interface Hole {
  readonly behind: string;
  readonly before: string | undefined;
  readonly why: string;
}

const PAGE = 256;
/** The largest step over a hole: beyond any key. */
const MAX_STEP_BITS = 62n;

/**
 * Every row of a table that can be read, in the order of its key, whatever is broken in between: what cannot be read is
 * told to `onHole`, and the next place that can be read is looked for.
 */
export function readableRows(
  database: DatabaseSync,
  table: string,
  key: readonly string[],
  onHole: (hole: Hole) => void,
): Iterable<Row> {
  const isNumber = key.length === 1 && isInteger(database, table, key[0]!);
  return isNumber ? numberedRows(database, table, key[0]!, onHole) : namedRows(database, table, key, onHole);
}

function isInteger(database: DatabaseSync, table: string, column: string): boolean {
  const columns = database.prepare(`PRAGMA table_info(${table})`).all();
  return columns.some(({ name, type }) => name === column && type === 'INTEGER');
}

const prepare = (database: DatabaseSync, sql: string): StatementSync => {
  const prepared = database.prepare(sql);
  prepared.setReadBigInts(true);
  return prepared;
};

function* numberedRows(
  database: DatabaseSync,
  table: string,
  key: string,
  onHole: (hole: Hole) => void,
): Generator<Row> {
  const select = prepare(database, `SELECT * FROM ${table} WHERE ${key} >= ? ORDER BY ${key} LIMIT ?`);
  const from = (start: bigint, max: number): Row[] => select.all(start, max) as Row[];
  let start = -(2n ** 62n);
  for (let max = PAGE; ;) {
    let rows: Row[];
    try {
      rows = from(start, max);
    } catch (error) {
      if (max > 1) {
        max = 1;
        continue;
      }
      const next = beyondHole(start, (at) => from(at, 1));
      onHole({
        behind: String(start - 1n),
        before: next === undefined ? undefined : String(next),
        why: String((error as Error).message),
      });
      if (next === undefined) return;
      start = next;
      continue;
    }
    if (rows.length === 0) return;
    yield* rows;
    const last = rows.at(-1)![key] as bigint;
    // A broken tree may lead backwards: rows are read once.
    start = last >= start ? last + 1n : start + 1n;
    if (rows.length === max) max = PAGE;
  }
}

/** The lowest key beyond a place that cannot be read; undefined when nothing beyond can be. */
function beyondHole(start: bigint, readAt: (at: bigint) => Row[]): bigint | undefined {
  const canRead = (at: bigint): boolean => {
    try {
      readAt(at);
      return true;
    } catch {
      return false;
    }
  };
  let low = start;
  for (let bits = 0n; bits <= MAX_STEP_BITS; bits++) {
    const high = start + 2n ** bits;
    if (!canRead(high)) {
      low = high;
      continue;
    }
    let found = high;
    while (found - low > 1n) {
      const middle = low + (found - low) / 2n;
      if (canRead(middle)) found = middle;
      else low = middle;
    }
    return found;
  }
  return undefined;
}

/** Keys that are no numbers cannot be stepped over: such a table is read from both ends. */
function* namedRows(
  database: DatabaseSync,
  table: string,
  key: readonly string[],
  onHole: (hole: Hole) => void,
): Generator<Row> {
  const columns = key.join(', ');
  const descending = key.map((column) => `${column} DESC`).join(', ');
  const seen = new Set<string>();
  const nameOf = (row: Row): string => key.map((column) => String(row[column])).join(' ');
  let why: string | undefined;
  let before: string | undefined;
  let behind = '';
  try {
    for (const row of prepare(
      database,
      `SELECT * FROM ${table} ORDER BY ${columns}`,
    ).iterate() as Iterable<Row>) {
      seen.add((behind = nameOf(row)));
      yield row;
    }
    return;
  } catch (error) {
    why = String((error as Error).message);
  }
  const rest: Row[] = [];
  try {
    for (const row of prepare(
      database,
      `SELECT * FROM ${table} ORDER BY ${descending}`,
    ).iterate() as Iterable<Row>) {
      if (seen.has(nameOf(row))) break;
      before = nameOf(row);
      rest.push(row);
    }
  } catch {
    // The other side of the hole.
  }
  onHole({ behind, before, why });
  yield* rest.reverse();
}
