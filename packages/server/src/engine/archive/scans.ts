import { limits } from '../../model/limits.ts';
import type {
  ArchivedEvent,
  ArchiveId,
  ArchivePlace,
  ArchiveStats,
  ArchiveStore,
} from '../ports/archive-storage.ts';

/** The times of the events that are wanted, milliseconds since the epoch: from the first to before the second. */
export interface TimeRange {
  readonly from: number;
  readonly until: number;
}

type Store = Pick<ArchiveStore, 'read' | 'stats'>;

/** What a scan got: events in order, or why there are no more. */
export type ScanStep = { readonly events: readonly ArchivedEvent[] } | { readonly ended: 'end' | 'gone' };

/**
 * Those who read whole archives: exports and backtests. Each asks for a batch at a time, and the next one is read meanwhile:
 * memory holds two. Between two reads the store serves publishers and lanes.
 */
export class ArchiveScans {
  readonly #store: Store;
  #open = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** `full`: there are `limits.archiveScans` already; `gone`: there is no such archive. The scan must be closed. */
  async open(archive: ArchiveId, range: TimeRange): Promise<ArchiveScan | 'full' | 'gone'> {
    if (this.#open >= limits.archiveScans) return 'full';
    this.#open++;
    const release = (): void => void this.#open--;
    try {
      const stats = await this.#store.stats(archive);
      if (stats) return new ArchiveScan(this.#store, archive, range, stats, release);
    } catch (error) {
      release();
      throw error;
    }
    release();
    return 'gone';
  }
}

/** Reads an archive in the order of event times, once. Events that come in meanwhile are met if their turn is yet to come. */
export class ArchiveScan {
  readonly #store: Store;
  readonly #archive: ArchiveId;
  readonly #range: TimeRange;
  readonly #stats: ArchiveStats;
  readonly #release: () => void;
  #after: ArchivePlace | undefined;
  #next: Promise<ArchivedEvent[]> | undefined;
  #closed = false;
  /** Events that were read. */
  scanned = 0;

  constructor(store: Store, archive: ArchiveId, range: TimeRange, stats: ArchiveStats, release: () => void) {
    this.#store = store;
    this.#archive = archive;
    this.#range = range;
    this.#stats = stats;
    this.#release = release;
  }

  /** The next batch. One call at a time. Rejects with the store's error. */
  async next(): Promise<ScanStep> {
    const events = await (this.#next ?? this.#read());
    const last = events.at(-1);
    if (!last) {
      // An archive that was deleted meanwhile reads like an empty one.
      return { ended: (await this.#store.stats(this.#archive)) ? 'end' : 'gone' };
    }
    this.#after = { eventTime: last.eventTime, eventId: last.eventId };
    this.scanned += events.length;
    this.#next = this.#read();
    // Whoever asks next is told.
    this.#next.catch(() => undefined);
    return { events };
  }

  /** The time of the latest event that was read; undefined before the first. */
  get through(): number | undefined {
    return this.#after?.eventTime;
  }

  /** The part that is read, from 0 to 1: exact for whole archives, by the passage of time for parts of them. */
  get part(): number {
    const { oldest, newest, events } = this.#stats;
    const { from, until } = this.#range;
    if (oldest === undefined || newest === undefined) return 1;
    if (from <= oldest && until > newest) return Math.min(this.scanned / events, 1);
    if (this.through === undefined) return 0;
    const [first, last] = [Math.max(from, oldest), Math.min(until, newest)];
    return last <= first ? 1 : Math.min((this.through - first) / (last - first), 1);
  }

  close(): void {
    if (!this.#closed) this.#release();
    this.#closed = true;
  }

  #read(): Promise<ArchivedEvent[]> {
    return this.#store.read(this.#archive, {
      ...this.#range,
      after: this.#after,
      maxEvents: limits.archiveScanEvents,
      maxBytes: limits.archiveScanBytes,
    });
  }
}
