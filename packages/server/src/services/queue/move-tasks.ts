import type { Clock, Random } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { QueueId } from '../../engine/ports/queue-storage.ts';
import type { Storage } from '../../engine/ports/storage.ts';
import { parseArn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { Queue, QueueCatalog } from './catalog.ts';
import { invalidParameter, resourceDoesNotExist } from './errors.ts';
import { isActive } from './move-task.ts';
import type { MoveTask } from './move-task.ts';

const KIND = 'queue-move-task';

export interface MoveTasksContext {
  readonly storage: Storage;
  readonly catalog: QueueCatalog;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Messages arrived at a queue. */
  readonly arrived: (queue: QueueId) => void;
}

export type NewMoveTask = Pick<MoveTask, 'sourceArn' | 'destinationArn' | 'maxPerSecond'>;

/**
 * The message move tasks: at most one active for each dead-letter queue, and the last few that ended. A task works in
 * steps of `limits.queueMoveStep` messages, each one atomic in the store, and writes down how far it is after each; so
 * it holds nobody up, and a restart costs it nothing.
 */
export class MoveTasks {
  readonly #context: MoveTasksContext;
  /** By source, newest first; bounded by `limits.queueMoveTasksListed` each. */
  readonly #tasks = new Map<string, MoveTask[]>();
  readonly #running = new Set<Promise<void>>();
  /** Ends the pauses of tasks, so that they look at what has changed. */
  readonly #pauses = new Map<string, () => void>();
  #closed = false;

  private constructor(context: MoveTasksContext) {
    this.#context = context;
  }

  /** Reads the tasks, and goes on with those that were interrupted. */
  static async open(context: MoveTasksContext): Promise<MoveTasks> {
    const tasks = new MoveTasks(context);
    const entries = await context.storage.catalog.list(KIND);
    const documents = entries.map(({ value }) => value as MoveTask);
    for (const task of documents.sort((a, b) => a.startedAt - b.startedAt)) await tasks.#keep(task);
    for (const task of documents) if (isActive(task)) tasks.#begin(task);
    return tasks;
  }

  /** Resolves once the task is written down; it then runs by itself. */
  async start(source: Queue, task: NewMoveTask): Promise<MoveTask> {
    const { storage, clock, random } = this.#context;
    this.#refuseSecond(task.sourceArn);
    const { visible } = await storage.queues.counts(source.document.id, clock.now(), source.settings.delayMs);
    // Another request may have been faster while the messages were counted.
    this.#refuseSecond(task.sourceArn);
    const started: MoveTask = {
      ...task,
      id: random.uuid(),
      startedAt: clock.now(),
      status: 'RUNNING',
      moved: 0,
      toMove: visible,
    };
    await this.#keep(started);
    this.#begin(started);
    return started;
  }

  /** The tasks of a source, newest first. */
  list(sourceArn: string): readonly MoveTask[] {
    return this.#tasks.get(sourceArn) ?? [];
  }

  /** Asks a task to end; throws when there is no such task at work. Messages that were moved stay moved. */
  async cancel(sourceArn: string, id: string): Promise<MoveTask> {
    const task = this.list(sourceArn).find((each) => each.id === id);
    if (!task || !isActive(task)) throw resourceDoesNotExist('Task does not exist.');
    const cancelling: MoveTask = { ...task, status: 'CANCELLING' };
    await this.#keep(cancelling);
    this.#pauses.get(id)?.();
    return cancelling;
  }

  /** Forgets the tasks of a queue that is deleted. */
  async forget(sourceArn: string): Promise<void> {
    const tasks = this.list(sourceArn);
    this.#tasks.delete(sourceArn);
    for (const { id } of tasks) this.#pauses.get(id)?.();
    await this.#context.storage.catalog.write(tasks.map((task) => removalOf(task)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#pauses.values()) wake();
    await Promise.all(this.#running);
  }

  #refuseSecond(sourceArn: string): void {
    if (!this.list(sourceArn).some(isActive)) return;
    throw invalidParameter(
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    );
  }

  /** Remembers a task's newest state, then writes it down, and lets go of tasks that are too many. */
  async #keep(task: MoveTask): Promise<void> {
    const others = this.list(task.sourceArn).filter(({ id }) => id !== task.id);
    const tasks = [task, ...others].sort((a, b) => b.startedAt - a.startedAt);
    this.#tasks.set(task.sourceArn, tasks.slice(0, limits.queueMoveTasksListed));
    await this.#context.storage.catalog.write([
      { kind: KIND, key: keyOf(task), value: task, expect: undefined },
      ...tasks.slice(limits.queueMoveTasksListed).map((old) => removalOf(old)),
    ]);
  }

  #begin(task: MoveTask): void {
    const run = this.#run(task.sourceArn, task.id).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  /** Works until the task has ended, is forgotten, or the daemon stops. Never rejects. */
  async #run(sourceArn: string, id: string): Promise<void> {
    for (;;) {
      const task = this.list(sourceArn).find((each) => each.id === id);
      if (this.#closed || !task || !isActive(task)) return;
      const pauseMs = await this.#step(task).catch((error: unknown) => {
        this.#context.logger.warn({ queue: sourceArn, err: error }, 'messages could not be moved');
        return limits.queueMoveRetryMs;
      });
      if (pauseMs > 0 && !this.#closed) await this.#pause(id, pauseMs);
    }
  }

  /** One step; answers how long to wait before the next one. */
  async #step(task: MoveTask): Promise<number> {
    if (task.status === 'CANCELLING') return this.#record(task, { status: 'CANCELLED' });
    const { storage, catalog, clock, random, arrived } = this.#context;
    const source = queueOf(catalog, task.sourceArn);
    const to = source && destinationsOf(catalog, source, task);
    if (!to) return this.#record(task, { status: 'FAILED', failureReason: NO_QUEUE });
    const size = Math.min(task.maxPerSecond ?? limits.queueMoveStep, limits.queueMoveStep);
    const now = clock.now();
    const { moved, blocked } = await storage.queues.move(source.document.id, {
      now,
      sentAfter: now - source.settings.retentionMs,
      delayMs: source.settings.delayMs,
      messageIds: Array.from({ length: size }, () => random.uuid()),
      to,
    });
    if (moved > 0) for (const id of typeof to === 'string' ? [to] : to.values()) arrived(id);
    if (blocked) return this.#record(task, { moved, status: 'FAILED', failureReason: NO_SOURCE });
    if (moved === 0) return this.#record(task, { status: 'COMPLETED' });
    await this.#record(task, { moved });
    return task.maxPerSecond === undefined ? 0 : Math.ceil((moved * 1_000) / task.maxPerSecond);
  }

  /** Writes down what a step did. A cancellation that came meanwhile is not overwritten. */
  async #record(task: MoveTask, change: Partial<MoveTask>): Promise<number> {
    const newest = this.list(task.sourceArn).find(({ id }) => id === task.id);
    if (newest) await this.#keep({ ...newest, ...change, moved: newest.moved + (change.moved ?? 0) });
    return 0;
  }

  async #pause(id: string, pauseMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#context.clock.after(pauseMs, resolve);
    this.#pauses.set(id, resolve);
    await promise;
    this.#pauses.delete(id);
    cancel();
  }
}

/** The service's own words. */
const NO_QUEUE = 'AWS.SimpleQueueService.NonExistentQueue';
const NO_SOURCE = 'CouldNotDetermineMessageSource';

const keyOf = ({ sourceArn, id }: MoveTask): string => `${sourceArn}/${id}`;

const removalOf = (task: MoveTask) =>
  ({ kind: KIND, key: keyOf(task), remove: true, expect: undefined }) as const;

function queueOf(catalog: QueueCatalog, text: string): Queue | undefined {
  const arn = parseArn(text);
  return arn && catalog.findByArn(arn);
}

/** Where messages go: to one queue, or to the queues of the same kind by their ARNs. Undefined when the one is gone. */
function destinationsOf(
  catalog: QueueCatalog,
  source: Queue,
  { destinationArn }: MoveTask,
): QueueId | ReadonlyMap<string, QueueId> | undefined {
  if (destinationArn !== undefined) return queueOf(catalog, destinationArn)?.document.id;
  const siblings = catalog
    .list(source.document, '')
    .filter((queue) => queue !== source && queue.settings.fifo === source.settings.fifo);
  return new Map(siblings.map(({ document }) => [document.arn, document.id]));
}
