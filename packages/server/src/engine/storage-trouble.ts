import type { Metrics } from './metrics.ts';
import type { Logger } from './ports/logger.ts';
import { StorageError } from './ports/storage.ts';

/** Where failed store calls are reported: one line in the log and one count each, wherever they happen. */
export class StorageTrouble {
  readonly #logger: Logger;
  readonly #metrics: Metrics;

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  /** `doing` says what was tried, as a sentence fragment: `saving cursors`. */
  report(error: unknown, doing: string): void {
    const kind = error instanceof StorageError ? error.kind : 'io';
    this.#metrics.counter('storage_errors', { kind }).inc();
    this.#logger.error({ err: error, kind }, `the store failed while ${doing}`);
  }
}
