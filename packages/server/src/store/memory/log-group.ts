import type {
  LogEvent,
  LogEventPage,
  LogEventPlace,
  LogEventQuery,
  LogStreamPlace,
  LogStreamQuery,
  LogStreamState,
  NewLogEvent,
  PlacedLogStream,
} from '../../engine/ports/log-group-storage.ts';
import { SortedList } from './sorted-list.ts';

interface Stream {
  readonly name: string;
  readonly createdAt: number;
  /** Of the latest event ever, -1 when there was none: the place in the order by time. */
  lastTimestamp: number;
  lastIngestedAt: number | undefined;
  readonly events: SortedList<LogEvent>;
}

const inTime = (a: LogEventPlace, b: LogEventPlace): number =>
  a.timestamp - b.timestamp || (a.sequence < b.sequence ? -1 : a.sequence > b.sequence ? 1 : 0);

/** By code points, as a store that compares UTF-8 bytes orders names; JavaScript's own order differs beyond U+FFFF. */
function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    if (a[at] !== b[at]) return a.codePointAt(at)! - b.codePointAt(at)!;
  }
  return a.length - b.length;
}

const byName = (a: LogStreamPlace, b: LogStreamPlace): number => compareNames(a.name, b.name);
const byTime = (a: LogStreamPlace, b: LogStreamPlace): number =>
  a.lastTimestamp - b.lastTimestamp || byName(a, b);

/** The streams and events of one log group. */
export class MemoryLogGroup {
  readonly #events = new SortedList<LogEvent>(inTime);
  readonly #streams = new Map<string, Stream>();
  readonly #names = new SortedList<Stream>(byName);
  readonly #times = new SortedList<Stream>(byTime);
  #last = 0n;
  #bytes = 0;

  get storedBytes(): number {
    return this.#bytes;
  }

  createStream(name: string, createdAt: number): boolean {
    if (this.#streams.has(name)) return false;
    const events = new SortedList<LogEvent>(inTime);
    const stream: Stream = { name, createdAt, lastTimestamp: -1, lastIngestedAt: undefined, events };
    this.#streams.set(name, stream);
    this.#names.add(stream);
    this.#times.add(stream);
    return true;
  }

  removeStream(name: string): boolean {
    const stream = this.#streams.get(name);
    if (!stream) return false;
    this.#streams.delete(name);
    this.#names.remove(stream);
    this.#times.remove(stream);
    for (const event of stream.events.from(() => false)) {
      this.#events.remove(event);
      this.#bytes -= Buffer.byteLength(event.message);
    }
    return true;
  }

  streams(query: LogStreamQuery): PlacedLogStream[] {
    const byNames = query.order === 'name';
    const { prefix, descending, beyond } = query;
    const list = byNames ? this.#names : this.#times;
    const order = byNames ? byName : byTime;
    // Before, within or behind the names that start with the prefix.
    const outside = (stream: Stream): number =>
      stream.name.startsWith(prefix) ? 0 : compareNames(stream.name, prefix);
    const found: PlacedLogStream[] = [];
    const ordered = descending
      ? list.backFrom((item) => (beyond ? order(item, beyond) < 0 : outside(item) <= 0))
      : list.from((item) => (beyond ? order(item, beyond) <= 0 : outside(item) < 0));
    for (const stream of ordered) {
      if (found.length >= query.maxStreams || outside(stream) !== 0) break;
      found.push({
        state: stateOf(stream),
        place: { name: stream.name, lastTimestamp: stream.lastTimestamp },
      });
    }
    return found;
  }

  /** False when there is no such stream. */
  append(name: string, events: readonly NewLogEvent[]): boolean {
    const stream = this.#streams.get(name);
    if (!stream) return false;
    for (const { timestamp, ingestedAt, message } of events) {
      const event: LogEvent = { stream: name, timestamp, ingestedAt, message, sequence: ++this.#last };
      this.#events.add(event);
      stream.events.add(event);
      this.#bytes += Buffer.byteLength(message);
      stream.lastIngestedAt = Math.max(stream.lastIngestedAt ?? 0, ingestedAt);
      if (timestamp > stream.lastTimestamp) {
        this.#times.remove(stream);
        stream.lastTimestamp = timestamp;
        this.#times.add(stream);
      }
    }
    return true;
  }

  read(query: LogEventQuery): LogEventPage {
    const lists = query.streams
      ? query.streams.flatMap((name) => this.#streams.get(name)?.events ?? [])
      : [this.#events];
    const events: LogEvent[] = [];
    let chars = 0;
    for (const event of merged(
      lists.map((list) => inRange(list, query)),
      query,
    )) {
      chars += event.message.length;
      if (events.length >= query.maxEvents || (chars > query.maxChars && events.length > 0)) {
        return { events, more: true };
      }
      events.push(event);
    }
    return { events, more: false };
  }

  trim(before: number, maxEvents: number): number {
    let removed = 0;
    for (; removed < maxEvents; removed++) {
      const { first } = this.#events;
      if (!first || first.timestamp >= before) break;
      this.#events.remove(first);
      this.#streams.get(first.stream)?.events.remove(first);
      this.#bytes -= Buffer.byteLength(first.message);
    }
    return removed;
  }
}

const stateOf = ({ name, createdAt, lastIngestedAt, events }: Stream): LogStreamState => ({
  name,
  createdAt,
  firstTimestamp: events.first?.timestamp,
  lastTimestamp: events.last?.timestamp,
  lastIngestedAt,
});

/** The events of a list that a query asks for, in its order. */
function* inRange(list: SortedList<LogEvent>, query: LogEventQuery): Generator<LogEvent> {
  const { from, before, beyond, descending } = query;
  if (descending) {
    const under = (event: LogEvent): boolean =>
      event.timestamp < before && (!beyond || inTime(event, beyond) < 0);
    for (const event of list.backFrom(under)) {
      if (event.timestamp < from) return;
      yield event;
    }
    return;
  }
  const under = (event: LogEvent): boolean =>
    event.timestamp < from || (beyond !== undefined && inTime(event, beyond) <= 0);
  for (const event of list.from(under)) {
    if (event.timestamp >= before) return;
    yield event;
  }
}

/** The events of several ordered runs in one order. */
function* merged(runs: readonly Generator<LogEvent>[], query: LogEventQuery): Generator<LogEvent> {
  const sign = query.descending ? -1 : 1;
  const heads = runs.map((run) => run.next());
  for (;;) {
    let next = -1;
    for (const [at, head] of heads.entries()) {
      if (head.done) continue;
      const best = heads[next];
      if (!best || best.done || sign * inTime(head.value, best.value) < 0) next = at;
    }
    const head = heads[next];
    if (!head || head.done) return;
    yield head.value;
    heads[next] = runs[next]!.next();
  }
}
