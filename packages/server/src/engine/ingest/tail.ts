import { limits } from '../../model/limits.ts';
import { Fifo } from '../fifo.ts';
import type { LogId, LogRecord, Position } from '../ports/storage.ts';

/** The records of one append. */
export interface TailBatch {
  /** Empty once the batch is forgotten. */
  records: readonly LogRecord[];
  readonly first: Position;
  readonly last: Position;
  readonly bytes: number;
  readonly ofLog: Fifo<TailBatch>;
  gone: boolean;
}

/**
 * The latest records of all logs, in memory: a router that keeps up never reads the store. What does not fit is
 * forgotten, oldest first; the router then reads it from the store.
 */
export class LogTail {
  readonly #maxBytes: number;
  readonly #ofLog = new Map<LogId, Fifo<TailBatch>>();
  readonly #order = new Fifo<TailBatch>();
  #bytes = 0;

  constructor(maxBytes: number = limits.logTailBytes) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Remembers the records of one append. `bytes`: what they weigh, estimated from the length of their text. */
  push(log: LogId, records: readonly LogRecord[], bytes: number): void {
    const first = records[0]?.position;
    const last = records.at(-1)?.position;
    if (first === undefined || last === undefined) return;
    let batches = this.#ofLog.get(log);
    if (!batches) {
      batches = new Fifo();
      this.#ofLog.set(log, batches);
    }
    const batch: TailBatch = { records, first, last, bytes, ofLog: batches, gone: false };
    batches.push(batch);
    this.#order.push(batch);
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes) {
      const oldest = this.#order.shift();
      if (!oldest) break;
      this.#forget(oldest);
      // Nobody may be reading this log: its list must not grow meanwhile.
      while (oldest.ofLog.first()?.gone) oldest.ofLog.shift();
    }
  }

  /** The batch that holds exactly the position; undefined when it has to be read from the store. */
  holding(log: LogId, position: Position): TailBatch | undefined {
    const batches = this.#ofLog.get(log);
    if (!batches) return undefined;
    let batch = batches.first();
    // Batches behind the reader are of no more use to anybody.
    while (batch && (batch.gone || batch.last < position)) {
      this.#forget(batch);
      batches.shift();
      batch = batches.first();
    }
    this.#sweepOrder();
    return batch && batch.first <= position ? batch : undefined;
  }

  drop(log: LogId): void {
    for (const batch of this.#ofLog.get(log) ?? []) this.#forget(batch);
    this.#ofLog.delete(log);
    this.#sweepOrder();
  }

  #forget(batch: TailBatch): void {
    if (batch.gone) return;
    batch.gone = true;
    batch.records = [];
    this.#bytes -= batch.bytes;
  }

  #sweepOrder(): void {
    while (this.#order.first()?.gone) this.#order.shift();
  }
}
