import type { DatabaseSync } from 'node:sqlite';
import { Refused, concernsOneOperation, damage, failureOf } from '../failure.ts';
import { urgency } from '../wire.ts';
import type { Failure, OperationName, Operations, Reply, Request } from '../wire.ts';
import { Archives } from './archives.ts';
import { CatalogTable } from './catalog.ts';
import { Counters } from './counters.ts';
import { DeadLetterTable } from './dead-letters.ts';
import { Dropped } from './dropped.ts';
import { LogGroups } from './log-groups.ts';
import { Logs } from './logs.ts';
import { ParkedRows } from './parked.ts';
import { Queues } from './queues.ts';
import { TimerTable } from './timers.ts';

type Failures = [index: number, failure: Failure][];

/** Runs groups of operations, each group as one transaction with one sync. */
export class Groups {
  readonly #database: DatabaseSync;
  readonly #dropped: Dropped;
  readonly #parked: ParkedRows;
  readonly #remembering: readonly { reset(): void }[];
  readonly #operations: Operations;
  #synchronous = 'FULL';

  constructor(database: DatabaseSync, firstPosition: bigint) {
    this.#database = database;
    const counters = new Counters(database);
    const dropped = new Dropped(database);
    const logs = new Logs(database, dropped, firstPosition);
    const queues = new Queues(database, counters, dropped);
    const logGroups = new LogGroups(database, counters, dropped);
    const archives = new Archives(database, counters, dropped);
    const deadLetters = new DeadLetterTable(database, counters);
    const timers = new TimerTable(database);
    this.#parked = new ParkedRows(database, counters, dropped);
    this.#dropped = dropped;
    this.#remembering = [counters, logs, queues, logGroups, archives, deadLetters, timers, this.#parked];
    this.#operations = {
      ...new CatalogTable(database, counters).operations,
      ...logs.operations,
      ...this.#parked.operations,
      ...deadLetters.operations,
      ...timers.operations,
      ...queues.operations,
      ...logGroups.operations,
      ...archives.operations,
    };
  }

  /** Never throws: what goes wrong is in the reply. A group is done as a whole, except for operations that fail alone. */
  run(request: Request): Reply {
    try {
      return this.#attempt(request, false);
    } catch (error) {
      if (!concernsOneOperation(error)) return this.#failed(request, error);
    }
    // Savepoints cost every operation something, so they are only used once an operation is known to fail.
    try {
      return this.#attempt(request, true);
    } catch (error) {
      return this.#failed(request, error);
    }
  }

  /** Whether there is something dropped to be removed. */
  get leftOvers(): boolean {
    return this.#dropped.any;
  }

  /** Removes a bit more of what was dropped. */
  sweep(): void {
    try {
      this.#begin('lazy');
      this.#dropped.step();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #attempt(request: Request, apart: boolean): Reply {
    const answers: unknown[] = [];
    const failures: Failures = [];
    try {
      const need = urgencyOf(request);
      this.#begin(need);
      for (const [index, [name, ...parameters]] of request.entries()) {
        try {
          answers.push(apart ? this.#doApart(name, parameters) : this.#do(name, parameters));
        } catch (error) {
          if (!(error instanceof Refused) && !(apart && concernsOneOperation(error))) throw error;
          failures.push([index, failureOf(error)]);
          answers.push(null);
        }
      }
      if (need !== 'read') this.#parked.flush();
      this.#database.exec('COMMIT');
      return { answers, failures };
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #do(name: OperationName, parameters: unknown[]): unknown {
    const operation = this.#operations[name] as (...parameters: unknown[]) => unknown;
    return operation(...parameters);
  }

  /** What fails is taken back alone. */
  #doApart(name: OperationName, parameters: unknown[]): unknown {
    this.#database.exec('SAVEPOINT operation');
    try {
      const answer = this.#do(name, parameters);
      this.#parked.flush();
      this.#database.exec('RELEASE operation');
      return answer;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK TO operation; RELEASE operation');
      this.#reset();
      throw error;
    }
  }

  #begin(need: 'read' | 'lazy' | 'durable'): void {
    // A commit without a sync is made durable by the next one that has a sync.
    const synchronous = need === 'durable' ? 'FULL' : 'NORMAL';
    if (need !== 'read' && synchronous !== this.#synchronous) {
      this.#database.exec(`PRAGMA synchronous = ${synchronous}`);
      this.#synchronous = synchronous;
    }
    this.#database.exec(need === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE');
  }

  #rollBack(): void {
    this.#reset();
    // SQLite has already rolled back by itself after some errors.
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
  }

  #reset(): void {
    for (const part of this.#remembering) part.reset();
  }

  /** SQLite's own words name neither the file nor a way out. */
  #nameFile(failure: Failure, error: unknown): Failure {
    if (failure.kind !== 'damaged' || error instanceof Refused) return failure;
    return { ...failure, message: damage(this.#database.location() ?? 'the data file', failure.message) };
  }

  #failed(request: Request, error: unknown): Reply {
    const failure = this.#nameFile(failureOf(error), error);
    return { answers: [], failures: request.map((_, index) => [index, failure]) };
  }
}

/** The urgency of a group is that of its most urgent operation. */
function urgencyOf(request: Request): 'read' | 'lazy' | 'durable' {
  let most: 'read' | 'lazy' = 'read';
  for (const [name] of request) {
    const own = urgency[name];
    if (own === undefined) return 'durable';
    if (own === 'lazy') most = 'lazy';
  }
  return most;
}
