import type { ArchiveStore } from './archive-storage.ts';
import type { LogEventStore } from './log-group-storage.ts';
import type { QueueStore } from './queue-storage.ts';
import type { TimerStore } from './timer-storage.ts';

/**
 * What the engine needs of a store. Every call takes and returns batches; every promise of a write resolves only once
 * the write is durable (one sync may serve many calls). A store that fails rejects with `StorageError`; the failed call
 * then has changed nothing.
 *
 * `docs/decisions/0003-storage-ports.md` maps each call to NATS JetStream.
 */
export interface Storage {
  readonly catalog: CatalogStore;
  readonly log: LogStore;
  readonly parked: ParkedStore;
  readonly deadLetters: DeadLetterStore;
  readonly timers: TimerStore;
  readonly queues: QueueStore;
  readonly logEvents: LogEventStore;
  readonly archives: ArchiveStore;
  /** Finishes what is under way and lets go of files. */
  close(): Promise<void>;
}

/** The disk is full, the file is damaged, the worker died … `message` is for the log, never for a client. */
export class StorageError extends Error {
  /**
   * `full`: no space left; `damaged`: the store cannot be trusted; `busy`: another process holds it; `closed`;
   * `missing`: an append to a log, a send to a queue or an addition to a log group or an archive that was never created or is dropped by now (calls that read or
   * remove find nothing there instead); `io`: anything else.
   */
  readonly kind: 'full' | 'damaged' | 'busy' | 'closed' | 'missing' | 'io';

  constructor(kind: StorageError['kind'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StorageError';
    this.kind = kind;
  }
}

// ---------------------------------------------------------------------------------------------------------- catalog

/** A resource: a JSON document under (kind, key), with a version that every write raises. */
export interface CatalogEntry {
  readonly kind: string;
  readonly key: string;
  readonly version: bigint;
  readonly value: unknown;
}

/** `absent`: only if there is none; a version: only if it is still that one; undefined: whatever is there. */
export type Expectation = bigint | 'absent' | undefined;

export type CatalogWrite =
  | { readonly kind: string; readonly key: string; readonly value: unknown; readonly expect: Expectation }
  | { readonly kind: string; readonly key: string; readonly remove: true; readonly expect: Expectation };

export type CatalogResult = { readonly ok: true; readonly version: bigint } | { readonly ok: false };

export interface CatalogStore {
  list(kind: string): Promise<CatalogEntry[]>;
  get(kind: string, key: string): Promise<CatalogEntry | undefined>;
  /** Up to `max` entries of a kind whose keys begin with `prefix`, in the order of their keys, behind `after`. Keys are ASCII. */
  page(kind: string, prefix: string, after: string | undefined, max: number): Promise<CatalogEntry[]>;
  /** Each write stands for itself: one result a write, in order. */
  write(writes: readonly CatalogWrite[]): Promise<CatalogResult[]>;
  /** Calls back for every entry that anyone (also another process) writes; value undefined means removed. */
  watch(listener: (entry: CatalogEntry) => void): () => void;
}

// -------------------------------------------------------------------------------------------------------------- log

/** Names one incarnation of a bus: deleting and re-creating a bus starts another log. */
export type LogId = string;

/** A place in a log. Only grows, never reused, may have gaps. Never squeezed into a double. */
export type Position = bigint;

export interface NewLogRecord {
  readonly eventId: string;
  /** Milliseconds since the epoch at which the event was received. */
  readonly ingestedAt: number;
  /** The publisher's account. */
  readonly account: string;
  /** The envelope's JSON text, as every target gets it. */
  readonly event: string;
  readonly traceHeader?: string | undefined;
  /** How many bus-to-bus hops lie behind the event: 0 for a published one. */
  readonly hops?: number | undefined;
  /** Message group and deduplication key of the second-generation API. In a directed log: whom the record is for. */
  readonly group?: string | undefined;
  readonly deduplicationKey?: string | undefined;
}

export interface LogRecord extends NewLogRecord {
  readonly position: Position;
}

export interface LogState {
  readonly log: LogId;
  /** The first position still kept, and the one that the next append will get at the earliest. */
  readonly first: Position;
  readonly next: Position;
}

export interface LogStore {
  /** Creates the log unless it exists. */
  create(log: LogId): Promise<LogState>;
  list(): Promise<LogState[]>;
  /** Removes a log, its records and its cursors. */
  drop(log: LogId): Promise<void>;
  /** Appends in order; answers one position a record. `ingestedAt` is raised where needed so that it never falls along a log. */
  append(log: LogId, records: readonly NewLogRecord[]): Promise<Position[]>;
  /** Records from `from` on, in order, until one of the bounds is reached (at least one record if there is any). */
  read(log: LogId, from: Position, maxRecords: number, maxBytes: number): Promise<LogRecord[]>;
  /** The records at these positions, in order; those that are gone are left out. */
  readAt(log: LogId, positions: readonly Position[]): Promise<LogRecord[]>;
  /** Where an event stands, looked for at positions from `from` up to and without `below`; undefined when it is not there. */
  find(log: LogId, eventId: string, from: Position, below: Position): Promise<Position | undefined>;
  /** The first position that was ingested at or after `time` (ms); the next position if there is none. */
  seek(log: LogId, time: number): Promise<Position>;
  /** Removes at most `maxRecords` records below `below`, oldest first; answers how many. */
  trim(log: LogId, below: Position, maxRecords: number): Promise<number>;
  /** Saves named cursors. Not urgent: may become durable with the next write. */
  saveCursors(cursors: readonly Cursor[]): Promise<void>;
  cursors(): Promise<Cursor[]>;
}

/** A reader's durable place: everything below `position` is done or kept elsewhere. */
export interface Cursor {
  readonly log: LogId;
  readonly name: string;
  readonly position: Position;
}

// ----------------------------------------------------------------------------------------------------------- parked

/**
 * A delivery (or, as a backlog chunk, many deliveries of one lane that were never tried) that waits for its due time.
 * Points at log records instead of holding payloads.
 */
export interface NewParked {
  readonly lane: string;
  readonly log: LogId;
  /** One position for a retry; up to `limits.backlogChunk` for a chunk of the backlog. Ascending. */
  readonly positions: readonly Position[];
  /** Milliseconds since the epoch. */
  readonly due: number;
  /** What the engine keeps of it (attempts and their outcomes, the rule's version): a JSON document. */
  readonly state: unknown;
}

export interface Parked extends NewParked {
  readonly id: bigint;
}

export interface LaneBacklog {
  readonly lane: string;
  readonly log: LogId;
  /** Rows and positions that wait. */
  readonly rows: number;
  readonly positions: number;
  readonly nextDue: number;
}

export interface ParkedStore {
  put(items: readonly NewParked[]): Promise<bigint[]>;
  /** Up to `max` rows of the lane that are due at `now`, earliest first; they become due again at `until` unless settled. */
  lease(lane: string, now: number, until: number, max: number): Promise<Parked[]>;
  /** Removes rows and puts others, all or nothing. Unknown ids are ignored. Answers the ids of `put`. */
  settle(done: readonly bigint[], put: readonly NewParked[]): Promise<bigint[]>;
  /** One row for each lane that has anything parked: what start-up and `status` need. */
  lanes(): Promise<LaneBacklog[]>;
  /** When the lane's earliest row is due; undefined when it has none. */
  nextDue(lane: string): Promise<number | undefined>;
  /** The lowest position of a log that a parked row points at; undefined when none does. */
  lowest(log: LogId): Promise<Position | undefined>;
  /** The lane's row that points at a position of a log, leased or not; undefined when none is found among those near it. */
  find(lane: string, log: LogId, position: Position): Promise<Parked | undefined>;
  dropLane(lane: string): Promise<void>;
}

// ----------------------------------------------------------------------------------------------------- dead letters

export interface NewDeadLetter {
  /** Derived from (event, subscription): a repeat replaces the earlier one. */
  readonly id: string;
  readonly createdAt: number;
  readonly eventId: string;
  readonly bus: string;
  readonly rule: string;
  readonly target: string;
  /** Original event, last payload, error, every attempt: a JSON document. */
  readonly document: unknown;
}

export interface DeadLetterFilter {
  readonly bus?: string | undefined;
  readonly rule?: string | undefined;
  /** Continue behind this row (from the previous page). */
  readonly after?: bigint | undefined;
  readonly max: number;
}

export interface DeadLetter extends NewDeadLetter {
  readonly sequence: bigint;
}

export interface DeadLetterStore {
  put(letters: readonly NewDeadLetter[]): Promise<void>;
  /** Oldest first. */
  list(filter: DeadLetterFilter): Promise<DeadLetter[]>;
  get(id: string): Promise<DeadLetter | undefined>;
  remove(ids: readonly string[]): Promise<number>;
  count(): Promise<number>;
  /** Removes the oldest beyond `maxCount` or older than `before` (ms), at most `maxRows` a call; answers how many. */
  trim(before: number, maxCount: number, maxRows: number): Promise<number>;
}
