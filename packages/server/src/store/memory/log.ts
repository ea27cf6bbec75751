import {
  StorageError,
  type Cursor,
  type LogId,
  type LogRecord,
  type LogState,
  type LogStore,
  type NewLogRecord,
  type Position,
} from '../../engine/ports/storage.ts';

interface Log {
  /** The position of `records[0]`; records stand without gaps. */
  base: Position;
  /** Records before this index are trimmed and wait for their array to be cut. */
  head: number;
  records: (LogRecord | undefined)[];
  lastTime: number;
  readonly cursors: Map<string, Position>;
}

/** So many trimmed slots are put up with before the array is cut: cutting costs a copy. */
const CUT_AT = 4_096;

export class MemoryLogs implements LogStore {
  readonly #logs = new Map<LogId, Log>();
  readonly #firstPosition: Position;

  constructor(firstPosition: Position) {
    this.#firstPosition = firstPosition;
  }

  async create(log: LogId): Promise<LogState> {
    let kept = this.#logs.get(log);
    if (!kept) {
      kept = { base: this.#firstPosition, head: 0, records: [], lastTime: 0, cursors: new Map() };
      this.#logs.set(log, kept);
    }
    return stateOf(log, kept);
  }

  async list(): Promise<LogState[]> {
    return [...this.#logs].map(([log, kept]) => stateOf(log, kept));
  }

  async drop(log: LogId): Promise<void> {
    this.#logs.delete(log);
  }

  async append(log: LogId, records: readonly NewLogRecord[]): Promise<Position[]> {
    const kept = this.#logs.get(log);
    if (!kept) throw new StorageError('missing', `there is no log ${log}`);
    return records.map((record) => {
      const position = nextOf(kept);
      kept.lastTime = Math.max(kept.lastTime, record.ingestedAt);
      kept.records.push(recordAt(position, kept.lastTime, record));
      return position;
    });
  }

  async read(log: LogId, from: Position, maxRecords: number, maxBytes: number): Promise<LogRecord[]> {
    const kept = this.#logs.get(log);
    const found: LogRecord[] = [];
    if (!kept) return found;
    let bytes = 0;
    for (let index = indexOf(kept, from); index < kept.records.length && found.length < maxRecords; index++) {
      const record = kept.records[index]!;
      bytes += Buffer.byteLength(record.event);
      if (bytes > maxBytes && found.length > 0) break;
      found.push(record);
    }
    return found;
  }

  async readAt(log: LogId, positions: readonly Position[]): Promise<LogRecord[]> {
    const kept = this.#logs.get(log);
    if (!kept) return [];
    const last = nextOf(kept) - 1n;
    return positions
      .filter((position) => position >= firstOf(kept) && position <= last)
      .map((position) => kept.records[indexOf(kept, position)]!);
  }

  async find(log: LogId, eventId: string, from: Position, below: Position): Promise<Position | undefined> {
    const kept = this.#logs.get(log);
    if (!kept) return undefined;
    const end = indexOf(kept, below);
    for (let index = indexOf(kept, from); index < end; index++) {
      if (kept.records[index]!.eventId === eventId) return kept.records[index]!.position;
    }
    return undefined;
  }

  async seek(log: LogId, time: number): Promise<Position> {
    const kept = this.#logs.get(log);
    if (!kept) return this.#firstPosition;
    let low = kept.head;
    let high = kept.records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (kept.records[middle]!.ingestedAt < time) low = middle + 1;
      else high = middle;
    }
    return kept.base + BigInt(low);
  }

  async trim(log: LogId, below: Position, maxRecords: number): Promise<number> {
    const kept = this.#logs.get(log);
    if (!kept) return 0;
    const until = Math.min(indexOf(kept, below), kept.head + maxRecords, kept.records.length);
    const trimmed = Math.max(until - kept.head, 0);
    kept.records.fill(undefined, kept.head, kept.head + trimmed);
    kept.head += trimmed;
    if (kept.head >= CUT_AT && kept.head * 2 >= kept.records.length) {
      kept.records = kept.records.slice(kept.head);
      kept.base += BigInt(kept.head);
      kept.head = 0;
    }
    return trimmed;
  }

  async saveCursors(cursors: readonly Cursor[]): Promise<void> {
    for (const { log, name, position } of cursors) this.#logs.get(log)?.cursors.set(name, position);
  }

  async cursors(): Promise<Cursor[]> {
    return [...this.#logs].flatMap(([log, kept]) =>
      [...kept.cursors].map(([name, position]) => ({ log, name, position })),
    );
  }
}

const firstOf = (kept: Log): Position => kept.base + BigInt(kept.head);
const nextOf = (kept: Log): Position => kept.base + BigInt(kept.records.length);
const stateOf = (log: LogId, kept: Log): LogState => ({ log, first: firstOf(kept), next: nextOf(kept) });

/** The index at which a reader from `position` starts, within what is kept. */
function indexOf(kept: Log, position: Position): number {
  if (position <= firstOf(kept)) return kept.head;
  if (position >= nextOf(kept)) return kept.records.length;
  return Number(position - kept.base);
}

function recordAt(position: Position, ingestedAt: number, record: NewLogRecord): LogRecord {
  return {
    position,
    eventId: record.eventId,
    ingestedAt,
    account: record.account,
    event: record.event,
    traceHeader: record.traceHeader,
    hops: record.hops,
    group: record.group,
    deduplicationKey: record.deduplicationKey,
  };
}
