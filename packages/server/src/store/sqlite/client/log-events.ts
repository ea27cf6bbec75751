import type {
  LogEvent,
  LogEventPage,
  LogEventQuery,
  LogEventStore,
  LogGroupId,
  LogStreamQuery,
  NewLogEvent,
  PlacedLogStream,
} from '../../../engine/ports/log-group-storage.ts';
import type { Cell, Cells } from '../wire.ts';
import { rowsOf, wholeMs } from './cells.ts';
import type { Link } from './link.ts';

const EVENT_WIDTH = 5;
const STREAM_WIDTH = 6;
/** No sequence is as low: a place in front of all events of a time. */
const NO_SEQUENCE = -1n;

export class SqliteLogEvents implements LogEventStore {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  async create(group: LogGroupId): Promise<void> {
    await this.#link.call('logGroup.create', group);
  }

  async drop(group: LogGroupId): Promise<void> {
    await this.#link.call('logGroup.drop', group);
  }

  createStream(group: LogGroupId, stream: string, createdAt: number): Promise<boolean> {
    return this.#link.call('logGroup.createStream', group, stream, wholeMs(createdAt));
  }

  removeStream(group: LogGroupId, stream: string): Promise<boolean> {
    return this.#link.call('logGroup.removeStream', group, stream);
  }

  async streams(group: LogGroupId, query: LogStreamQuery): Promise<PlacedLogStream[]> {
    const { descending, beyond, maxStreams } = query;
    const cells =
      query.order === 'name'
        ? await this.#link.call(
            'logGroup.streamsByName',
            group,
            query.prefix,
            descending,
            beyond?.name ?? null,
            maxStreams,
          )
        : await this.#link.call(
            'logGroup.streamsByTime',
            group,
            descending,
            beyond?.lastTimestamp ?? null,
            beyond?.name ?? '',
            maxStreams,
          );
    return rowsOf(cells, STREAM_WIDTH, streamOf);
  }

  async append(group: LogGroupId, stream: string, events: readonly NewLogEvent[]): Promise<void> {
    let weight = 0;
    for (const { timestamp, ingestedAt, message } of events) {
      wholeMs(timestamp);
      wholeMs(ingestedAt);
      weight += message.length;
    }
    const { cells, calls } = this.#link.join<void>(
      `log ${group} ${stream}`,
      weight,
      (items) => ['logGroup.append', group, stream, items],
      () => undefined,
    );
    for (const { timestamp, ingestedAt, message } of events) {
      cells.push(wholeMs(timestamp), wholeMs(ingestedAt), message);
    }
    return calls.join(events.length);
  }

  async read(group: LogGroupId, query: LogEventQuery): Promise<LogEventPage> {
    const { from, before, beyond, descending } = query;
    const bound = descending ? before : from;
    // A place to go on behind counts only where it lies within the bounds.
    const inside = beyond && (descending ? beyond.timestamp < bound : beyond.timestamp >= bound);
    const start = inside ? beyond : { timestamp: bound, sequence: NO_SEQUENCE };
    const atEnd = descending ? start.timestamp < from : start.timestamp >= before;
    if (atEnd) return { events: [], more: false };
    const [more, ...cells] = await this.#link.call(
      'logGroup.read',
      group,
      query.streams === undefined ? null : [...query.streams],
      descending,
      start.timestamp,
      start.sequence,
      descending ? from : before,
      query.maxEvents,
      query.maxChars,
    );
    return { events: rowsOf(cells, EVENT_WIDTH, eventOf), more: more === 1 };
  }

  trim(group: LogGroupId, before: number, maxEvents: number): Promise<number> {
    return this.#link.call('logGroup.trim', group, before, maxEvents);
  }

  storedBytes(groups: readonly LogGroupId[]): Promise<number[]> {
    return this.#link.call('logGroup.bytes', [...groups]);
  }
}

const eventOf = (cells: Cells, at: number): LogEvent => ({
  sequence: cells[at] as bigint,
  stream: cells[at + 1] as string,
  timestamp: cells[at + 2] as number,
  ingestedAt: cells[at + 3] as number,
  message: cells[at + 4] as string,
});

const timeOf = (cell: Cell): number | undefined => (cell === null ? undefined : (cell as number));

const streamOf = (cells: Cells, at: number): PlacedLogStream => ({
  state: {
    name: cells[at] as string,
    createdAt: cells[at + 1] as number,
    lastIngestedAt: timeOf(cells[at + 3]!),
    firstTimestamp: timeOf(cells[at + 4]!),
    lastTimestamp: timeOf(cells[at + 5]!),
  },
  place: { name: cells[at] as string, lastTimestamp: cells[at + 2] as number },
});
