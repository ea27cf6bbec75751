import { compactJsonObject } from '../../../engine/compact-json.ts';
import { buildEnvelope, isWritableTime } from '../../../engine/envelope.ts';
import type { NewLogRecord } from '../../../engine/ports/storage.ts';
import { limits } from '../../../model/limits.ts';
import type { Call } from '../../../model/operation.ts';

/** An entry as a client sends it. */
export interface PutEventsEntry {
  /** Seconds since the epoch. */
  readonly Time?: number;
  readonly Source?: string;
  readonly Resources?: readonly string[];
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly TraceHeader?: string;
}

/** Why an entry was refused. */
export interface EntryError {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** An entry's line in the answer. */
export type EntryResult = { readonly EventId: string } | EntryError;

/** An entry that has passed every check that needs no bus. */
export interface CheckedEntry {
  readonly entry: PutEventsEntry;
  readonly source: string;
  readonly detailType: string;
  /** Compact JSON text. */
  readonly detail: string;
}

const MILLISECONDS = 1_000;
const RESERVED_PREFIX = 'aws.';

/** What counts towards the request's limit, in bytes. */
export function entryBytes(entry: PutEventsEntry): number {
  let bytes = entry.Time === undefined ? 0 : limits.putEventsTimeBytes;
  if (entry.Source !== undefined) bytes += Buffer.byteLength(entry.Source);
  if (entry.DetailType !== undefined) bytes += Buffer.byteLength(entry.DetailType);
  if (entry.Detail !== undefined) bytes += Buffer.byteLength(entry.Detail);
  if (entry.Resources) for (const resource of entry.Resources) bytes += Buffer.byteLength(resource);
  return bytes;
}

const invalidArgument = (parameter: string, reason: string): EntryError => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${parameter} is not valid. Reason: ${reason}`,
});

const missing = (parameter: string): EntryError =>
  invalidArgument(parameter, `${parameter} is a required argument.`);

/** The checks of an entry that need no bus, in the service's order; the first failure is the entry's result. */
export function checkEntry(entry: PutEventsEntry): CheckedEntry | EntryError {
  const { Source: source, DetailType: detailType, Detail: text } = entry;
  if (!source) return missing('Source');
  if (!detailType) return missing('DetailType');
  if (!text) return missing('Detail');
  const detail = compactJsonObject(text);
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  if (source.startsWith(RESERVED_PREFIX)) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  return { entry, source, detailType, detail };
}

/** The checks that come after the one of the caller's rights. */
export function checkLengths({ entry, detailType }: CheckedEntry): EntryError | undefined {
  if (detailType.length > limits.detailTypeChars) {
    return invalidArgument('DetailType', `DetailType is longer than ${limits.detailTypeChars} characters.`);
  }
  if (entry.Time !== undefined && !isWritableTime(entry.Time * MILLISECONDS)) {
    return invalidArgument('Time', 'Time is out of range.');
  }
  return undefined;
}

/** The log's record of an entry: the envelope carries the caller's account and region. */
export function entryRecord(checked: CheckedEntry, eventId: string, now: number, call: Call): NewLogRecord {
  const { entry, source, detailType, detail } = checked;
  const { account } = call.principal;
  return {
    eventId,
    ingestedAt: now,
    account,
    event: buildEnvelope({
      id: eventId,
      detailType,
      source,
      account,
      time: entry.Time === undefined ? now : entry.Time * MILLISECONDS,
      region: call.region,
      resources: entry.Resources ?? [],
      detail,
    }),
    traceHeader: entry.TraceHeader ?? call.traceHeader,
    hops: 0,
  };
}
