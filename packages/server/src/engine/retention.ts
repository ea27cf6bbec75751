import { setImmediate as soon } from 'node:timers';
import { limits } from '../model/limits.ts';
import type { Clock } from './ports/clock.ts';
import type { LogId, Position, Storage } from './ports/storage.ts';
import type { StorageTrouble } from './storage-trouble.ts';

/** A log as retention sees it. */
export interface RetainedLog {
  readonly log: LogId;
  /** Everything below is done, or has a durable row. */
  readonly cursor: Position;
  readonly next: Position;
  readonly meanBytes: number;
}

export interface RetentionParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly trouble: StorageTrouble;
  readonly logs: () => readonly RetainedLog[];
  readonly trimDeadLetters: () => Promise<void>;
  /** Ends early once it is told that retention is over. */
  readonly trimArchives: (isOver: () => boolean) => Promise<void>;
  readonly retentionMs: number;
  readonly retentionBytes: number;
}

/**
 * Removes old records, dead letters and archived events in small steps. A record goes when it is older than the retention time, or when
 * its log has grown too large, but never while a delivery still needs it.
 */
export class Retention {
  readonly #parts: RetentionParts;
  #cancel: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#cancel = this.#parts.clock.after(
      limits.retentionIntervalMs,
      () => {
        void this.run().then(() => {
          if (!this.#stopped) this.start();
        });
      },
      'housekeeping',
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  /** Goes over all logs once; a call while one is under way joins it. */
  run(): Promise<void> {
    this.#running ??= this.#pass().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #pass(): Promise<void> {
    try {
      for (const log of this.#parts.logs()) {
        if (this.#stopped) return;
        await this.#trim(log);
      }
      await this.#parts.trimDeadLetters();
      await this.#parts.trimArchives(() => this.#stopped);
    } catch (error) {
      this.#parts.trouble.report(error, 'removing old events');
    }
  }

  async #trim({ log, cursor, next, meanBytes }: RetainedLog): Promise<void> {
    const { storage, clock, retentionMs, retentionBytes } = this.#parts;
    // The cursor was read first: a delivery that the cursor has passed has its row by the time the rows are asked for.
    const lowest = await storage.parked.lowest(log);
    const needed = lowest !== undefined && lowest < cursor ? lowest : cursor;
    const tooOld = await storage.log.seek(log, clock.now() - retentionMs);
    const tooMany = next - BigInt(Math.max(1, Math.floor(retentionBytes / meanBytes)));
    const wanted = tooOld > tooMany ? tooOld : tooMany;
    const below = wanted < needed ? wanted : needed;
    if (below <= 0n) return;
    while (!this.#stopped) {
      const removed = await storage.log.trim(log, below, limits.logTrimRecords);
      if (removed < limits.logTrimRecords) return;
      // Publishers' appends go in between.
      await new Promise<void>((resolve) => soon(resolve));
    }
  }
}
