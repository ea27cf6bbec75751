import type { Clock } from '../../engine/ports/clock.ts';
import type { Storage } from '../../engine/ports/storage.ts';
import { queueArn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { Scope } from '../../model/resources.ts';
import { checkNewAttributes, compareAttributes, mergeAttributes } from './attributes.ts';
import type { AttributeTexts } from './attributes.ts';
import type { Queue, QueueCatalog } from './catalog.ts';
import { purgeInProgress, queueDeletedRecently, queueDoesNotExist } from './errors.ts';
import { isFifo } from './fifo-attributes.ts';
import type { LongPolls } from './long-polls.ts';
import type { MoveTasks } from './move-tasks.ts';
import { checkDeadLetterQueue } from './redrive-policy.ts';
import { RestingNames } from './resting-names.ts';

export interface LifecycleContext {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly catalog: QueueCatalog;
  readonly polls: LongPolls;
  readonly moveTasks: MoveTasks;
  /** How long the name of a deleted queue rests. */
  readonly recreateWaitMs: number;
}

/** How queues come, are emptied and go. */
export class QueueLifecycle {
  readonly #context: LifecycleContext;
  readonly #deleted: RestingNames;
  readonly #purged: RestingNames;

  constructor(context: LifecycleContext) {
    this.#context = context;
    this.#deleted = new RestingNames(context.clock, context.recreateWaitMs);
    this.#purged = new RestingNames(context.clock, limits.queuePurgeSeconds * 1_000);
  }

  /** Creates a queue, or finds the one that is there with the same attributes. Throws the service's errors. */
  async createQueue(
    scope: Scope,
    name: string,
    attributes: AttributeTexts,
    tags: Readonly<Record<string, string>>,
  ): Promise<Queue> {
    const { catalog } = this.#context;
    checkNewAttributes(attributes);
    const { RedrivePolicy: redrivePolicy } = attributes;
    if (redrivePolicy !== undefined) {
      const source = {
        ...scope,
        arn: queueArn(scope.region, scope.account, name),
        fifo: isFifo(attributes),
      };
      checkDeadLetterQueue(redrivePolicy, source, (arn) => catalog.findByArn(arn));
    }
    const existing = catalog.find(scope, name) ?? (await this.#createNew(scope, name, attributes, tags));
    compareAttributes(existing.document.attributes, attributes);
    return existing;
  }

  /** The queue and its messages; long polls that wait at it answer empty. */
  async deleteQueue(queue: Queue): Promise<void> {
    const { catalog, polls, moveTasks } = this.#context;
    const { document } = queue;
    // First the mark: whoever sees the queue gone is then told to wait.
    this.#deleted.start(nameKey(document, document.name));
    if (!(await catalog.remove(queue))) throw queueDoesNotExist();
    polls.closeQueue(document.id);
    await moveTasks.forget(document.arn);
  }

  async purgeQueue({ document }: Queue): Promise<void> {
    if (this.#purged.rests(document.id)) throw purgeInProgress(document.name);
    this.#purged.start(document.id);
    try {
      await this.#context.storage.queues.purge(document.id);
    } catch (error) {
      this.#purged.forget(document.id);
      throw error;
    }
  }

  async #createNew(
    scope: Scope,
    name: string,
    attributes: AttributeTexts,
    tags: Readonly<Record<string, string>>,
  ): Promise<Queue> {
    if (this.#deleted.rests(nameKey(scope, name))) throw queueDeletedRecently();
    const { catalog, clock } = this.#context;
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
  }
}

const nameKey = (scope: Scope, name: string): string => `${scope.account}/${scope.region}/${name}`;
