import { limits } from '../../model/limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogId, LogRecord, LogStore, Position } from '../ports/storage.ts';

/** What a live reader got: records in order, or how many it lost because it was too slow. */
export type LiveBatch =
  { readonly records: readonly LogRecord[] } | { readonly skipped: bigint } | { readonly ended: true };

export interface LiveReaderParts {
  readonly log: LogId;
  readonly store: LogStore;
  readonly clock: Clock;
  /** Positions below it exist. Undefined once the bus is gone. */
  readonly head: () => Position | undefined;
  /** Called when the reader is closed. */
  readonly closed: (reader: LiveReader) => void;
}

/**
 * Follows one log for somebody who looks on. It asks for a batch at a time, whenever it has dealt with the last one: the
 * log itself is the buffer, and memory holds one batch. The reads are paced, so that however fast the onlooker is, the
 * router and publishers keep the store. One who falls back further than `limits.liveReaderLag` is taken forward, and told
 * how many events were left out.
 */
export class LiveReader {
  readonly #parts: LiveReaderParts;
  #next: Position;
  /** Up to here history was asked for, and nothing of it is skipped. */
  readonly #historyEnd: Position;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(parts: LiveReaderParts, from: Position, historyEnd: Position) {
    this.#parts = parts;
    this.#next = from;
    this.#historyEnd = historyEnd;
  }

  get log(): LogId {
    return this.#parts.log;
  }

  /** Something was appended, or the log is gone. */
  wake(): void {
    this.#wake?.();
  }

  /** Ends the reader; a call of `next` that waits answers `ended`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.closed(this);
    this.#wake?.();
  }

  /** The next batch, once there is one. One call at a time. Rejects with the store's error. */
  async next(): Promise<LiveBatch> {
    const { log, store, clock } = this.#parts;
    for (;;) {
      const head = this.#parts.head();
      if (this.#closed || head === undefined) return { ended: true };
      if (this.#next >= head) {
        await this.#woken();
        continue;
      }
      const skipped = this.#skip(head);
      if (skipped > 0n) return { skipped };
      const records = await store.read(log, this.#next, limits.liveReaderRecords, limits.liveReaderBytes);
      const last = records.at(-1)?.position;
      // Nothing below a head that was read before: it has been trimmed away.
      this.#next = last === undefined ? head : last + 1n;
      if (records.length > 0) {
        await new Promise<void>((resolve) => clock.after(limits.liveReaderPauseMs, resolve));
        return { records };
      }
    }
  }

  #skip(head: Position): bigint {
    if (this.#next < this.#historyEnd || head - this.#next <= BigInt(limits.liveReaderLag)) return 0n;
    const to = head - BigInt(limits.liveReaderRecords);
    const skipped = to - this.#next;
    this.#next = to;
    return skipped;
  }

  async #woken(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
  }
}
