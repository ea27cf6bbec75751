import type { Clock } from '../../engine/ports/clock.ts';
import type { LogEventStore } from '../../engine/ports/log-group-storage.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import { limits } from '../../model/limits.ts';
import { Sweep } from '../sweep.ts';
import { expiredBefore } from './batch.ts';
import type { LogGroup, LogGroups } from './groups.ts';

/**
 * Removes events that are older than their group keeps them, in steps of `limits.logSweepEvents`. Reads leave expired
 * events out by themselves, so nothing depends on how soon a sweep comes.
 */
export class LogRetentionSweep {
  readonly #store: LogEventStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #sweep: Sweep<LogGroup>;

  constructor(groups: LogGroups, store: LogEventStore, clock: Clock, logger: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#sweep = new Sweep({
      clock,
      intervalMs: limits.logSweepIntervalMs,
      items: () => groups.all(),
      step: (group) => this.#step(group),
    });
  }

  /** Sweeps all groups now; joins a sweep that is under way. */
  sweep(): Promise<void> {
    return this.#sweep.run();
  }

  close(): Promise<void> {
    return this.#sweep.close();
  }

  /** Whether there may be more; a failure is logged, and tried again by the next sweep. */
  async #step(group: LogGroup): Promise<boolean> {
    if (group.retentionInDays === undefined) return false;
    try {
      const before = expiredBefore(group, this.#clock.now());
      return (await this.#store.trim(group.id, before, limits.logSweepEvents)) === limits.logSweepEvents;
    } catch (error) {
      this.#logger.warn({ logGroup: group.arn, err: error }, 'expired log events could not be removed');
      return false;
    }
  }
}
