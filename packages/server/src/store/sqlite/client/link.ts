import { setImmediate } from 'node:timers';
import type { Worker } from 'node:worker_threads';
import type { Logger } from '../../../engine/ports/logger.ts';
import { StorageError } from '../../../engine/ports/storage.ts';
import { CLOSE, urgency } from '../wire.ts';
import type { Answer, Arguments, OperationName, Reply } from '../wire.ts';
import { SharedCalls } from './shared-calls.ts';
import type { Share, Shared, Waiting } from './shared-calls.ts';

/** Groups that may be with the worker at once; see 0004 for what was measured. */
const GROUPS_UNDER_WAY = 1;

/** A group that weighs more (characters, about) takes no further calls: bounds a transaction's time and memory. */
const GROUP_WEIGHT = 4_194_304;

/** What a call weighs beside its payload. */
const CALL_WEIGHT = 64;

type Operation = [OperationName, ...unknown[]];

interface Group {
  readonly operations: Operation[];
  readonly waiting: Waiting[];
  /** The operations of this group that further calls may join. */
  readonly shared: Map<string, Shared<unknown>>;
  weight: number;
  writes: boolean;
}

/** Work that is in no hurry: it goes along with the next group that writes. */
export type Rider = () => { readonly operation: Operation; readonly waiting: Waiting } | undefined;

/**
 * The way to the worker. All calls of a turn, and all that come while the worker is busy, travel as one message, share
 * one transaction and are answered by one message. How many calls may wait is up to the callers: nothing is dropped.
 */
export class Link {
  readonly #worker: Worker;
  readonly #logger: Logger;
  readonly #waiting: Group[] = [];
  readonly #underWay: Group[] = [];
  readonly #flush = (): void => this.#sendWaiting();
  #rider: Rider = () => undefined;
  #scheduled = false;
  #failing = false;
  /** Why no call can be made any more. */
  #ended: StorageError | undefined;
  #drained: (() => void) | undefined;
  readonly #exited: Promise<unknown>;

  constructor(worker: Worker, logger: Logger) {
    this.#worker = worker;
    this.#logger = logger;
    this.#exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error) => this.#died(error));
    worker.on('exit', (code) => this.#died(new Error(`it ended with code ${code}`)));
  }

  /** Asks `rider` for work whenever a group that writes is sent. */
  ride(rider: Rider): void {
    this.#rider = rider;
  }

  /** A call that shares its operation with nobody. */
  call<Name extends OperationName>(name: Name, ...parameters: Arguments<Name>): Promise<Answer<Name>> {
    if (this.#ended) return Promise.reject(this.#ended);
    const group = this.#openGroup();
    // Such writes (a drop, a purge) must stay behind the calls made before them and in front of those made after.
    if (urgency[name] === undefined) group.shared.clear();
    group.weight += CALL_WEIGHT;
    return new Promise((resolve, reject) => {
      this.#add(group, [name, ...parameters], {
        done: resolve as (answer: unknown) => void,
        failed: reject,
      });
    });
  }

  /**
   * Joins the operation that `key` names in the group that is being collected; `start` begins it with the list (and the
   * second one) that takes the calls' items. The caller adds its items and then calls `calls.join`.
   */
  join<Value>(
    key: string,
    weight: number,
    start: (cells: Shared<Value>['cells'], keys: bigint[]) => Operation,
    share: Share<Value>,
  ): Shared<Value> {
    if (this.#ended) throw this.#ended;
    const group = this.#openGroup();
    group.weight += weight + CALL_WEIGHT;
    const known = group.shared.get(key);
    if (known) return known as Shared<Value>;
    const shared: Shared<Value> = { cells: [], keys: [], calls: new SharedCalls(share) };
    group.shared.set(key, shared as Shared<unknown>);
    this.#add(group, start(shared.cells, shared.keys), shared.calls);
    return shared;
  }

  /** Lets what is under way finish, then ends the worker. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = new StorageError('closed', 'the store is closed');
    if (this.#waiting.length > 0 || this.#underWay.length > 0) {
      await new Promise<void>((resolve) => (this.#drained = resolve));
    }
    this.#worker.postMessage(CLOSE);
    await this.#exited;
  }

  #openGroup(): Group {
    const last = this.#waiting.at(-1);
    if (last && last.weight < GROUP_WEIGHT) return last;
    const group: Group = { operations: [], waiting: [], shared: new Map(), weight: 0, writes: false };
    this.#waiting.push(group);
    return group;
  }

  #add(group: Group, operation: Operation, waiting: Waiting): void {
    group.operations.push(operation);
    group.waiting.push(waiting);
    if (urgency[operation[0]] !== 'read') group.writes = true;
    this.#schedule();
  }

  /** Sends at the end of the turn, so that everything the turn brings goes along. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay.length >= GROUPS_UNDER_WAY) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }

  #sendWaiting(): void {
    this.#scheduled = false;
    while (this.#underWay.length < GROUPS_UNDER_WAY) {
      const group = this.#waiting.shift();
      if (!group) return;
      const rider = group.writes ? this.#rider() : undefined;
      if (rider) {
        group.operations.push(rider.operation);
        group.waiting.push(rider.waiting);
      }
      this.#underWay.push(group);
      this.#worker.postMessage(group.operations);
    }
  }

  #settle(reply: Reply): void {
    const group = this.#underWay.shift();
    if (!group) return;
    const failures = new Map(reply.failures);
    this.#report(reply, group);
    for (const [index, waiting] of group.waiting.entries()) {
      const failure = failures.get(index);
      if (failure) waiting.failed(new StorageError(failure.kind, failure.message));
      else waiting.done(reply.answers[index]);
    }
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#underWay.length === 0) this.#drained?.();
  }

  /** One line when the store begins to fail as a whole, and one when it works again. */
  #report({ failures }: Reply, group: Group): void {
    const [first] = failures;
    const failing =
      first !== undefined && failures.length === group.operations.length && first[1].kind !== 'missing';
    if (failing && !this.#failing) this.#logger.error(first[1], 'the store fails');
    if (failures.length === 0 && group.writes && this.#failing)
      this.#logger.info({}, 'the store works again');
    if (failing || group.writes) this.#failing = failing;
  }

  #died(cause: unknown): void {
    if (this.#ended && this.#waiting.length === 0 && this.#underWay.length === 0) return;
    const error = new StorageError('io', `the store's worker died: ${String(cause)}`, cause);
    this.#logger.error({ err: cause }, "the store's worker died: no call can be served any more");
    this.#ended = error;
    for (const group of [...this.#underWay.splice(0), ...this.#waiting.splice(0)]) {
      for (const waiting of group.waiting) waiting.failed(error);
    }
    this.#drained?.();
  }
}
