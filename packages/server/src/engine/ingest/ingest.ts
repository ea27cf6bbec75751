import { ApiError, internalError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import type { LogId, LogRecord, LogStore, NewLogRecord, Position } from '../ports/storage.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import type { LogTail } from './tail.ts';

export interface IngestParts {
  readonly log: LogStore;
  readonly tail: LogTail;
  readonly trouble: StorageTrouble;
  /** Called with the position behind the last record, once the records are durable and in the tail. */
  readonly appended: (log: LogId, next: Position) => void;
  readonly maxInFlightBytes?: number;
}

/** The size of records, estimated from the length of their text: for bounds, not for bills. */
export function recordBytes(records: readonly NewLogRecord[]): number {
  let bytes = 0;
  for (const record of records) bytes += record.event.length;
  return bytes;
}

/** The way into the logs. Answers once the records are durable; gathering concurrent appends is the store's job. */
export class Ingest {
  readonly #parts: IngestParts;
  readonly #maxInFlightBytes: number;
  readonly #latest = new Map<LogId, number>();
  #inFlightBytes = 0;

  constructor(parts: IngestParts) {
    this.#parts = parts;
    this.#maxInFlightBytes = parts.maxInFlightBytes ?? limits.ingestInFlightBytes;
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  /**
   * Appends records to a log; one position a record once all are durable.
   * Throws `ThrottlingException` when too much waits for the disk, `InternalException` when the store fails.
   */
  async append(log: LogId, records: readonly NewLogRecord[]): Promise<Position[]> {
    if (records.length === 0) return [];
    const bytes = recordBytes(records);
    // A single append that is larger than the bound is let in when nothing else is under way.
    if (this.#inFlightBytes > 0 && this.#inFlightBytes + bytes > this.#maxInFlightBytes) {
      throw new ApiError('ThrottlingException', 'Rate exceeded');
    }
    this.#inFlightBytes += bytes;
    try {
      const ordered = this.#inOrderOfTime(log, records);
      const positions = await this.#parts.log.append(log, ordered);
      this.#parts.tail.push(
        log,
        ordered.map((record, index) => placed(record, positions[index]!)),
        bytes,
      );
      this.#parts.appended(log, positions.at(-1)! + 1n);
      return positions;
    } catch (error) {
      this.#parts.trouble.report(error, 'appending to a log');
      throw internalError(error);
    } finally {
      this.#inFlightBytes -= bytes;
    }
  }

  forget(log: LogId): void {
    this.#latest.delete(log);
  }

  /** The store raises ingestion times that fall; doing it here keeps the tail's records equal to the stored ones. */
  #inOrderOfTime(log: LogId, records: readonly NewLogRecord[]): readonly NewLogRecord[] {
    let latest = this.#latest.get(log) ?? 0;
    let falls = false;
    for (const { ingestedAt } of records) {
      if (ingestedAt < latest) falls = true;
      else latest = ingestedAt;
    }
    const before = this.#latest.get(log) ?? 0;
    this.#latest.set(log, latest);
    if (!falls) return records;
    let floor = before;
    return records.map((record) => {
      floor = Math.max(floor, record.ingestedAt);
      return { ...record, ingestedAt: floor };
    });
  }
}

/** Written out member by member: one shape for all records keeps the hot path fast. */
function placed(record: NewLogRecord, position: Position): LogRecord {
  return {
    position,
    eventId: record.eventId,
    ingestedAt: record.ingestedAt,
    account: record.account,
    event: record.event,
    traceHeader: record.traceHeader,
    hops: record.hops,
    group: record.group,
    deduplicationKey: record.deduplicationKey,
  };
}
