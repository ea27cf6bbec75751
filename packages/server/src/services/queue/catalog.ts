import type { Random } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { QueueId } from '../../engine/ports/queue-storage.ts';
import type { CatalogEntry, Storage } from '../../engine/ports/storage.ts';
import { queueArn } from '../../model/arn.ts';
import type { Arn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { Scope } from '../../model/resources.ts';
import { parseSettings } from './attributes.ts';
import type { AttributeTexts, QueueSettings } from './attributes.ts';
import { overLimit, queueIsBusy } from './errors.ts';
import { isFifo } from './fifo-attributes.ts';

/** A queue as the catalog keeps it. */
export interface QueueDocument extends Scope {
  /** Names this incarnation: messages and receipt handles of a deleted queue never meet its successor. */
  readonly id: QueueId;
  readonly name: string;
  readonly arn: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly attributes: AttributeTexts;
  readonly tags: Readonly<Record<string, string>>;
}

/** One version of a queue, with what is derived from it once. */
export interface Queue {
  readonly document: QueueDocument;
  readonly version: bigint;
  readonly settings: QueueSettings;
  /** Whether the policy lets a source send; dies with this version. */
  readonly decisions: Map<string, boolean>;
}

const QUEUE = 'queue';
/** A queue whose messages are still to be dropped: survives a crash in the middle of DeleteQueue. */
const DROP = 'queue-drop';
const UPDATE_ATTEMPTS = 8;

const keyOf = (scope: Scope, name: string): string => `${scope.account}/${scope.region}/${name}`;

/**
 * The queues, in memory for reading and written through to the store. The memory copy follows the store's `watch`, so
 * that it also sees what another process writes. Bounded by `limits.queues`.
 */
export class QueueCatalog {
  readonly #storage: Storage;
  readonly #random: Random;
  readonly #queues = new Map<string, Queue>();
  readonly #byId = new Map<QueueId, Queue>();
  readonly #unwatch: () => void;

  private constructor(storage: Storage, random: Random) {
    this.#storage = storage;
    this.#random = random;
    this.#unwatch = storage.catalog.watch((entry) => this.#apply(entry));
  }

  /** Reads all queues, and finishes deletions that a crash interrupted. */
  static async open(storage: Storage, random: Random, logger: Logger): Promise<QueueCatalog> {
    const catalog = new QueueCatalog(storage, random);
    for (const entry of await storage.catalog.list(QUEUE)) catalog.#apply(entry);
    await catalog.#finishDrops(logger);
    return catalog;
  }

  close(): void {
    this.#unwatch();
  }

  find(scope: Scope, name: string): Queue | undefined {
    return this.#queues.get(keyOf(scope, name));
  }

  findByArn(arn: Arn): Queue | undefined {
    return arn.service === 'sqs' ? this.find(arn, arn.resource) : undefined;
  }

  findById(id: QueueId): Queue | undefined {
    return this.#byId.get(id);
  }

  /** The queues whose dead letters go to a queue, by name. */
  sourcesOf({ document }: Queue): Queue[] {
    return this.list(document, '').filter(
      ({ settings }) => settings.redrive?.deadLetterQueue.text === document.arn,
    );
  }

  /** The queues of a scope whose names start with `prefix`, by name. */
  list(scope: Scope, prefix: string): Queue[] {
    const start = keyOf(scope, prefix);
    const found = [...this.#queues].filter(([key]) => key.startsWith(start));
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, queue]) => queue);
  }

  all(): Queue[] {
    return [...this.#queues.values()];
  }

  /** Creates a queue. Undefined when the name is taken; `find` then knows by whom. */
  async create(queue: Omit<QueueDocument, 'id' | 'arn'>): Promise<Queue | undefined> {
    if (this.#queues.size >= limits.queues) {
      throw overLimit(`Busbar holds at most ${limits.queues} queues.`);
    }
    const arn = queueArn(queue.region, queue.account, queue.name);
    const document: QueueDocument = { ...queue, arn, id: this.#random.uuid() };
    // The messages' place first: a queue without one could not be sent to.
    await this.#storage.queues.create(document.id, isFifo(document.attributes) ? 'ordered' : 'standard');
    const created = await this.#put(document, 'absent');
    if (created) return created;
    await this.#storage.queues.drop(document.id);
    // Another process may hold the name, and we not have heard of it yet.
    await this.#reload(document, document.name);
    return undefined;
  }

  /**
   * Writes what `change` makes of the document, again on the newest version when another writer came first. Undefined
   * when the queue is gone; `change` may throw an `ApiError` to give up.
   */
  async update(queue: Queue, change: (document: QueueDocument) => QueueDocument): Promise<Queue | undefined> {
    const { id, name } = queue.document;
    let current = this.find(queue.document, name);
    for (let attempt = 0; attempt < UPDATE_ATTEMPTS; attempt++) {
      if (current?.document.id !== id) return undefined;
      const written = await this.#put(change(current.document), current.version);
      if (written) return written;
      current = await this.#reload(queue.document, name);
    }
    throw queueIsBusy();
  }

  /** Removes a queue with its messages. False when it is gone already. */
  async remove(queue: Queue): Promise<boolean> {
    const { id, name } = queue.document;
    const key = keyOf(queue.document, name);
    let current = this.find(queue.document, name);
    for (let attempt = 0; attempt < UPDATE_ATTEMPTS; attempt++) {
      if (current?.document.id !== id) return false;
      const [, removed] = await this.#storage.catalog.write([
        { kind: DROP, key: id, value: {}, expect: undefined },
        { kind: QUEUE, key, remove: true, expect: current.version },
      ]);
      if (removed?.ok) {
        this.#apply({ kind: QUEUE, key, version: removed.version, value: undefined });
        await this.#drop(id);
        return true;
      }
      current = await this.#reload(queue.document, name);
    }
    throw queueIsBusy();
  }

  async #put(document: QueueDocument, expect: bigint | 'absent'): Promise<Queue | undefined> {
    const key = keyOf(document, document.name);
    const [result] = await this.#storage.catalog.write([{ kind: QUEUE, key, value: document, expect }]);
    if (!result?.ok) return undefined;
    this.#apply({ kind: QUEUE, key, version: result.version, value: document });
    return this.#queues.get(key);
  }

  async #reload(scope: Scope, name: string): Promise<Queue | undefined> {
    const key = keyOf(scope, name);
    const entry = await this.#storage.catalog.get(QUEUE, key);
    if (entry) this.#apply(entry);
    else this.#forget(key);
    return this.#queues.get(key);
  }

  #apply(entry: CatalogEntry): void {
    if (entry.kind !== QUEUE) return;
    const before = this.#queues.get(entry.key);
    // Our own writes come back through `watch`: older or equal versions are old news.
    if (before && entry.version <= before.version) return;
    this.#forget(entry.key);
    if (entry.value === undefined) return;
    const document = entry.value as QueueDocument;
    const queue: Queue = {
      document,
      version: entry.version,
      settings: parseSettings(document.attributes),
      decisions: new Map(),
    };
    this.#queues.set(entry.key, queue);
    this.#byId.set(document.id, queue);
  }

  #forget(key: string): void {
    const known = this.#queues.get(key);
    if (!known) return;
    this.#queues.delete(key);
    this.#byId.delete(known.document.id);
  }

  async #finishDrops(logger: Logger): Promise<void> {
    const live = new Set(this.all().map(({ document }) => document.id));
    for (const { key: id } of await this.#storage.catalog.list(DROP)) {
      // A live queue has such a note when its deletion lost a race and the process then died: it stays.
      if (live.has(id)) await this.#forgetDrop(id);
      else {
        logger.info({ queueId: id }, 'finishing the deletion of a queue');
        await this.#drop(id);
      }
    }
  }

  async #drop(id: QueueId): Promise<void> {
    await this.#storage.queues.drop(id);
    await this.#forgetDrop(id);
  }

  async #forgetDrop(id: QueueId): Promise<void> {
    await this.#storage.catalog.write([{ kind: DROP, key: id, remove: true, expect: undefined }]);
  }
}
