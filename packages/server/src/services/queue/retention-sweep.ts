import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { QueueId, QueueStore } from '../../engine/ports/queue-storage.ts';
import { limits } from '../../model/limits.ts';
import type { Queue, QueueCatalog } from './catalog.ts';

/**
 * Removes messages that are older than their queue keeps them. *Resting* until the timer → *sweeping*, queue by queue,
 * in steps of `limits.queueSweepRows` → resting. Receives leave expired messages out by themselves, so nothing depends on
 * how soon a sweep comes.
 */
export class RetentionSweep {
  readonly #catalog: QueueCatalog;
  readonly #store: QueueStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #closed = false;
  #cancel: () => void = () => undefined;
  #sweeping: Promise<void> | undefined;

  constructor(catalog: QueueCatalog, store: QueueStore, clock: Clock, logger: Logger) {
    this.#catalog = catalog;
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#rest();
  }

  /** Sweeps all queues now; joins a sweep that is under way. */
  sweep(): Promise<void> {
    this.#cancel();
    this.#sweeping ??= this.#sweepAll().finally(() => {
      this.#sweeping = undefined;
      this.#rest();
    });
    return this.#sweeping;
  }

  /** One step at one queue: long polls ask for it when expired messages stand in front. */
  async sweepQueue(id: QueueId): Promise<void> {
    const queue = this.#catalog.findById(id);
    if (queue) await this.#step(queue);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#sweeping;
  }

  #rest(): void {
    if (this.#closed) return;
    this.#cancel = this.#clock.after(limits.queueSweepIntervalMs, () => void this.sweep());
  }

  async #sweepAll(): Promise<void> {
    for (const queue of this.#catalog.all()) {
      while (!this.#closed && (await this.#step(queue)) === limits.queueSweepRows);
      if (this.#closed) return;
    }
  }

  /** How many messages were removed; a failure is logged, and tried again by the next sweep. */
  async #step({ document, settings }: Queue): Promise<number> {
    try {
      const before = this.#clock.now() - settings.retentionMs;
      return await this.#store.expire(document.id, before, limits.queueSweepRows);
    } catch (error) {
      this.#logger.warn({ queue: document.arn, err: error }, 'expired messages could not be removed');
      return 0;
    }
  }
}
