/** Names one incarnation of a log group: deleting and re-creating a group starts another. */
export type LogGroupId = string;

export interface NewLogEvent {
  /** When it happened, milliseconds since the epoch. Events may come in any order of it. */
  readonly timestamp: number;
  /** When it was received. */
  readonly ingestedAt: number;
  readonly message: string;
}

export interface LogEvent extends NewLogEvent {
  readonly stream: string;
  /** Tells events of the same time apart, in the order in which they came. Only grows within a group. */
  readonly sequence: bigint;
}

/** A place in a group's order of time. */
export interface LogEventPlace {
  readonly timestamp: number;
  readonly sequence: bigint;
}

export interface LogEventQuery {
  /** Events of these streams only; undefined: of the whole group. Names that there are not are left out. */
  readonly streams: readonly string[] | undefined;
  /** Events at or after this time, and before this one. */
  readonly from: number;
  readonly before: number;
  /** Continue behind this place: with later events, or with earlier ones when `descending`. */
  readonly beyond: LogEventPlace | undefined;
  readonly descending: boolean;
  readonly maxEvents: number;
  /** At least one event is answered if there is any. */
  readonly maxChars: number;
}

export interface LogEventPage {
  readonly events: readonly LogEvent[];
  /** Whether there may be more beyond the last event. */
  readonly more: boolean;
}

export interface LogStreamState {
  readonly name: string;
  readonly createdAt: number;
  /** The times of the earliest and the latest event; undefined for a stream that never had one or has none left. */
  readonly firstTimestamp: number | undefined;
  readonly lastTimestamp: number | undefined;
  /** When the latest event was received; undefined for a stream that never had one. */
  readonly lastIngestedAt: number | undefined;
}

/** A place among a group's streams: in the order of names `lastTimestamp` counts for nothing. */
export interface LogStreamPlace {
  readonly name: string;
  /** -1 for a stream that never had an event. */
  readonly lastTimestamp: number;
}

export interface LogStreamQuery {
  /** By name (by code points), or by the time of the latest event ever (streams without one come first). */
  readonly order: 'name' | 'lastTimestamp';
  /** Only streams whose names start so. With the order of names only: by time it must be empty. */
  readonly prefix: string;
  readonly descending: boolean;
  readonly beyond: LogStreamPlace | undefined;
  readonly maxStreams: number;
}

/** A stream, and where it stands in the order that was asked for. */
export interface PlacedLogStream {
  readonly state: LogStreamState;
  readonly place: LogStreamPlace;
}

/**
 * The streams and events of the built-in log groups. The cost of every call is independent of how much a group holds.
 * Writes are durable when the promise resolves. Calls about a group that there is not find nothing, except for those
 * that add to it: they reject with `missing`.
 */
export interface LogEventStore {
  create(group: LogGroupId): Promise<void>;
  drop(group: LogGroupId): Promise<void>;
  /** False when the group has a stream of that name already. */
  createStream(group: LogGroupId, stream: string, createdAt: number): Promise<boolean>;
  /** Removes a stream with its events; its name is free at once. False when there is none. */
  removeStream(group: LogGroupId, stream: string): Promise<boolean>;
  streams(group: LogGroupId, query: LogStreamQuery): Promise<PlacedLogStream[]>;
  /** Appends to a stream; rejects with `missing` when the stream does not exist either. */
  append(group: LogGroupId, stream: string, events: readonly NewLogEvent[]): Promise<void>;
  /** Ascending by (timestamp, sequence), or descending. */
  read(group: LogGroupId, query: LogEventQuery): Promise<LogEventPage>;
  /** Removes up to `maxEvents` events older than `before`, oldest first; answers how many. */
  trim(group: LogGroupId, before: number, maxEvents: number): Promise<number>;
  /** UTF-8 bytes of the messages that each group holds. */
  storedBytes(groups: readonly LogGroupId[]): Promise<number[]>;
}
