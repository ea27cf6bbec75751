import type {
  ArchiveAmount,
  ArchivedEvent,
  ArchiveId,
  ArchivePlace,
  ArchiveQuery,
  ArchiveStats,
  ArchiveStore,
} from '../../engine/ports/archive-storage.ts';
import { StorageError } from '../../engine/ports/storage.ts';
import { SortedList } from './sorted-list.ts';

/** Events of one time of ingestion stand in the order in which they came. */
interface Arrival {
  readonly event: ArchivedEvent;
  readonly sequence: number;
}

const compareIds = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const inTime = (a: ArchivePlace, b: ArchivePlace): number =>
  a.eventTime - b.eventTime || compareIds(a.eventId, b.eventId);
const byIngestion = (a: Arrival, b: Arrival): number =>
  a.event.ingestedAt - b.event.ingestedAt || a.sequence - b.sequence;
const keyOf = ({ eventTime, eventId }: ArchivePlace): string => `${eventTime} ${eventId}`;

class MemoryArchive {
  readonly #known = new Set<string>();
  readonly #events = new SortedList<ArchivedEvent>(inTime);
  readonly #ingested = new SortedList<Arrival>(byIngestion);
  #arrivals = 0;
  #bytes = 0;

  put(events: readonly ArchivedEvent[]): ArchiveAmount {
    const before = this.#known.size;
    const bytesBefore = this.#bytes;
    for (const event of events) {
      const key = keyOf(event);
      if (this.#known.has(key)) continue;
      const kept = { ...event };
      this.#known.add(key);
      this.#events.add(kept);
      this.#ingested.add({ event: kept, sequence: this.#arrivals++ });
      this.#bytes += Buffer.byteLength(kept.event);
    }
    return { events: this.#known.size - before, bytes: this.#bytes - bytesBefore };
  }

  read({ from, until, after, maxEvents, maxBytes }: ArchiveQuery): ArchivedEvent[] {
    const found: ArchivedEvent[] = [];
    let bytes = 0;
    const early = (event: ArchivedEvent): boolean =>
      event.eventTime < from || (after !== undefined && inTime(event, after) <= 0);
    for (const event of this.#events.from(early)) {
      bytes += Buffer.byteLength(event.event);
      if (event.eventTime >= until || found.length >= maxEvents) break;
      if (bytes > maxBytes && found.length > 0) break;
      found.push({ ...event });
    }
    return found;
  }

  stats(): ArchiveStats {
    const { first, last } = this.#events;
    return {
      events: this.#known.size,
      bytes: this.#bytes,
      oldest: first?.eventTime,
      newest: last?.eventTime,
    };
  }

  trim(before: number, maxEvents: number): number {
    let removed = 0;
    for (; removed < maxEvents; removed++) {
      const { first } = this.#ingested;
      if (!first || first.event.ingestedAt >= before) break;
      this.#ingested.remove(first);
      this.#events.remove(first.event);
      this.#known.delete(keyOf(first.event));
      this.#bytes -= Buffer.byteLength(first.event.event);
    }
    return removed;
  }
}

export class MemoryArchives implements ArchiveStore {
  readonly #archives = new Map<ArchiveId, MemoryArchive>();

  async create(archive: ArchiveId): Promise<void> {
    if (!this.#archives.has(archive)) this.#archives.set(archive, new MemoryArchive());
  }

  async list(): Promise<ArchiveId[]> {
    return [...this.#archives.keys()];
  }

  async drop(archive: ArchiveId): Promise<void> {
    this.#archives.delete(archive);
  }

  async put(archive: ArchiveId, events: readonly ArchivedEvent[]): Promise<ArchiveAmount> {
    const kept = this.#archives.get(archive);
    if (!kept) throw new StorageError('missing', `there is no archive ${archive}`);
    return kept.put(events);
  }

  async read(archive: ArchiveId, query: ArchiveQuery): Promise<ArchivedEvent[]> {
    return this.#archives.get(archive)?.read(query) ?? [];
  }

  async stats(archive: ArchiveId): Promise<ArchiveStats | undefined> {
    return this.#archives.get(archive)?.stats();
  }

  async trim(archive: ArchiveId, before: number, maxEvents: number): Promise<number> {
    return this.#archives.get(archive)?.trim(before, maxEvents) ?? 0;
  }
}
