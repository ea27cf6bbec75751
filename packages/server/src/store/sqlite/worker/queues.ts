import type { DatabaseSync } from 'node:sqlite';
import { Refused } from '../failure.ts';
import type { Cell, Cells, Operations } from '../wire.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Counters } from './counters.ts';
import { DeduplicationTable } from './deduplication-table.ts';
import type { Dropped } from './dropped.ts';
import { GONE } from './message-tables.ts';
import type { MoveTarget, ReceiveOrder } from './message-tables.ts';
import { OrderedGroups } from './ordered-groups.ts';
import { OrderedMessages } from './ordered-messages.ts';
import { OrderedTables } from './ordered-tables.ts';
import { QueueTables, RECEIPT_WIDTH, tablesOf } from './queue-tables.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Queues whose statements are kept prepared. */
const OPEN_QUEUES = 256;

type QueueOperations = Pick<Operations, Extract<keyof Operations, `queue.${string}`>>;

export class Queues {
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #dropped: Dropped;
  readonly #open = new BoundedMap<QueueTables | OrderedTables>(OPEN_QUEUES);
  readonly #find: Statement<[string], [tables: bigint, ordered: bigint]>;
  readonly #put: Statement<[string, bigint, bigint], never>;
  readonly #delete: Statement<[string], never>;

  constructor(database: DatabaseSync, counters: Counters, dropped: Dropped) {
    this.#database = database;
    this.#counters = counters;
    this.#dropped = dropped;
    this.#find = statement(database, 'SELECT tables, ordered FROM queues WHERE name = ?');
    this.#put = statement(database, 'INSERT OR REPLACE INTO queues (name, tables, ordered) VALUES (?, ?, ?)');
    this.#delete = statement(database, 'DELETE FROM queues WHERE name = ?');
  }

  readonly operations: QueueOperations = {
    'queue.create': (queue, ordered) => {
      if (!this.#find.get(queue)) this.#start(queue, ordered ? 1n : 0n);
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
      if (!(tables instanceof QueueTables)) throw missing(queue, 'standard');
      tables.send(messages);
      return null;
    },
    'queue.sendOrdered': (queue, messages, windowMs) => {
      const tables = this.#tables(queue);
      if (!(tables instanceof OrderedTables)) throw missing(queue, 'ordered');
      return tables.send(messages, windowMs);
    },
    'queue.receive': (queue, max, now, visibleAgainAt, sentAfter, delayMs, maxInFlight, redrive) => {
      const order = { max, now, visibleAgainAt, sentAfter, delayMs, maxInFlight };
      return this.#tables(queue)?.receive({ ...order, redrive: this.#redrive(queue, redrive) }) ?? [0, 0];
    },
    'queue.receiveAgain': (queue, receipts, visibleAt, now) =>
      this.#tables(queue)?.receiveAgain(receipts, visibleAt, now) ?? [],
    'queue.remove': (queue, sequences) => {
      const tables = this.#tables(queue);
      return sequences.map((sequence) => tables?.remove(sequence) ?? false);
    },
    'queue.removeInFlight': (queue, receipts, now) => {
      const tables = this.#tables(queue);
      return mapReceipts(
        receipts,
        (sequence, receipt) => tables?.removeInFlight(sequence, receipt, now) ?? GONE,
      );
    },
    'queue.changeVisibility': (queue, receipts, visibleAt, now) => {
      const tables = this.#tables(queue);
      return mapReceipts(
        receipts,
        (sequence, receipt) => tables?.changeVisibility(sequence, receipt, visibleAt, now) ?? false,
      );
    },
    'queue.move': (queue, now, sentAfter, delayMs, messageIds, to) => {
      const queueOf = new Map(pairsOf(to));
      const targetOf = (source: Cell): MoveTarget | undefined =>
        this.#target(queue, queueOf.get(null) ?? queueOf.get(source));
      const order = { now, sentAfter, delayMs, messageIds, targetOf };
      return this.#tables(queue)?.move(order) ?? [0, false];
    },
    'queue.purge': (queue) => {
      const found = this.#find.get(queue);
      if (this.#discard(queue)) this.#start(queue, found![1]);
      return null;
    },
    'queue.counts': (queue, now, delayMs) => this.#tables(queue)?.counts(now, delayMs) ?? [0, 0, 0],
    'queue.nextVisible': (queue, delayMs) => this.#tables(queue)?.nextVisible(delayMs) ?? null,
    'queue.expire': (queue, sentBefore, maxRows) => this.#tables(queue)?.expire(sentBefore, maxRows) ?? 0,
  };

  /** After a rollback nothing that was remembered is certain. */
  reset(): void {
    this.#open.clear();
  }

  #tables(queue: string): QueueTables | OrderedTables | undefined {
    const open = this.#open.get(queue);
    if (open) return open;
    const found = this.#find.get(queue);
    if (!found) return undefined;
    const take = (count: number): bigint => this.#counters.take(sequenceOf(queue), count);
    const Tables = found[1] === 0n ? QueueTables : OrderedTables;
    const tables = new Tables(this.#database, found[0], take);
    this.#open.set(queue, tables);
    return tables;
  }

  #redrive(queue: string, redrive: Cells): ReceiveOrder['redrive'] {
    const [maxReceives, to, source] = redrive as [number, string, string];
    const target = redrive.length > 0 ? this.#target(queue, to) : undefined;
    return target && { maxReceives, source, target };
  }

  /** Another queue of the same kind. */
  #target(from: string, to: Cell | undefined): MoveTarget | undefined {
    const target = typeof to !== 'string' || to === from ? undefined : this.#tables(to);
    return target?.constructor === this.#tables(from)?.constructor ? target : undefined;
  }

  #start(queue: string, ordered: bigint): void {
    const tables = this.#counters.take('queue-tables', 1);
    if (ordered === 0n) QueueTables.create(this.#database, tables);
    else for (const part of ORDERED_PARTS) part.create(this.#database, tables);
    this.#put.run(queue, tables, ordered);
    this.#open.delete(queue);
  }

  /** Leaves the queue's tables to be emptied in steps. False when there is no such queue. */
  #discard(queue: string): boolean {
    const found = this.#find.get(queue);
    if (!found) return false;
    const [tables, ordered] = found;
    for (const table of tablesOf(tables)) this.#dropped.addTable(table);
    if (ordered !== 0n)
      for (const part of ['groups', 'sent']) this.#dropped.addTable(`queue_${tables}_${part}`);
    this.#open.delete(queue);
    return true;
  }
}

/** What an ordered queue's tables consist of. */
const ORDERED_PARTS = [OrderedMessages, OrderedGroups, DeduplicationTable];

/** The counter of a queue's sequences. It outlives a purge: an old receipt must never name a new message. */
const sequenceOf = (queue: string): string => `queue.${queue}`;

const missing = (queue: string, kind: string): Refused =>
  new Refused({ kind: 'missing', message: `there is no ${kind} queue ${queue}` });

function mapReceipts<Value>(receipts: Cells, use: (sequence: bigint, receipt: number) => Value): Value[] {
  const answers: Value[] = [];
  for (let at = 0; at < receipts.length; at += RECEIPT_WIDTH) {
    answers.push(use(receipts[at] as bigint, receipts[at + 1] as number));
  }
  return answers;
}

function* pairsOf(cells: Cells): Generator<[Cell, Cell]> {
  for (let at = 0; at < cells.length; at += 2) yield [cells[at]!, cells[at + 1]!];
}
