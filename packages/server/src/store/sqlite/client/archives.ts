import type {
  ArchiveAmount,
  ArchivedEvent,
  ArchiveId,
  ArchiveQuery,
  ArchiveStats,
  ArchiveStore,
} from '../../../engine/ports/archive-storage.ts';
import type { Cells } from '../wire.ts';
import { rowsOf, wholeMs } from './cells.ts';
import type { Link } from './link.ts';

const EVENT_WIDTH = 5;

/** What was new of one call's share of a shared operation, which answers the bytes of each event that was. */
function amountOf(answer: unknown, from: number, count: number): ArchiveAmount {
  let [events, bytes] = [0, 0];
  for (const added of (answer as number[]).slice(from, from + count)) {
    if (added < 0) continue;
    events++;
    bytes += added;
  }
  return { events, bytes };
}

const eventOf = (cells: Cells, at: number): ArchivedEvent => ({
  eventId: cells[at] as string,
  eventTime: cells[at + 1] as number,
  ingestedAt: cells[at + 2] as number,
  account: cells[at + 3] as string,
  event: cells[at + 4] as string,
});

export class SqliteArchives implements ArchiveStore {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  async create(archive: ArchiveId): Promise<void> {
    await this.#link.call('archive.create', archive);
  }

  list(): Promise<ArchiveId[]> {
    return this.#link.call('archive.list');
  }

  async drop(archive: ArchiveId): Promise<void> {
    await this.#link.call('archive.drop', archive);
  }

  async put(archive: ArchiveId, events: readonly ArchivedEvent[]): Promise<ArchiveAmount> {
    let weight = 0;
    for (const { eventTime, ingestedAt, event } of events) {
      wholeMs(eventTime);
      wholeMs(ingestedAt);
      weight += event.length;
    }
    const { cells, calls } = this.#link.join<ArchiveAmount>(
      `archive ${archive}`,
      weight,
      (items) => ['archive.put', archive, items],
      amountOf,
    );
    for (const { eventId, eventTime, ingestedAt, account, event } of events) {
      cells.push(eventId, wholeMs(eventTime), wholeMs(ingestedAt), account, event);
    }
    return calls.join(events.length);
  }

  async read(archive: ArchiveId, query: ArchiveQuery): Promise<ArchivedEvent[]> {
    const { from, until, after, maxEvents, maxBytes } = query;
    // A place to go on behind counts only where it lies within the bounds. No id is as low as the empty one.
    const start = after && after.eventTime >= from ? after : { eventTime: from, eventId: '' };
    if (start.eventTime >= until) return [];
    const cells = await this.#link.call(
      'archive.read',
      archive,
      start.eventTime,
      start.eventId,
      until,
      maxEvents,
      maxBytes,
    );
    return rowsOf(cells, EVENT_WIDTH, eventOf);
  }

  async stats(archive: ArchiveId): Promise<ArchiveStats | undefined> {
    const cells = await this.#link.call('archive.stats', archive);
    if (cells.length === 0) return undefined;
    const [events, bytes, oldest, newest] = cells as [number, number, number | null, number | null];
    return { events, bytes, oldest: oldest ?? undefined, newest: newest ?? undefined };
  }

  trim(archive: ArchiveId, before: number, maxEvents: number): Promise<number> {
    return this.#link.call('archive.trim', archive, before, maxEvents);
  }
}
