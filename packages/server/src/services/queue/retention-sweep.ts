import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { QueueId, QueueStore } from '../../engine/ports/queue-storage.ts';
import { limits } from '../../model/limits.ts';
import { Sweep } from '../sweep.ts';
import type { Queue, QueueCatalog } from './catalog.ts';

/**
 * Removes messages that are older than their queue keeps them, in steps of `limits.queueSweepRows`. Receives leave expired
 * messages out by themselves, so nothing depends on how soon a sweep comes.
 */
export class RetentionSweep {
  readonly #catalog: QueueCatalog;
  readonly #store: QueueStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #sweep: Sweep<Queue>;

  constructor(catalog: QueueCatalog, store: QueueStore, clock: Clock, logger: Logger) {
    this.#catalog = catalog;
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#sweep = new Sweep({
      clock,
      intervalMs: limits.queueSweepIntervalMs,
      items: () => catalog.all(),
      step: (queue) => this.#step(queue),
    });
  }

  /** Sweeps all queues now; joins a sweep that is under way. */
  sweep(): Promise<void> {
    return this.#sweep.run();
  }

  /** One step at one queue: long polls ask for it when expired messages stand in front. */
  async sweepQueue(id: QueueId): Promise<void> {
    const queue = this.#catalog.findById(id);
    if (queue) await this.#step(queue);
  }

  close(): Promise<void> {
    return this.#sweep.close();
  }

  /** Whether there may be more; a failure is logged, and tried again by the next sweep. */
  async #step({ document, settings }: Queue): Promise<boolean> {
    try {
      const before = this.#clock.now() - settings.retentionMs;
      const removed = await this.#store.expire(document.id, before, limits.queueSweepRows);
      return removed === limits.queueSweepRows;
    } catch (error) {
      this.#logger.warn({ queue: document.arn, err: error }, 'expired messages could not be removed');
      return false;
    }
  }
}
