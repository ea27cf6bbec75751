import type { OutgoingDelivery, SendOutcome } from '../engine/ports/connector.ts';
import type { LogEntry } from '../engine/ports/log-group-writer.ts';
import { parseJsonPath } from '../engine/transform/json-path.ts';
import { textOfString } from '../engine/transform/json-slice.ts';
import { createPathReader } from '../engine/transform/path-set.ts';
import type { TargetSettings } from '../model/resources.ts';

/** Makes a delivery into a log event, or says why it cannot be one. */
export type LogEntryMaker = (delivery: OutgoingDelivery) => LogEntry | SendOutcome;

/** How a target's deliveries become log events: what a template made says its time itself. */
export function logEntryMaker({ InputTransformer, Input }: TargetSettings): LogEntryMaker {
  return InputTransformer !== undefined || Input !== undefined ? shapedEntry : plainEntry;
}

/** The JSON object that a text is; undefined when it is none. */
export function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const readTime = createPathReader([parseJsonPath('$.time')!]);

/** The event's own time in milliseconds; that of its arrival when it has none. */
function timeOf({ event, ingestedAt }: OutgoingDelivery): number {
  const [raw] = readTime(event);
  const time = raw?.startsWith('"') ? Date.parse(textOfString(raw)) : Number.NaN;
  return Number.isNaN(time) ? ingestedAt : time;
}

const plainEntry = (delivery: OutgoingDelivery): LogEntry => ({
  timestamp: timeOf(delivery),
  message: delivery.payload,
});

const invalid = (reason: string): SendOutcome => ({ status: 'reject', code: 'INVALID_PARAMETER', reason });

const BAD_FORM = invalid('The input is not of the form {"timestamp": …, "message": …}.');
const BAD_TIMESTAMP = invalid('The timestamp of the input is neither a number nor a date.');

/** What a template made: its timestamp may be milliseconds or a date, its message a text or any other JSON. */
function shapedEntry(delivery: OutgoingDelivery): LogEntry | SendOutcome {
  const value = parseRecord(delivery.payload);
  if (value?.['message'] === undefined) return BAD_FORM;
  const { timestamp: given, message } = value;
  const timestamp = given === undefined || given === '' ? timeOf(delivery) : millisecondsOf(given);
  if (timestamp === undefined) return BAD_TIMESTAMP;
  return { timestamp, message: typeof message === 'string' ? message : JSON.stringify(message) };
}

function millisecondsOf(given: unknown): number | undefined {
  const isNumber = typeof given === 'number' || (typeof given === 'string' && /^\d{1,15}$/.test(given));
  const time = isNumber ? Number(given) : typeof given === 'string' ? Date.parse(given) : Number.NaN;
  return Number.isFinite(time) && time >= 0 ? Math.floor(time) : undefined;
}
