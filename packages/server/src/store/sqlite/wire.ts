/**
 * What travels between the main thread and the store's worker: operations by name with plain arguments (text, numbers,
 * bigints, byte arrays, and flat lists of them). Flat lists, because the structured clone of a long list of primitives
 * costs a fraction of that of a list of objects; `docs/decisions/0004-sqlite-in-a-worker.md` has the measurements.
 */

/** What a column holds. SQLite's null stands for what is absent. */
export type Cell = string | number | bigint | null | Uint8Array;

/** Rows of a fixed width, one behind the other. */
export type Cells = Cell[];

/** Every operation: the tables of its arguments and its answer. Widths and orders of `Cells` stand at their codecs. */
export interface Operations {
  'catalog.list': (kind: string) => Cells;
  'catalog.page': (kind: string, prefix: string, after: string | null, max: number) => Cells;
  'catalog.get': (kind: string, key: string) => Cells;
  'catalog.write': (writes: Cells) => (bigint | null)[];

  'log.create': (log: string) => Cells;
  'log.list': () => Cells;
  'log.drop': (log: string) => null;
  'log.append': (log: string, records: Cells) => bigint;
  'log.read': (log: string, from: bigint, maxRecords: number, maxBytes: number) => Cells;
  'log.readAt': (log: string, positions: bigint[]) => Cells;
  'log.find': (log: string, eventId: string, from: bigint, below: bigint) => bigint | null;
  'log.seek': (log: string, time: number) => bigint;
  'log.trim': (log: string, below: bigint, maxRecords: number) => number;
  'log.saveCursors': (cursors: Cells) => null;
  'log.cursors': () => Cells;

  'parked.settle': (done: bigint[], put: Cells) => bigint;
  'parked.lease': (lane: string, now: number, until: number, max: number) => Cells;
  'parked.lanes': () => Cells;
  'parked.nextDue': (lane: string) => number | null;
  'parked.lowest': (log: string) => bigint | null;
  'parked.near': (lane: string, log: string, position: bigint) => Cells;
  'parked.dropLane': (lane: string) => null;

  'dead.put': (letters: Cells) => null;
  'dead.list': (bus: string | null, rule: string | null, after: bigint | null, max: number) => Cells;
  'dead.get': (id: string) => Cells;
  'dead.remove': (ids: string[]) => number;
  'dead.count': () => number;
  'dead.trim': (before: number, maxCount: number, maxRows: number) => number;

  'timer.change': (remove: string[], put: Cells) => null;
  'timer.due': (now: number, max: number) => Cells;
  'timer.get': (ids: string[]) => Cells;
  'timer.nextDue': () => number | null;
  'timer.count': () => number;

  'queue.create': (queue: string, ordered: boolean) => null;
  'queue.drop': (queue: string) => null;
  'queue.send': (queue: string, messages: Cells) => null;
  'queue.sendOrdered': (queue: string, messages: Cells, windowMs: number) => Cells;
  'queue.receive': (
    queue: string,
    max: number,
    now: number,
    visibleAgainAt: number,
    sentAfter: number,
    delayMs: number,
    maxInFlight: number | null,
    /** Nothing, or: most receives, queue, source. */
    redrive: Cells,
  ) => Cells;
  'queue.receiveAgain': (queue: string, receipts: Cells, visibleAt: number, now: number) => Cells;
  'queue.remove': (queue: string, sequences: bigint[]) => boolean[];
  'queue.removeInFlight': (queue: string, receipts: Cells, now: number) => number[];
  'queue.changeVisibility': (queue: string, receipts: Cells, visibleAt: number, now: number) => boolean[];
  'queue.move': (
    queue: string,
    now: number,
    sentAfter: number,
    delayMs: number,
    messageIds: readonly string[],
    /** Pairs of a source and the queue of its messages; null stands for every source. */
    to: Cells,
  ) => [moved: number, blocked: boolean];
  'queue.purge': (queue: string) => null;
  'queue.counts': (
    queue: string,
    now: number,
    delayMs: number,
  ) => [visible: number, inFlight: number, delayed: number];
  'queue.nextVisible': (queue: string, delayMs: number) => number | null;
  'queue.expire': (queue: string, sentBefore: number, maxRows: number) => number;

  'logGroup.create': (group: string) => null;
  'logGroup.drop': (group: string) => null;
  'logGroup.createStream': (group: string, stream: string, createdAt: number) => boolean;
  'logGroup.removeStream': (group: string, stream: string) => boolean;
  'logGroup.streamsByName': (
    group: string,
    prefix: string,
    descending: boolean,
    beyond: string | null,
    max: number,
  ) => Cells;
  'logGroup.streamsByTime': (
    group: string,
    descending: boolean,
    beyondTime: number | null,
    beyondName: string,
    max: number,
  ) => Cells;
  'logGroup.append': (group: string, stream: string, events: Cells) => null;
  /** Starts behind the place of (timestamp, sequence). */
  'logGroup.read': (
    group: string,
    streams: string[] | null,
    descending: boolean,
    timestamp: number,
    sequence: bigint,
    end: number,
    maxEvents: number,
    maxChars: number,
  ) => Cells;
  'logGroup.trim': (group: string, before: number, maxEvents: number) => number;
  'logGroup.bytes': (groups: string[]) => number[];

  'archive.create': (archive: string) => null;
  'archive.list': () => string[];
  'archive.drop': (archive: string) => null;
  'archive.put': (archive: string, events: Cells) => number[];
  /** Starts behind the place of (time, id). */
  'archive.read': (
    archive: string,
    time: number,
    id: string,
    until: number,
    maxEvents: number,
    maxBytes: number,
  ) => Cells;
  /** Nothing, or: events, bytes, earliest and latest event time. */
  'archive.stats': (archive: string) => Cells;
  'archive.trim': (archive: string, before: number, maxEvents: number) => number;
}

export type OperationName = keyof Operations;
export type Arguments<Name extends OperationName> = Parameters<Operations[Name]>;
export type Answer<Name extends OperationName> = ReturnType<Operations[Name]>;

/**
 * How an operation touches the file. `read` changes nothing. `lazy` writes but may be lost when the machine loses power
 * (a lease and a visibility only come back earlier, a cursor is only older): it asks for no sync of its own. Every
 * other operation is durable when it is answered.
 */
export const urgency: Partial<Record<OperationName, 'read' | 'lazy'>> = {
  'catalog.list': 'read',
  'catalog.page': 'read',
  'catalog.get': 'read',
  'log.list': 'read',
  'log.read': 'read',
  'log.readAt': 'read',
  'log.find': 'read',
  'log.seek': 'read',
  'log.cursors': 'read',
  'log.saveCursors': 'lazy',
  'parked.lanes': 'read',
  'parked.nextDue': 'read',
  'parked.lowest': 'read',
  'parked.near': 'read',
  'parked.lease': 'lazy',
  'dead.list': 'read',
  'dead.get': 'read',
  'dead.count': 'read',
  'timer.due': 'read',
  'timer.get': 'read',
  'timer.nextDue': 'read',
  'timer.count': 'read',
  'queue.counts': 'read',
  'queue.nextVisible': 'read',
  'queue.receive': 'lazy',
  'queue.receiveAgain': 'lazy',
  'queue.changeVisibility': 'lazy',
  'logGroup.streamsByName': 'read',
  'logGroup.streamsByTime': 'read',
  'logGroup.read': 'read',
  'logGroup.bytes': 'read',
  'archive.list': 'read',
  'archive.read': 'read',
  'archive.stats': 'read',
};

/** One group of operations: they share a transaction and its sync. */
export type Request = readonly (readonly [OperationName, ...unknown[]])[];

/** Why an operation, or all of a group, failed. */
export interface Failure {
  readonly kind: 'full' | 'damaged' | 'busy' | 'missing' | 'io';
  readonly message: string;
}

/** One answer an operation, in order; an operation that has a failure has no answer. */
export interface Reply {
  readonly answers: readonly unknown[];
  readonly failures: readonly (readonly [index: number, failure: Failure])[];
}

/** The worker's first message. `warning`: what the operator should know of a file that can be used all the same. */
export type Opened =
  | { readonly opened: true; readonly warning: string | undefined }
  | { readonly opened: false; readonly failure: Failure };

/** A request to finish: the worker closes the file and ends. */
export const CLOSE = 'close';

/** What the worker is started with. */
export interface WorkerSettings {
  readonly directory: string;
  readonly firstPosition: bigint;
  /** Lets tests run into a full disk. */
  readonly maxPages: number | undefined;
}
