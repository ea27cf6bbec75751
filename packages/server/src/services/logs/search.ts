import type {
  LogEvent,
  LogEventPlace,
  LogEventStore,
  LogStreamState,
} from '../../engine/ports/log-group-storage.ts';
import { limits } from '../../model/limits.ts';
import { eventBytes } from './batch.ts';
import type { MessageFilter } from './filter/index.ts';
import type { LogGroup } from './groups.ts';

export interface Search {
  readonly group: LogGroup;
  /** At most `limits.logSearchStreams`; undefined: all. */
  readonly streams: readonly string[] | undefined;
  /** Only streams whose names start so. */
  readonly prefix: string;
  /** Events at or after this time, and before this one. */
  readonly from: number;
  readonly before: number;
  readonly matches: MessageFilter;
  readonly beyond: LogEventPlace | undefined;
  readonly maxEvents: number;
  readonly signal: AbortSignal;
}

export interface Found {
  readonly events: readonly LogEvent[];
  /** Where a further search goes on; undefined when there is nothing more to look at. */
  readonly next: LogEventPlace | undefined;
}

/** A stream by its exact name. */
export async function findStream(
  store: LogEventStore,
  group: LogGroup,
  name: string,
): Promise<LogStreamState | undefined> {
  const [first] = await store.streams(group.id, {
    order: 'name',
    prefix: name,
    descending: false,
    beyond: undefined,
    maxStreams: 1,
  });
  // Of all names that start so, the name itself is the first.
  return first?.state.name === name ? first.state : undefined;
}

/** The streams to search for a prefix: their names when they are few, undefined when they are too many to be merged. */
export async function streamsOfPrefix(
  store: LogEventStore,
  group: LogGroup,
  prefix: string,
): Promise<string[] | undefined> {
  const found = await store.streams(group.id, {
    order: 'name',
    prefix,
    descending: false,
    beyond: undefined,
    maxStreams: limits.logSearchStreams + 1,
  });
  return found.length > limits.logSearchStreams ? undefined : found.map(({ state }) => state.name);
}

/**
 * Goes through events in the order of time until a page is full, everything was looked at, or as much was looked at as one
 * call may: a page can be empty although there is more.
 */
export async function search(store: LogEventStore, wanted: Search): Promise<Found> {
  const events: LogEvent[] = [];
  let { beyond } = wanted;
  let [bytes, looked, chars] = [0, 0, 0];
  while (looked < limits.logSearchEvents && chars < limits.logSearchChars && !wanted.signal.aborted) {
    const page = await store.read(wanted.group.id, {
      streams: wanted.streams,
      from: wanted.from,
      before: wanted.before,
      beyond,
      descending: false,
      maxEvents: readWidth(wanted.streams),
      maxChars: limits.logReadChars,
    });
    for (const [index, event] of page.events.entries()) {
      chars += event.message.length;
      if (event.stream.startsWith(wanted.prefix) && wanted.matches(event.message)) {
        bytes += eventBytes(event.message);
        if (bytes > limits.logPageBytes && events.length > 0) return { events, next: beyond };
        events.push(event);
      }
      beyond = event;
      if (events.length === wanted.maxEvents) {
        const last = index === page.events.length - 1 && !page.more;
        return { events, next: last ? undefined : beyond };
      }
    }
    if (!page.more) return { events, next: undefined };
    looked += page.events.length;
  }
  return { events, next: beyond };
}

const readWidth = (streams: readonly string[] | undefined): number =>
  streams && streams.length > 1 ? limits.logMergedReadEvents : limits.logReadEvents;
