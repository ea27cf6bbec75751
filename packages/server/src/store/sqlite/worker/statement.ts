import type { DatabaseSync } from 'node:sqlite';
import type { Cell } from '../wire.ts';

/** A prepared statement whose parameters and rows have types. */
export interface Statement<Parameters extends Cell[], Row extends Cell[]> {
  run(...parameters: Parameters): { readonly changes: number | bigint };
  get(...parameters: Parameters): Row | undefined;
  all(...parameters: Parameters): Row[];
  iterate(...parameters: Parameters): IterableIterator<Row>;
}

/**
 * Prepares a statement that answers rows as arrays. Every integer comes as a bigint, since any might be a position or a
 * sequence; `Number()` makes times and counts of the others.
 */
export function statement<Parameters extends Cell[], Row extends Cell[]>(
  database: DatabaseSync,
  sql: string,
): Statement<Parameters, Row> {
  const prepared = database.prepare(sql);
  prepared.setReturnArrays(true);
  prepared.setReadBigInts(true);
  return prepared as unknown as Statement<Parameters, Row>;
}
