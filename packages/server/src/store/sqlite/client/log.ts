import { clearTimeout, setTimeout } from 'node:timers';
import type {
  Cursor,
  LogId,
  LogRecord,
  LogState,
  LogStore,
  NewLogRecord,
  Position,
} from '../../../engine/ports/storage.ts';
import type { Cells } from '../wire.ts';
import { optionalText, rowsOf, wholeMs } from './cells.ts';
import type { Link } from './link.ts';

/** Cursors wait so long for a write that takes them along. */
const CURSOR_DELAY_MS = 250;

const RECORD_WIDTH = 9;

export class SqliteLogs implements LogStore {
  readonly #link: Link;
  /** Cursors that are not on their way yet, by log and name. */
  readonly #cursors = new Map<string, Cursor>();
  #cursorTimer: NodeJS.Timeout | undefined;

  constructor(link: Link) {
    this.#link = link;
    link.ride(() => this.#riding());
  }

  async create(log: LogId): Promise<LogState> {
    const [first, next] = await this.#link.call('log.create', log);
    return { log, first: first as Position, next: next as Position };
  }

  async list(): Promise<LogState[]> {
    return rowsOf(await this.#link.call('log.list'), 3, (cells, at) => ({
      log: cells[at] as LogId,
      first: cells[at + 1] as Position,
      next: cells[at + 2] as Position,
    }));
  }

  async drop(log: LogId): Promise<void> {
    await this.#link.call('log.drop', log);
  }

  async append(log: LogId, records: readonly NewLogRecord[]): Promise<Position[]> {
    let weight = 0;
    for (const record of records) {
      wholeMs(record.ingestedAt);
      weight += record.event.length;
    }
    const { cells, calls } = this.#link.join<Position[]>(
      `append ${log}`,
      weight,
      (items) => ['log.append', log, items],
      positionsFrom,
    );
    for (const record of records) {
      cells.push(
        record.eventId,
        wholeMs(record.ingestedAt),
        record.account,
        record.event,
        record.traceHeader ?? null,
        record.hops ?? null,
        record.group ?? null,
        record.deduplicationKey ?? null,
      );
    }
    return calls.join(records.length);
  }

  async read(log: LogId, from: Position, maxRecords: number, maxBytes: number): Promise<LogRecord[]> {
    return rowsOf(await this.#link.call('log.read', log, from, maxRecords, maxBytes), RECORD_WIDTH, recordOf);
  }

  async readAt(log: LogId, positions: readonly Position[]): Promise<LogRecord[]> {
    return rowsOf(await this.#link.call('log.readAt', log, [...positions]), RECORD_WIDTH, recordOf);
  }

  async find(log: LogId, eventId: string, from: Position, below: Position): Promise<Position | undefined> {
    return (await this.#link.call('log.find', log, eventId, from, below)) ?? undefined;
  }

  seek(log: LogId, time: number): Promise<Position> {
    return this.#link.call('log.seek', log, time);
  }

  trim(log: LogId, below: Position, maxRecords: number): Promise<number> {
    return this.#link.call('log.trim', log, below, maxRecords);
  }

  async saveCursors(cursors: readonly Cursor[]): Promise<void> {
    for (const cursor of cursors) this.#cursors.set(`${cursor.name} ${cursor.log}`, cursor);
    this.#cursorTimer ??= setTimeout(() => this.#sendCursors(), CURSOR_DELAY_MS).unref();
  }

  async cursors(): Promise<Cursor[]> {
    this.#sendCursors();
    return rowsOf(await this.#link.call('log.cursors'), 3, (cells, at) => ({
      log: cells[at] as LogId,
      name: cells[at + 1] as string,
      position: cells[at + 2] as Position,
    }));
  }

  /** Sends what waits. Call it before the link is closed. */
  close(): void {
    this.#sendCursors();
  }

  #sendCursors(): void {
    const cursors = this.#takeCursors();
    if (cursors.length === 0) return;
    this.#link.call('log.saveCursors', cellsOf(cursors)).catch(() => this.#keep(cursors));
  }

  #riding(): ReturnType<Parameters<Link['ride']>[0]> {
    const cursors = this.#takeCursors();
    if (cursors.length === 0) return undefined;
    return {
      operation: ['log.saveCursors', cellsOf(cursors)],
      waiting: { done: () => undefined, failed: () => this.#keep(cursors) },
    };
  }

  #takeCursors(): Cursor[] {
    clearTimeout(this.#cursorTimer);
    this.#cursorTimer = undefined;
    const cursors = [...this.#cursors.values()];
    this.#cursors.clear();
    return cursors;
  }

  /** Cursors that could not be saved wait for the next write, unless newer ones are there by now. */
  #keep(cursors: readonly Cursor[]): void {
    for (const cursor of cursors) {
      const key = `${cursor.name} ${cursor.log}`;
      if (!this.#cursors.has(key)) this.#cursors.set(key, cursor);
    }
  }
}

/** The records of an operation stand at positions that follow each other. */
function positionsFrom(first: unknown, from: number, count: number): Position[] {
  let position = (first as bigint) + BigInt(from);
  const positions: Position[] = [];
  for (let left = count; left > 0; left--) positions.push(position++);
  return positions;
}

const cellsOf = (cursors: readonly Cursor[]): Cells =>
  cursors.flatMap(({ log, name, position }) => [log, name, position]);

const recordOf = (cells: Cells, at: number): LogRecord => ({
  position: cells[at] as Position,
  eventId: cells[at + 1] as string,
  ingestedAt: Number(cells[at + 2]),
  account: cells[at + 3] as string,
  event: cells[at + 4] as string,
  traceHeader: optionalText(cells[at + 5]!),
  hops: cells[at + 6] === null ? undefined : Number(cells[at + 6]),
  group: optionalText(cells[at + 7]!),
  deduplicationKey: optionalText(cells[at + 8]!),
});
