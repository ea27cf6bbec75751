import type { DatabaseSync } from 'node:sqlite';
import { Refused } from '../failure.ts';
import type { Cells, Operations } from '../wire.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Counters } from './counters.ts';
import type { Dropped } from './dropped.ts';
import { NEW_MESSAGE_WIDTH, QueueTables, tablesOf } from './queue-tables.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Queues whose statements are kept prepared. */
const OPEN_QUEUES = 256;

/** Cells of a receipt on its way in: sequence, receipt. */
export const RECEIPT_WIDTH = 2;

type QueueOperations = Pick<Operations, Extract<keyof Operations, `queue.${string}`>>;

export class Queues {
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #dropped: Dropped;
  readonly #open = new BoundedMap<QueueTables>(OPEN_QUEUES);
  readonly #find: Statement<[string], [bigint]>;
  readonly #put: Statement<[string, bigint], never>;
  readonly #delete: Statement<[string], never>;

  constructor(database: DatabaseSync, counters: Counters, dropped: Dropped) {
    this.#database = database;
    this.#counters = counters;
    this.#dropped = dropped;
    this.#find = statement(database, 'SELECT tables FROM queues WHERE name = ?');
    this.#put = statement(database, 'INSERT OR REPLACE INTO queues VALUES (?, ?)');
    this.#delete = statement(database, 'DELETE FROM queues WHERE name = ?');
  }

  readonly operations: QueueOperations = {
    'queue.create': (queue) => {
      if (!this.#find.get(queue)) this.#start(queue);
      return null;
    },
    'queue.drop': (queue) => {
      if (!this.#discard(queue)) return null;
      this.#delete.run(queue);
      this.#counters.remove(sequenceOf(queue));
      return null;
    },
    'queue.send': (queue, messages) => {
      const tables = this.#tables(queue);
      if (!tables) throw new Refused({ kind: 'missing', message: `there is no queue ${queue}` });
      tables.send(this.#counters.take(sequenceOf(queue), messages.length / NEW_MESSAGE_WIDTH), messages);
      return null;
    },
    'queue.receive': (queue, max, now, visibleAgainAt, sentAfter) =>
      this.#tables(queue)?.receive(max, now, visibleAgainAt, sentAfter) ?? [],
    'queue.remove': (queue, sequences) => {
      const tables = this.#tables(queue);
      return sequences.map((sequence) => tables?.remove(sequence) ?? false);
    },
    'queue.changeVisibility': (queue, receipts, visibleAt, now) =>
      this.#changeVisibility(queue, receipts, visibleAt, now),
    'queue.purge': (queue) => {
      if (this.#discard(queue)) this.#start(queue);
      return null;
    },
    'queue.counts': (queue, now) => this.#tables(queue)?.counts(now) ?? [0, 0, 0],
    'queue.nextVisible': (queue) => this.#tables(queue)?.nextVisible() ?? null,
    'queue.expire': (queue, sentBefore, maxRows) => this.#tables(queue)?.expire(sentBefore, maxRows) ?? 0,
  };

  /** After a rollback nothing that was remembered is certain. */
  reset(): void {
    this.#open.clear();
  }

  #tables(queue: string): QueueTables | undefined {
    const open = this.#open.get(queue);
    if (open) return open;
    const found = this.#find.get(queue);
    if (!found) return undefined;
    const tables = new QueueTables(this.#database, found[0]);
    this.#open.set(queue, tables);
    return tables;
  }

  #start(queue: string): void {
    const tables = this.#counters.take('queue-tables', 1);
    QueueTables.create(this.#database, tables);
    this.#put.run(queue, tables);
    this.#open.delete(queue);
  }

  /** Leaves the queue's tables to be emptied in steps. False when there is no such queue. */
  #discard(queue: string): boolean {
    const found = this.#find.get(queue);
    if (!found) return false;
    for (const table of tablesOf(found[0])) this.#dropped.addTable(table);
    this.#open.delete(queue);
    return true;
  }

  #changeVisibility(queue: string, receipts: Cells, visibleAt: number, now: number): boolean[] {
    const tables = this.#tables(queue);
    const changed: boolean[] = [];
    for (let at = 0; at < receipts.length; at += RECEIPT_WIDTH) {
      const [sequence, receipt] = [receipts[at] as bigint, receipts[at + 1] as number];
      changed.push(tables?.changeVisibility(sequence, receipt, visibleAt, now) ?? false);
    }
    return changed;
  }
}

/** The counter of a queue's sequences. It outlives a purge: an old receipt must never name a new message. */
const sequenceOf = (queue: string): string => `queue.${queue}`;
