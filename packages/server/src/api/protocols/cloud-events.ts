import { isUtf8 } from 'node:buffer';
import { compactJson } from '../../engine/compact-json.ts';
import { eachElement, eachMember, endOfValue, textOfString } from '../../engine/transform/json-slice.ts';
import { resourceOfCloudEventId } from '../../model/cloud-event-id.ts';
import { ApiError, validationError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import { sentText } from '../auth/sent-text.ts';
import { headerOf } from '../request-head.ts';
import type { RequestHead } from '../request-head.ts';
import { serializationError } from '../validation/report.ts';
import { bareRestJson } from './rest-json.ts';
import type { Protocol } from './protocol.ts';

/**
 * CloudEvents 1.0 over HTTP as another way to write PutEvents: `POST /cloudevents/<bus>`. The events become entries of
 * that operation, and from there on nothing differs: its checks, its limits, its policies, its answer. Only the status
 * tells more, because senders of CloudEvents look at nothing else.
 */

const PREFIX = '/cloudevents/';

export const isCloudEventsPath = (path: string): boolean =>
  path.startsWith(PREFIX) && path.length > PREFIX.length;

/** What a sender of webhooks asks for before its first event: whether events are welcome here. All of them are. */
export const WEBHOOK_CONSENT: readonly string[] = [
  'Allow',
  'POST, OPTIONS',
  'WebHook-Allowed-Origin',
  '*',
  'WebHook-Allowed-Rate',
  '*',
];

/** Codes of PutEvents and of the gate before it whose status says more than 400. */
const STATUS: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ExpiredTokenException: 401,
  IncompleteSignatureException: 401,
  InternalFailure: 500,
  InvalidSignatureException: 401,
  MissingAuthenticationTokenException: 401,
  NotAuthorizedForSourceException: 403,
  ThrottlingException: 429,
  UnrecognizedClientException: 401,
};

interface Output {
  readonly Entries: readonly { readonly ErrorCode?: string }[];
}

/**
 * The answer of PutEvents. Its status is 200 once every event is in its log; else the highest that one of them has, so
 * that whoever should send again (429, 500) does, even where the other events of the batch are in.
 */
export const cloudEventsProtocol: Protocol = {
  name: 'rest-json',
  success(operation, output, requestId) {
    const codes = (output as Output).Entries.flatMap(({ ErrorCode }) => ErrorCode ?? []);
    const status = Math.max(200, ...codes.map((code) => STATUS[code] ?? 400));
    return { ...bareRestJson.success(operation, output, requestId), status };
  },
  failure: (error, requestId) => ({
    ...bareRestJson.failure(error, requestId),
    status: STATUS[error.code] ?? error.status,
  }),
};

/** An event's attributes as plain text, and its data as the `detail` that it becomes. */
interface SentEvent {
  readonly attributes: ReadonlyMap<string, string>;
  readonly detail: string;
}

/** The input of PutEvents that a request stands for. Throws an `ApiError` for what is no CloudEvent. */
export function cloudEventsInput(head: RequestHead, body: Buffer): object {
  const bus = busOf(head.path);
  const events = readEvents(head, body);
  if (events.length > limits.putEventsEntries) {
    throw validationError(`A batch holds at most ${limits.putEventsEntries} events.`);
  }
  return { Entries: events.map((event) => toEntry(event, bus)) };
}

function busOf(path: string): string {
  const text = path.slice(PREFIX.length);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** In which of the three content modes a request is: its content type tells, or that a header names the version. */
function readEvents(head: RequestHead, body: Buffer): readonly SentEvent[] {
  const type = headerOf(head, 'content-type') ?? '';
  if (/^application\/cloudevents-batch\+json\s*(?:;|$)/i.test(type)) return readBatch(body);
  if (/^application\/cloudevents\+json\s*(?:;|$)/i.test(type)) return [structuredEvent(jsonOf(body))];
  if (/^application\/cloudevents/i.test(type) || head.headers['ce-specversion'] === undefined) {
    throw new ApiError(
      'SerializationException',
      'The request is no CloudEvent: its content type must be application/cloudevents+json or ' +
        'application/cloudevents-batch+json, or its attributes must stand in headers such as ce-specversion.',
      { status: 415 },
    );
  }
  return [{ attributes: headerAttributes(head), detail: binaryDetail(type, body) }];
}

/** Compact JSON, every number spelled as it came. */
function jsonOf(body: Buffer): string {
  const json = isUtf8(body) ? compactJson(body.toString('utf8')) : undefined;
  if (json === undefined) throw serializationError('The request body is not valid JSON.');
  return json;
}

function readBatch(body: Buffer): SentEvent[] {
  const json = jsonOf(body);
  if (!json.startsWith('[')) throw serializationError('A batch must be a JSON array.');
  const texts: string[] = [];
  eachElement(json, 0, (_place, at) => {
    const end = endOfValue(json, at);
    // One more than there may be is enough to refuse the batch.
    if (texts.length <= limits.putEventsEntries) texts.push(json.slice(at, end));
    return end;
  });
  return texts.map(structuredEvent);
}

function structuredEvent(json: string): SentEvent {
  if (!json.startsWith('{')) throw serializationError('A CloudEvent must be a JSON object.');
  const members = new Map<string, string>();
  eachMember(json, 0, (name, at) => {
    const end = endOfValue(json, at);
    members.set(name, json.slice(at, end));
    return end;
  });
  const attributes = new Map<string, string>();
  for (const [name, raw] of members) if (raw.startsWith('"')) attributes.set(name, textOfString(raw));
  const encoded = members.get('data_base64');
  const detail = encoded === undefined ? detailOf(members.get('data')) : `{"data_base64":${encoded}}`;
  return { attributes, detail };
}

/** A detail is an object: data that is none stands in one, absent data is an empty one. */
function detailOf(data: string | undefined): string {
  if (data === undefined || data === 'null') return '{}';
  return data.startsWith('{') ? data : `{"data":${data}}`;
}

function headerAttributes(head: RequestHead): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const name of ['specversion', 'id', 'source', 'type', 'subject', 'time']) {
    const value = headerOf(head, `ce-${name}`);
    if (value !== undefined) attributes.set(name, headerText(value));
  }
  return attributes;
}

/** A value without quotes around it and with its escapes undone; broken escapes stand for themselves. */
function headerText(value: string): string {
  const text = sentText(value);
  const bare = /^".*"$/.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}

function binaryDetail(type: string, body: Buffer): string {
  if (body.length === 0) return '{}';
  if (type === '' || /^[^;]*[/+]json\s*(?:;|$)/i.test(type)) return detailOf(jsonOf(body));
  const isText = /^(?:text\/|[^;]*[/+]xml\s*(?:;|$))/i.test(type) && isUtf8(body);
  return isText
    ? `{"data":${JSON.stringify(body.toString('utf8'))}}`
    : `{"data_base64":"${body.toString('base64')}"}`;
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i;
const MILLISECONDS = 1_000;

function toEntry({ attributes, detail }: SentEvent, bus: string): object {
  if (attributes.get('specversion') !== '1.0') {
    throw validationError('The attribute specversion of a CloudEvent must be 1.0.');
  }
  for (const name of ['id', 'source', 'type']) {
    if (!attributes.get(name)) throw validationError(`A CloudEvent must have the attribute ${name}.`);
  }
  const subject = attributes.get('subject');
  const time = attributes.get('time');
  return {
    EventBusName: bus,
    Source: attributes.get('source'),
    DetailType: attributes.get('type'),
    Detail: detail,
    Resources: [...(subject ? [subject] : []), resourceOfCloudEventId(attributes.get('id')!)],
    ...(time === undefined ? {} : { Time: secondsOf(time) }),
  };
}

function secondsOf(time: string): number {
  const milliseconds = TIME.test(time) ? Date.parse(time.toUpperCase()) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw validationError('The attribute time of a CloudEvent must be a timestamp of RFC 3339.');
  }
  return milliseconds / MILLISECONDS;
}
