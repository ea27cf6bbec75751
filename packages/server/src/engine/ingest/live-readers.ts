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
   * Opens a reader at the log's end, or at the first event that came in at or after `since` (ms). `full`: there are
   * `limits.liveReaders` already; `missing`: there is no such log.
   */
  async open(log: LogId, since: number | undefined): Promise<LiveReader | 'full' | 'missing'> {
    const { store, clock, head } = this.#parts;
    if (this.#readers.size >= limits.liveReaders) return 'full';
    const end = await this.#routedHead(log);
    if (end === undefined) return 'missing';
    const parts = {
      log,
      store,
      clock,
      head: () => head(log),
      closed: (closed: LiveReader) => this.#readers.delete(closed),
    };
    const from = since === undefined ? end : await store.seek(log, since);
    // Asked again: others may have come while the store was asked.
    if (this.#readers.size >= limits.liveReaders) return 'full';
    const reader = new LiveReader(parts, from < end ? from : end, end);
    this.#readers.add(reader);
    return reader;
  }

  /** The head of a log. A bus that was made this moment gets its router only in a moment. */
  async #routedHead(log: LogId): Promise<Position | undefined> {
    const { clock, head } = this.#parts;
    const end = clock.now() + limits.liveReaderRouterMs;
    while (head(log) === undefined && clock.now() < end) {
      await new Promise<void>((resolve) => clock.after(limits.liveReaderPauseMs, resolve));
    }
    return head(log);
  }

  wake(log: LogId): void {
    if (this.#readers.size === 0) return;
    for (const reader of this.#readers) if (reader.log === log) reader.wake();
  }

  stop(): void {
    for (const reader of this.#readers) reader.close();
  }
}
