import { compactJsonObject } from './compact-json.ts';
import {
  eachElement,
  eachMember,
  endOfValue,
  textOfString,
  OPEN_BRACE,
  OPEN_BRACKET,
} from './transform/json-slice.ts';

/** What an event's envelope is made of. */
export interface EnvelopeParts {
  /** A UUID as the producer of events assigned it. */
  readonly id: string;
  readonly detailType: string;
  readonly source: string;
  /** The publisher's account, twelve digits. */
  readonly account: string;
  /** Milliseconds since the epoch; the envelope carries whole seconds. */
  readonly time: number;
  readonly region: string;
  readonly resources: readonly string[];
  /** Only on replayed events. */
  readonly replayName?: string | undefined;
  /** The detail's compact JSON text. */
  readonly detail: string;
}

const MILLISECONDS = 1_000;
/** The last moment before, and the first after, the times that a date can hold (ECMAScript's own bound). */
const MAX_TIME_MS = 8.64e15;

/** Whether a time (ms since the epoch) can be written as a date. */
export const isWritableTime = (time: number): boolean => Math.abs(time) <= MAX_TIME_MS;

// Events come in bursts of the same second: its text is kept.
let lastSecond = Number.NaN;
let lastSecondText = '';

/** A time (ms) as `YYYY-MM-DDThh:mm:ssZ`; fractions of a second are cut off, towards the past. */
export function isoSeconds(time: number): string {
  const second = Math.floor(time / MILLISECONDS);
  if (second !== lastSecond) {
    lastSecondText = new Date(second * MILLISECONDS).toISOString().replace('.000Z', 'Z');
    lastSecond = second;
  }
  return lastSecondText;
}

/**
 * Builds the JSON text of an event. The order of members is the service's own; `resources` is always there.
 * The detail goes in as it is, so its numbers, escapes and key order are the publisher's.
 */
export function buildEnvelope(parts: EnvelopeParts): string {
  const resources = parts.resources.length === 0 ? '[]' : JSON.stringify(parts.resources);
  const replay = parts.replayName === undefined ? '' : `"replay-name":${JSON.stringify(parts.replayName)},`;
  return (
    `{"version":"0","id":"${parts.id}","detail-type":${JSON.stringify(parts.detailType)}` +
    `,"source":${JSON.stringify(parts.source)},"account":"${parts.account}","time":"${isoSeconds(parts.time)}"` +
    `,"region":${JSON.stringify(parts.region)},${replay}"resources":${resources},"detail":${parts.detail}}`
  );
}

const ID_PREFIX = '{"version":"0","id":"';

/**
 * The envelope with another id, as a hop to another region needs it.
 *
 * @param envelope a text made by `buildEnvelope`; anything else is a bug and throws.
 */
export function replaceEventId(envelope: string, newId: string): string {
  const end = envelope.indexOf('"', ID_PREFIX.length);
  if (!envelope.startsWith(ID_PREFIX) || end < 0) throw new Error('not an envelope of this house');
  return ID_PREFIX + newId + envelope.slice(end);
}

/** An event read back. What a payload made by a transformation may leave out is optional. */
export interface ReadEnvelope {
  readonly detailType: string;
  readonly source: string;
  readonly detail: string;
  readonly id?: string | undefined;
  readonly account?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly time?: number | undefined;
  readonly region?: string | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly replayName?: string | undefined;
}

/** The members of a compact JSON object as slices of its text. The last of several of one name counts. */
function membersOf(text: string): Map<string, string> {
  const members = new Map<string, string>();
  eachMember(text, 0, (name, at) => {
    const end = endOfValue(text, at);
    members.set(name, text.slice(at, end));
    return end;
  });
  return members;
}

const stringOf = (raw: string | undefined): string | undefined =>
  raw?.startsWith('"') ? textOfString(raw) : undefined;

function stringsOf(raw: string | undefined): string[] | undefined {
  if (raw === undefined || raw.charCodeAt(0) !== OPEN_BRACKET) return undefined;
  const strings: string[] = [];
  eachElement(raw, 0, (_, at) => {
    const end = endOfValue(raw, at);
    const text = stringOf(raw.slice(at, end));
    if (text !== undefined) strings.push(text);
    return end;
  });
  return strings;
}

function timeOf(raw: string | undefined): number | undefined {
  const time = Date.parse(stringOf(raw) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Reads a payload as an event: what a bus as a target needs.
 *
 * @returns undefined unless the text is a JSON object with a non-empty `detail-type` and `source` (strings) and a
 * `detail` (object). Other members are left out when they are missing or of another type.
 */
export function readEnvelope(text: string): ReadEnvelope | undefined {
  const compact = compactJsonObject(text);
  if (compact === undefined) return undefined;
  const members = membersOf(compact);
  const detailType = stringOf(members.get('detail-type'));
  const source = stringOf(members.get('source'));
  const detail = members.get('detail');
  if (!detailType || !source || detail?.charCodeAt(0) !== OPEN_BRACE) return undefined;
  return {
    detailType,
    source,
    detail,
    id: stringOf(members.get('id')),
    account: stringOf(members.get('account')),
    time: timeOf(members.get('time')),
    region: stringOf(members.get('region')),
    resources: stringsOf(members.get('resources')),
    replayName: stringOf(members.get('replay-name')),
  };
}
