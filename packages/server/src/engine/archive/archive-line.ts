import { limits } from '../../model/limits.ts';
import { buildEnvelope, isWritableTime, readEnvelope } from '../envelope.ts';
import type { ArchivedEvent } from '../ports/archive-storage.ts';
import { archivedEvent } from './archived-event.ts';

/*
 * An archive outside of its store: a line an event. A line is the event's envelope, so that other programs can read it, with
 * one member behind all others that no envelope has: when the event was received, which retention counts from.
 */

const INGESTION = ',"ingestion-time":"';
/** Behind a quote and in front of the last brace no text can stand inside of another: this is the event's own member. */
const INGESTION_AT_END = /,"ingestion-time":"([^"\\]{1,40})"\}\s*$/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const ACCOUNT = /^\d{12}$/;

/** Why a line is no event. */
export interface LineFault {
  readonly fault: string;
}

export const lineOf = ({ event, ingestedAt }: ArchivedEvent): string =>
  `${event.slice(0, -1)}${INGESTION}${new Date(ingestedAt).toISOString()}"}`;

/** What a line is read with. */
export interface Reading {
  /** An event that does not say when it was received was received now. */
  readonly now: number;
  /** Whose events they must be; undefined: anybody's. */
  readonly account?: string | undefined;
}

/** Reads a line, also one that others have written. */
export function readLine(line: string, { now, account: owner }: Reading): ArchivedEvent | LineFault {
  const read = readEnvelope(line);
  if (!read) return { fault: 'it is no JSON object with "source", "detail-type" and "detail"' };
  const { id, account, time, region, replayName: _, ...rest } = read;
  if (id === undefined || !UUID.test(id)) return { fault: 'its "id" is no UUID in lower case' };
  if (account === undefined || !ACCOUNT.test(account)) return { fault: 'its "account" is not twelve digits' };
  if (owner !== undefined && account !== owner) return { fault: 'its "account" is not that of the archive' };
  if (time === undefined || !isWritableTime(time)) return { fault: 'its "time" is no time' };
  if (!region) return { fault: 'it has no "region"' };
  const resources = read.resources ?? [];
  const event = buildEnvelope({ ...rest, id, account, time, region, resources });
  if (Buffer.byteLength(event) > limits.archivedEventBytes) {
    return { fault: `it is larger than ${limits.archivedEventBytes} bytes` };
  }
  return archivedEvent(id, event, ingestionOf(line, now));
}

function ingestionOf(line: string, now: number): number {
  const time = Date.parse(INGESTION_AT_END.exec(line)?.[1] ?? '');
  // What claimed to come from the future would outlive its retention.
  return Number.isNaN(time) ? now : Math.min(time, now);
}
