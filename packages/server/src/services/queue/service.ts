import type { Clock, Random } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { QueueSender } from '../../engine/ports/queue-sender.ts';
import type { QueueCounts } from '../../engine/ports/queue-storage.ts';
import type { Storage } from '../../engine/ports/storage.ts';
import { limits } from '../../model/limits.ts';
import { QueueCatalog } from './catalog.ts';
import type { Queue } from './catalog.ts';
import { QueueLifecycle } from './lifecycle.ts';
import { LongPolls } from './long-polls.ts';
import { QueueMessages } from './messages.ts';
import { MoveTasks } from './move-tasks.ts';
import { redriveRule } from './redrive.ts';
import { RetentionSweep } from './retention-sweep.ts';
import { EngineQueueSender } from './sender.ts';

export interface QueueServiceOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** How long the name of a deleted queue rests. AWS: 60 s, the default; 0 lets test suites re-create at once. */
  readonly recreateWaitMs?: number | undefined;
}

/** The built-in queue: an SQS-compatible companion on Busbar's own storage. */
export interface QueueService
  extends QueueSender, Pick<QueueLifecycle, 'createQueue' | 'deleteQueue' | 'purgeQueue'> {
  readonly catalog: QueueCatalog;
  readonly messages: QueueMessages;
  readonly moveTasks: MoveTasks;
  readonly clock: Clock;
  readonly random: Random;
  counts(queue: Queue): Promise<QueueCounts>;
  /** Removes expired messages now; otherwise a timer does. */
  sweep(): Promise<void>;
  /** Ends long polls, move tasks and timers. The storage stays open: it belongs to the caller. */
  close(): Promise<void>;
}

/** Reads the queues from the storage, goes on with move tasks, and starts the sweep of expired messages. */
export async function createQueueService(options: QueueServiceOptions): Promise<QueueService> {
  const { storage, clock, random, logger } = options;
  const store = storage.queues;
  const catalog = await QueueCatalog.open(storage, random, logger);
  const sweep = new RetentionSweep(catalog, store, clock, logger);
  const polls = new LongPolls({
    clock,
    nextVisible: (id) => store.nextVisible(id, catalog.findById(id)?.settings.delayMs),
    onStuck: (id) => void sweep.sweepQueue(id),
  });
  const messages = new QueueMessages({
    store,
    clock,
    polls,
    newest: (queue) => catalog.findById(queue.document.id) ?? queue,
    redriveOf: (queue) => redriveRule(catalog, queue),
  });
  const sender = new EngineQueueSender(catalog, messages, clock, logger);
  const arrived = (id: string): void => polls.arrived(id, clock.now());
  const moveTasks = await MoveTasks.open({ storage, catalog, clock, random, logger, arrived });
  const recreateWaitMs = options.recreateWaitMs ?? limits.queueRecreateSeconds * 1_000;
  const lifecycle = new QueueLifecycle({ storage, clock, catalog, polls, moveTasks, recreateWaitMs });
  return {
    catalog,
    messages,
    moveTasks,
    clock,
    random,
    createQueue: (scope, name, attributes, tags) => lifecycle.createQueue(scope, name, attributes, tags),
    deleteQueue: (queue) => lifecycle.deleteQueue(queue),
    purgeQueue: (queue) => lifecycle.purgeQueue(queue),
    counts: ({ document, settings }) => store.counts(document.id, clock.now(), settings.delayMs),
    send: (queue, batch, source) => sender.send(queue, batch, source),
    sweep: () => sweep.sweep(),
    async close() {
      polls.close();
      await moveTasks.close();
      await sweep.close();
      catalog.close();
    },
  };
}
