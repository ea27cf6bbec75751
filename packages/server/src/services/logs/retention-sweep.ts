import type { Clock } from '../../engine/ports/clock.ts';
import type { LogEventStore } from '../../engine/ports/log-group-storage.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import { limits } from '../../model/limits.ts';
import { expiredBefore } from './batch.ts';
import type { LogGroup, LogGroups } from './groups.ts';

/**
 * Removes events that are older than their group keeps them. *Resting* until the timer → *sweeping*, group by group, in
 * steps of `limits.logSweepEvents` → resting. Reads leave expired events out by themselves, so nothing depends on how soon
 * a sweep comes.
 */
export class LogRetentionSweep {
  readonly #groups: LogGroups;
  readonly #store: LogEventStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #closed = false;
  #cancel: () => void = () => undefined;
  #sweeping: Promise<void> | undefined;

  constructor(groups: LogGroups, store: LogEventStore, clock: Clock, logger: Logger) {
    this.#groups = groups;
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#rest();
  }

  /** Sweeps all groups now; joins a sweep that is under way. */
  sweep(): Promise<void> {
    this.#cancel();
    this.#sweeping ??= this.#sweepAll().finally(() => {
      this.#sweeping = undefined;
      this.#rest();
    });
    return this.#sweeping;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#sweeping;
  }

  #rest(): void {
    if (this.#closed) return;
    this.#cancel = this.#clock.after(limits.logSweepIntervalMs, () => void this.sweep());
  }

  async #sweepAll(): Promise<void> {
    for (const group of this.#groups.all()) {
      if (group.retentionInDays === undefined) continue;
      while (!this.#closed && (await this.#step(group)) === limits.logSweepEvents);
      if (this.#closed) return;
    }
  }

  /** How many events were removed; a failure is logged, and tried again by the next sweep. */
  async #step(group: LogGroup): Promise<number> {
    try {
      const before = expiredBefore(group, this.#clock.now());
      return await this.#store.trim(group.id, before, limits.logSweepEvents);
    } catch (error) {
      this.#logger.warn({ logGroup: group.arn, err: error }, 'expired log events could not be removed');
      return 0;
    }
  }
}
