import type { HttpRequest } from '../../engine/ports/http-client.ts';
import type { OutgoingDelivery } from '../../engine/ports/connector.ts';
import { eachMember, endOfValue } from '../../engine/transform/json-slice.ts';
import type { ApiDestination, AuthParameters, HttpParameter } from '../../model/connections.ts';
import { isWebhookKey, webhookSecretsOf } from '../../model/webhook-secret.ts';
import { cloudEventHeaders, toCloudEvent, type CloudEvent, type CloudEventsMode } from '../cloud-events.ts';
import { fillPath, queryText, resolveNamed, type PreparedParameters } from './http-parameters.ts';
import { webhookHeaders } from './webhook-signature.ts';

type Headers = Record<string, string>;

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
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
/** What a publisher gave as a trace header must not spoil the request. */
const PRINTABLE = /^[\x20-\x7e]+$/;
/** Methods whose requests carry no body. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Where requests go, and with which credentials. */
export interface DestinationPlace {
  readonly destination: ApiDestination;
  readonly parameters: AuthParameters;
  readonly token: string | undefined;
}

/** How a target wants its requests. */
export interface RequestSettings {
  readonly prepared: PreparedParameters;
  readonly cloudEvents: CloudEventsMode | undefined;
  readonly timeoutMs: number;
}

/** What is the same in all requests to a place. */
interface Frame extends DestinationPlace {
  /** The whole URL, unless it depends on the event. */
  readonly url: URL | undefined;
  /** Headers that the connection adds. */
  readonly added: Headers;
  /** Headers that nothing else overrides. */
  readonly last: Headers;
  /** All headers of a request that has none of its event. */
  readonly headers: Headers;
  /** Keys that sign each request. */
  readonly signing: readonly Buffer[] | undefined;
}

/** Builds the requests of a target. */
export class DestinationRequests {
  readonly #settings: RequestSettings;
  #frame: Frame | undefined;

  constructor(settings: RequestSettings) {
    this.#settings = settings;
  }

  /** The request of one attempt, or why there can be none. */
  build(place: DestinationPlace, delivery: OutgoingDelivery, now: number): HttpRequest | string {
    const { prepared, cloudEvents, timeoutMs } = this.#settings;
    const frame = this.#frameOf(place);
    const { method } = place.destination;
    const url = frame.url ?? urlOf(place, prepared, delivery.event);
    if (typeof url === 'string') return url;
    const event = cloudEvents && toCloudEvent(delivery, cloudEvents);
    const added = place.parameters.InvocationHttpParameters?.BodyParameters;
    const body = event ? event.body : withMembers(delivery.payload, added);
    const headers = this.#hasOwnHeaders(frame, delivery)
      ? this.#ownHeaders(frame, delivery, event, body, now)
      : frame.headers;
    if (typeof headers === 'string') return headers;
    return WITHOUT_BODY.has(method)
      ? { method, url, headers, timeoutMs }
      : { method, url, headers, body, timeoutMs };
  }

  #hasOwnHeaders({ signing }: Frame, { traceHeader, traceparent }: OutgoingDelivery): boolean {
    const { prepared, cloudEvents } = this.#settings;
    return (
      traceHeader !== undefined ||
      traceparent !== undefined ||
      prepared.headers.length > 0 ||
      cloudEvents !== undefined ||
      signing !== undefined
    );
  }

  #ownHeaders(
    frame: Frame,
    delivery: OutgoingDelivery,
    event: CloudEvent | undefined,
    body: string,
    now: number,
  ): Headers | string {
    const named = resolveNamed(this.#settings.prepared.headers, delivery.event, 'header');
    if (named.refused !== undefined) return named.refused;
    const headers: Headers = { ...JSON_TYPE };
    for (const [name, text] of named.value) setHeader(headers, name, text);
    Object.assign(headers, frame.added);
    if (event) Object.assign(headers, cloudEventHeaders(event), { 'content-type': event.contentType });
    const { traceHeader = '', traceparent, deliveryId } = delivery;
    if (PRINTABLE.test(traceHeader)) headers['x-amzn-trace-id'] = traceHeader;
    if (traceparent !== undefined) headers['traceparent'] = traceparent;
    const signature = frame.signing && webhookHeaders(frame.signing, deliveryId, now, body);
    return Object.assign(headers, frame.last, signature);
  }

  #frameOf(place: DestinationPlace): Frame {
    const known = this.#frame;
    const { destination, parameters, token } = place;
    if (known?.destination === destination && known.parameters === parameters && known.token === token) {
      return known;
    }
    this.#frame = frameOf(place, this.#settings.prepared);
    return this.#frame;
  }
}

function frameOf(place: DestinationPlace, prepared: PreparedParameters): Frame {
  const { destination, parameters, token } = place;
  const added: Headers = {};
  for (const { Key, Value } of parameters.InvocationHttpParameters?.HeaderParameters ?? []) {
    setHeader(added, Key ?? '', Value ?? '');
  }
  const { ApiKeyAuthParameters: key, BasicAuthParameters: basic } = parameters;
  const isSigned = token === undefined && !basic && key && isWebhookKey(key);
  const signing = isSigned ? webhookSecretsOf(key.ApiKeyValue) : undefined;
  const last = { ...FIXED_HEADERS, ...(signing ? {} : authorizationOf(place)) };
  const isDynamic = prepared.query.length > 0 || destination.endpoint.includes('*');
  const url = isDynamic ? undefined : urlOf(place, prepared, '');
  return {
    ...place,
    url: typeof url === 'string' ? undefined : url,
    added,
    last,
    headers: { ...JSON_TYPE, ...added, ...last },
    signing,
  };
}

function setHeader(headers: Headers, name: string, value: string): void {
  const key = name.toLowerCase();
  if (key !== '' && !RESERVED.has(key)) headers[key] = value;
}

/** The endpoint with its wildcards filled in, from left to right, and all query parameters; the connection's win. */
function urlOf(
  { destination, parameters }: DestinationPlace,
  prepared: PreparedParameters,
  event: string,
): URL | string {
  const [, base = '', query = ''] = /^([^?#]*)\??([^#]*)/.exec(destination.endpoint)!;
  const path = fillPath(base, prepared.path, event);
  if (path.refused !== undefined) return path.refused;
  const named = resolveNamed(prepared.query, event, 'query parameter');
  if (named.refused !== undefined) return named.refused;
  const url = new URL(path.value);
  const pairs = new Map<string, string>([...new URLSearchParams(query), ...named.value]);
  for (const { Key, Value } of parameters.InvocationHttpParameters?.QueryStringParameters ?? []) {
    if (Key) pairs.set(Key, Value ?? '');
  }
  url.search = queryText(pairs);
  return url;
}

/** A JSON object with further members, its own ones spelled as they were. Anything else stays as it is. */
export function withMembers(payload: string, added: readonly HttpParameter[] = []): string {
  if (added.length === 0) return payload;
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

function authorizationOf({ parameters, token }: DestinationPlace): Headers {
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key } = parameters;
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (basic) {
    const pair = Buffer.from(`${basic.Username}:${basic.Password}`, 'utf8').toString('base64');
    return { authorization: `Basic ${pair}` };
  }
  return key ? { [key.ApiKeyName.trim().toLowerCase()]: key.ApiKeyValue.trim() } : {};
}
