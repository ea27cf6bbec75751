import { limits } from '../../model/limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogId, LogStore, Position } from '../ports/storage.ts';
import { LiveReader } from './live-reader.ts';

export interface LiveReadersParts {
  readonly store: LogStore;
  readonly clock: Clock;
  /** The position behind the newest record of a log that is routed. */
  readonly head: (log: LogId) => Position | undefined;
}

/** Everybody who looks at a log live. Costs nothing while nobody does. */
export class LiveReaders {
  readonly #parts: LiveReadersParts;
  readonly #readers = new Set<LiveReader>();

  constructor(parts: LiveReadersParts) {
    this.#parts = parts;
  }

  /**
   * Opens a reader at the log's end, or at the first event that came in at or after `since` (ms). Undefined when there
   * are `limits.liveReaders` already, or when there is no such log.
   */
  async open(log: LogId, since: number | undefined): Promise<LiveReader | undefined> {
    const { store, clock, head } = this.#parts;
    const end = head(log);
    if (end === undefined || this.#readers.size >= limits.liveReaders) return undefined;
    const parts = {
      log,
      store,
      clock,
      head: () => head(log),
      closed: (closed: LiveReader) => this.#readers.delete(closed),
    };
    const from = since === undefined ? end : await store.seek(log, since);
    // Asked again: others may have come while the store was asked.
    if (this.#readers.size >= limits.liveReaders) return undefined;
    const reader = new LiveReader(parts, from < end ? from : end, end);
    this.#readers.add(reader);
    return reader;
  }

  wake(log: LogId): void {
    if (this.#readers.size === 0) return;
    for (const reader of this.#readers) if (reader.log === log) reader.wake();
  }

  stop(): void {
    for (const reader of this.#readers) reader.close();
  }
}
