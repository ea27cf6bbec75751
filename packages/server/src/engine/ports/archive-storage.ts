/** Names one incarnation of an archive: deleting and re-creating an archive starts another. */
export type ArchiveId = string;

export interface ArchivedEvent {
  readonly eventId: string;
  /** The event's own `time`, milliseconds since the epoch: what replays select by, and the order in which they read. */
  readonly eventTime: number;
  /** When the event was received: what retention counts from. */
  readonly ingestedAt: number;
  /** The publisher's account. */
  readonly account: string;
  /** The envelope's JSON text. */
  readonly event: string;
}

/** A place in an archive's order: by event time, and of one time by id (code points). */
export interface ArchivePlace {
  readonly eventTime: number;
  readonly eventId: string;
}

export interface ArchiveQuery {
  /** Events at or after this time, and before that one. */
  readonly from: number;
  readonly until: number;
  /** Continue behind this place. */
  readonly after: ArchivePlace | undefined;
  readonly maxEvents: number;
  /** UTF-8 bytes of the events. At least one event is answered if there is any. */
  readonly maxBytes: number;
}

/** How many events, and the UTF-8 bytes of their JSON. */
export interface ArchiveAmount {
  readonly events: number;
  readonly bytes: number;
}

export interface ArchiveStats extends ArchiveAmount {
  /** The earliest and the latest event time; undefined when the archive is empty. */
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
}

/**
 * The events that archives hold. The cost of every call is independent of how much an archive holds, and the counts are
 * exact at any time. Calls about an archive that there is not find nothing, except for `put`: it rejects with `missing`.
 */
export interface ArchiveStore {
  /** Creates the archive unless it exists. */
  create(archive: ArchiveId): Promise<void>;
  list(): Promise<ArchiveId[]>;
  /** Removes an archive with its events. */
  drop(archive: ArchiveId): Promise<void>;
  /** Adds events in any order; one that is there already (same id and time) is left as it is. Answers what was new. */
  put(archive: ArchiveId, events: readonly ArchivedEvent[]): Promise<ArchiveAmount>;
  /** Fewer than `maxEvents` answered, and bytes to spare, does not mean the end: only an empty answer does. */
  read(archive: ArchiveId, query: ArchiveQuery): Promise<ArchivedEvent[]>;
  /** Undefined when there is no such archive. */
  stats(archive: ArchiveId): Promise<ArchiveStats | undefined>;
  /**
   * Removes at most `maxEvents` events that were received before `before`, the longest ago first (of one time, the first
   * that was put); answers how many.
   */
  trim(archive: ArchiveId, before: number, maxEvents: number): Promise<number>;
}
