import type { HttpRequest } from '../../engine/ports/http-client.ts';
import type { OutgoingDelivery } from '../../engine/ports/connector.ts';
import { eachMember, endOfValue } from '../../engine/transform/json-slice.ts';
import type { ApiDestination, AuthParameters, HttpParameter } from '../../model/connections.ts';
import { isWebhookKey, webhookSecretsOf } from '../../model/webhook-secret.ts';
import { cloudEventHeaders, toCloudEvent, type CloudEventsMode } from '../cloud-events.ts';
import type { PreparedParameters } from './http-parameters.ts';
import { webhookHeaders } from './webhook-signature.ts';

/** Headers that parameters may not set (rules-targets-delivery §7): they are dropped. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'a-im accept-charset accept-datetime accept-encoding cache-control connection content-encoding content-length ' +
    'content-md5 date expect forwarded from host http2-settings if-match if-modified-since if-none-match if-range ' +
    'if-unmodified-since keep-alive max-forwards origin pragma proxy-authorization range referer te trailer ' +
    'transfer-encoding user-agent upgrade via warning'
  ).split(' '),
);

const FIXED_HEADERS = {
  'user-agent': 'Amazon/EventBridge/ApiDestinations',
  range: 'bytes=0-1048575',
};
const JSON_TYPE = 'application/json; charset=utf-8';
/** What a publisher gave as a trace header must not spoil the request. */
const PRINTABLE = /^[\x20-\x7e]+$/;
/** Methods whose requests carry no body. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export interface DestinationCall {
  readonly destination: ApiDestination;
  readonly parameters: AuthParameters;
  readonly token: string | undefined;
  readonly prepared: PreparedParameters;
  readonly cloudEvents: CloudEventsMode | undefined;
  readonly delivery: OutgoingDelivery;
  readonly now: number;
  readonly timeoutMs: number;
}

/** The request of one attempt, or why there can be none. */
export function buildRequest(call: DestinationCall): HttpRequest | string {
  const { destination, parameters, prepared, delivery, timeoutMs } = call;
  const url = urlOf(call);
  if (typeof url === 'string') return url;
  const headers: Record<string, string> = { 'content-type': JSON_TYPE };
  for (const [name, value] of prepared.headers) {
    const text = value(delivery.event);
    if (text === undefined) return `The event has nothing for the header ${name}.`;
    setHeader(headers, name, text);
  }
  const { HeaderParameters, BodyParameters } = parameters.InvocationHttpParameters ?? {};
  for (const { Key, Value } of HeaderParameters ?? []) setHeader(headers, Key ?? '', Value ?? '');
  const body = bodyOf(call, headers, BodyParameters);
  const { traceHeader = '' } = delivery;
  if (PRINTABLE.test(traceHeader)) headers['x-amzn-trace-id'] = traceHeader;
  if (delivery.traceparent !== undefined) headers['traceparent'] = delivery.traceparent;
  Object.assign(headers, FIXED_HEADERS, authorizationOf(call, body));
  return WITHOUT_BODY.has(destination.method)
    ? { method: destination.method, url, headers, timeoutMs }
    : { method: destination.method, url, headers, body, timeoutMs };
}

function setHeader(headers: Record<string, string>, name: string, value: string): void {
  const key = name.toLowerCase();
  if (key !== '' && !RESERVED.has(key)) headers[key] = value;
}

/** The endpoint with its wildcards filled in, from left to right, and all query parameters; the connection's win. */
function urlOf({ destination, parameters, prepared, delivery }: DestinationCall): URL | string {
  const [, base = '', query = ''] = /^([^?#]*)\??([^#]*)/.exec(destination.endpoint)!;
  const values = prepared.path.values();
  let missing: string | undefined;
  const path = base.replaceAll('*', () => {
    const text = values.next().value?.(delivery.event);
    if (text === undefined) missing = 'There is no value for a wildcard in the path of the endpoint.';
    return encodeURIComponent(text ?? '');
  });
  if (missing !== undefined) return missing;
  // A value must stay a part of its step: `..` would lead out of the endpoint's path.
  if (dotSteps(path) !== dotSteps(base)) return 'A path parameter must not be a dot segment.';
  const url = new URL(path);
  const pairs = new Map<string, string>(new URLSearchParams(query));
  for (const [name, value] of prepared.query) {
    const text = value(delivery.event);
    if (text === undefined) return `The event has nothing for the query parameter ${name}.`;
    pairs.set(name, text);
  }
  for (const { Key, Value } of parameters.InvocationHttpParameters?.QueryStringParameters ?? []) {
    if (Key) pairs.set(Key, Value ?? '');
  }
  const encoded = [...pairs].map((pair) => pair.map(encodeURIComponent).join('='));
  url.search = encoded.join('&');
  return url;
}

const dotSteps = (path: string): number =>
  path.split('/').filter((step) => step === '.' || step === '..').length;

/** What goes into the body; says its type in the headers where it is not the payload itself. */
function bodyOf(
  { cloudEvents, delivery }: DestinationCall,
  headers: Record<string, string>,
  added: readonly HttpParameter[] = [],
): string {
  if (cloudEvents === undefined) return withMembers(delivery.payload, added);
  const event = toCloudEvent(delivery, cloudEvents);
  Object.assign(headers, cloudEventHeaders(event), { 'content-type': event.contentType });
  return event.body;
}

/** A JSON object with further members, its own ones spelled as they were. Anything else stays as it is. */
export function withMembers(payload: string, added: readonly HttpParameter[]): string {
  const wanted = new Map(added.flatMap(({ Key, Value }) => (Key ? [[Key, Value ?? '']] : [])));
  const start = payload.search(/[^ \t\r\n]/);
  if (wanted.size === 0 || payload[start] !== '{') return payload;
  const members: string[] = [];
  eachMember(payload, start, (name, at) => {
    const end = endOfValue(payload, at);
    if (!wanted.has(name)) members.push(`${JSON.stringify(name)}:${payload.slice(at, end)}`);
    return end;
  });
  for (const [name, value] of wanted) members.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{${members.join(',')}}`;
}

function authorizationOf(
  { parameters, token, delivery, now }: DestinationCall,
  body: string,
): Record<string, string> {
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key } = parameters;
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (basic) {
    const pair = Buffer.from(`${basic.Username}:${basic.Password}`, 'utf8').toString('base64');
    return { authorization: `Basic ${pair}` };
  }
  if (!key) return {};
  const secrets = isWebhookKey(key) ? webhookSecretsOf(key.ApiKeyValue) : undefined;
  if (secrets) return webhookHeaders(secrets, delivery.deliveryId, now, body);
  return { [key.ApiKeyName.trim().toLowerCase()]: key.ApiKeyValue.trim() };
}
