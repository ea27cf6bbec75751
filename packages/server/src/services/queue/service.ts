import type { Clock, Random } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { QueueSender } from '../../engine/ports/queue-sender.ts';
import type { QueueCounts } from '../../engine/ports/queue-storage.ts';
import type { Storage } from '../../engine/ports/storage.ts';
import { limits } from '../../model/limits.ts';
import type { Scope } from '../../model/resources.ts';
import { checkNewAttributes, compareAttributes, mergeAttributes } from './attributes.ts';
import type { AttributeTexts } from './attributes.ts';
import { QueueCatalog } from './catalog.ts';
import type { Queue } from './catalog.ts';
import { purgeInProgress, queueDeletedRecently, queueDoesNotExist } from './errors.ts';
import { LongPolls } from './long-polls.ts';
import { QueueMessages } from './messages.ts';
import { RestingNames } from './resting-names.ts';
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
export interface QueueService extends QueueSender {
  readonly catalog: QueueCatalog;
  readonly messages: QueueMessages;
  readonly clock: Clock;
  readonly random: Random;
  /** Creates a queue, or finds the one that is there with the same attributes. */
  createQueue(
    scope: Scope,
    name: string,
    attributes: AttributeTexts,
    tags: Readonly<Record<string, string>>,
  ): Promise<Queue>;
  /** The queue and its messages; long polls that wait at it answer empty. */
  deleteQueue(queue: Queue): Promise<void>;
  purgeQueue(queue: Queue): Promise<void>;
  counts(queue: Queue): Promise<QueueCounts>;
  /** Removes expired messages now; otherwise a timer does. */
  sweep(): Promise<void>;
  /** Ends long polls and timers. The storage stays open: it belongs to the caller. */
  close(): Promise<void>;
}

/** Reads the queues from the storage, and starts the sweep of expired messages. */
export async function createQueueService(options: QueueServiceOptions): Promise<QueueService> {
  const { storage, clock, random, logger } = options;
  const catalog = await QueueCatalog.open(storage, random, logger);
  const sweep = new RetentionSweep(catalog, storage.queues, clock, logger);
  const polls = new LongPolls(storage.queues, clock, (queue) => void sweep.sweepQueue(queue));
  const messages = new QueueMessages(storage.queues, clock, polls);
  const sender = new EngineQueueSender(catalog, messages, clock, logger);
  const lifecycle = queueLifecycle(options, catalog, polls);
  return {
    catalog,
    messages,
    clock,
    random,
    ...lifecycle,
    counts: (queue) => storage.queues.counts(queue.document.id, clock.now()),
    send: (queue, batch, source) => sender.send(queue, batch, source),
    sweep: () => sweep.sweep(),
    async close() {
      polls.close();
      await sweep.close();
      catalog.close();
    },
  };
}

type Lifecycle = Pick<QueueService, 'createQueue' | 'deleteQueue' | 'purgeQueue'>;

function queueLifecycle(options: QueueServiceOptions, catalog: QueueCatalog, polls: LongPolls): Lifecycle {
  const { storage, clock } = options;
  const deleted = new RestingNames(clock, options.recreateWaitMs ?? limits.queueRecreateSeconds * 1_000);
  const purged = new RestingNames(clock, limits.queuePurgeSeconds * 1_000);
  const nameKey = (scope: Scope, name: string): string => `${scope.account}/${scope.region}/${name}`;
  const createNew: Lifecycle['createQueue'] = async (scope, name, attributes, tags) => {
    if (deleted.rests(nameKey(scope, name))) throw queueDeletedRecently();
    const { account, region } = scope;
    const now = clock.now();
    const created = await catalog.create({
      account,
      region,
      name,
      createdAt: now,
      modifiedAt: now,
      attributes: mergeAttributes({}, attributes),
      tags,
    });
    const queue = created ?? catalog.find(scope, name);
    // Somebody else took the name and gave it up again between our looks.
    if (!queue) throw queueDeletedRecently();
    return queue;
  };
  return {
    async createQueue(scope, name, attributes, tags) {
      checkNewAttributes(attributes);
      const existing = catalog.find(scope, name) ?? (await createNew(scope, name, attributes, tags));
      compareAttributes(existing.document.attributes, attributes);
      return existing;
    },
    async deleteQueue(queue) {
      const { document } = queue;
      // First the mark: whoever sees the queue gone is then told to wait.
      deleted.start(nameKey(document, document.name));
      if (!(await catalog.remove(queue))) throw queueDoesNotExist();
      polls.closeQueue(document.id);
    },
    async purgeQueue({ document }) {
      if (purged.rests(document.id)) throw purgeInProgress(document.name);
      purged.start(document.id);
      try {
        await storage.queues.purge(document.id);
      } catch (error) {
        purged.forget(document.id);
        throw error;
      }
    },
  };
}
