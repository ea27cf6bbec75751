import { usageError } from './command.ts';
import { parseExact, stringifyExact } from './exact-json.ts';

/** An entry of `PutEvents`. */
export interface Entry {
  readonly Source?: unknown;
  readonly DetailType?: unknown;
  readonly Detail?: string;
  readonly EventBusName?: unknown;
  readonly Resources?: unknown;
  readonly TraceHeader?: unknown;
  /** Seconds since the epoch. */
  readonly Time?: number;
}

type Members = Readonly<Record<string, unknown>>;

const ENTRY_MEMBERS = ['Source', 'DetailType', 'Detail'];
const ENVELOPE_MEMBERS = ['source', 'detail-type', 'detail'];
const MS_PER_SECOND = 1_000;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

/**
 * The events in a text: one object, a list of them, `{"Entries": […]}`, or one object a line.
 * Throws a `CliError` that says where the text is wrong.
 */
export function parseEvents(text: string, from: string): Members[] {
  const trimmed = text.trim();
  if (trimmed === '') throw usageError(`${from} holds no event`);
  let values: readonly unknown[];
  try {
    const whole = parseExact(trimmed);
    const entries = isObject(whole) ? whole['Entries'] : undefined;
    values = Array.isArray(whole) ? whole : Array.isArray(entries) ? entries : [whole];
  } catch (error) {
    values = parseLines(trimmed, from, error as Error);
  }
  return values.map((value, index) => {
    if (!isObject(value)) throw usageError(`${placeOf(from, index, values.length)} is no JSON object`);
    return value;
  });
}

function parseLines(text: string, from: string, whole: Error): unknown[] {
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const filled = lines.filter(({ line }) => line !== '');
  return filled.map(({ line, number }, index) => {
    try {
      return parseExact(line);
    } catch (error) {
      // When not even the first line is JSON by itself, this is not a file of lines.
      if (index === 0) throw usageError(`${from} is not JSON: ${whole.message}`);
      throw usageError(`line ${number} of ${from} is not JSON: ${(error as Error).message}`);
    }
  });
}

const placeOf = (from: string, index: number, count: number): string =>
  count === 1 ? from : `event ${index + 1} of ${from}`;

/** Whether the event is written like an entry of PutEvents; undefined when it is like nothing that is known. */
function isEntry(event: Members): boolean | undefined {
  if (ENTRY_MEMBERS.some((name) => name in event)) return true;
  if (ENVELOPE_MEMBERS.some((name) => name in event)) return false;
  return undefined;
}

/** The entry that publishes an event. `bus` holds for events that name none. */
export function entryOf(event: Members, bus: string | undefined, place: string): Entry {
  const entry = isEntry(event);
  if (entry === undefined) {
    throw usageError(
      `${place} has none of the members of an event: give it "source", "detail-type" and "detail", ` +
        'or "Source", "DetailType" and "Detail"',
    );
  }
  const detail = event[entry ? 'Detail' : 'detail'];
  const found = {
    Source: event[entry ? 'Source' : 'source'],
    DetailType: event[entry ? 'DetailType' : 'detail-type'],
    Detail: typeof detail === 'string' && entry ? detail : detail && stringifyExact(detail),
    Resources: event[entry ? 'Resources' : 'resources'],
    Time: secondsOf(event[entry ? 'Time' : 'time'], place),
    EventBusName: (entry ? event['EventBusName'] : undefined) ?? bus,
    TraceHeader: entry ? event['TraceHeader'] : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Entry;
}

/** The text of the event that rules see. An entry is given the members that a daemon adds, as far as they are known. */
export function envelopeOf(event: Members, place: string): string {
  if (isEntry(event) !== true) return stringifyExact(event);
  const entry = entryOf(event, undefined, place);
  let detail: unknown;
  try {
    detail = parseExact(entry.Detail ?? '{}');
  } catch (error) {
    throw usageError(`the Detail of ${place} is not JSON: ${(error as Error).message}`);
  }
  return stringifyExact({
    version: '0',
    'detail-type': entry.DetailType,
    source: entry.Source,
    time: entry.Time === undefined ? undefined : isoSeconds(entry.Time),
    resources: entry.Resources ?? [],
    detail,
  });
}

const isoSeconds = (seconds: number): string =>
  new Date(seconds * MS_PER_SECOND).toISOString().replace(/\.\d+Z$/, 'Z');

function secondsOf(time: unknown, place: string): number | undefined {
  if (time === undefined || typeof time === 'number') return time;
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(ms)) throw usageError(`the time of ${place} is no time such as 2026-01-01T12:00:00Z`);
  return ms / MS_PER_SECOND;
}
