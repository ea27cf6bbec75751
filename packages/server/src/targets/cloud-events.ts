import type { OutgoingDelivery, ParameterField } from '../engine/ports/connector.ts';
import { parseJsonPath } from '../engine/transform/json-path.ts';
import { textOfString } from '../engine/transform/json-slice.ts';
import { createPathReader } from '../engine/transform/path-set.ts';
import { cloudEventIdOf } from '../model/cloud-event-id.ts';
import type { TargetSettings } from '../model/resources.ts';
import { BUSBAR_BLOCK } from './busbar-parameters.ts';

/** `binary`: attributes travel beside the data, as headers. `structured`: one JSON text holds both. */
export type CloudEventsMode = 'binary' | 'structured';

export const CLOUD_EVENTS_FIELD: ParameterField = {
  name: 'CloudEvents',
  type: 'string',
  required: false,
  secret: false,
  description:
    'Sends CloudEvents 1.0: `binary` puts the attributes into headers and the data into the body, ' +
    '`structured` puts both into one JSON text. The data is the event’s `detail`, or what the input ' +
    'settings of the target made.',
  example: 'structured',
  fallback: 'the payload as it is',
  choices: ['binary', 'structured'],
};

/** What `BusbarParameters.CloudEvents` asks for; undefined when the target wants its payload as it is. */
export function cloudEventsMode(target: TargetSettings): CloudEventsMode | undefined {
  const block = target[BUSBAR_BLOCK] as { readonly CloudEvents?: CloudEventsMode } | undefined;
  return block?.CloudEvents;
}

/** A delivery as a CloudEvent, ready for whichever protocol carries it. */
export interface CloudEvent {
  /**
   * What stands beside the body in binary mode: plain text by attribute name, without the prefix and the escapes of a
   * protocol. `datacontenttype` is not among them, it is `contentType`. Empty in structured mode.
   */
  readonly attributes: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain; charset=utf-8';
const STRUCTURED_TYPE = 'application/cloudevents+json; charset=utf-8';

const read = createPathReader(
  ['id', 'source', 'detail-type', 'time', 'account', 'region', 'resources', 'detail'].map((name) =>
    parseJsonPath(`$.${name}`)!,
  ),
);

/**
 * Turns a delivery into a CloudEvent 1.0. `id`, `source` and `time` are the event's own and `type` is its detail type,
 * whatever an input transformer made of the rest. The data of an untouched event is its `detail`, every number spelled as
 * it was; else it is the payload that was made, as text when it is no JSON. Beside these: `subject`, when the event names
 * one resource (a list of several is the extension `resources`, as JSON), and the extensions `account` and `region`.
 * An event that came in as a CloudEvent goes out under the id that its sender gave.
 */
export function toCloudEvent(delivery: OutgoingDelivery, mode: CloudEventsMode): CloudEvent {
  const [id, source, type, time, account, region, resources, detail] = read(delivery.event);
  const named = resourcesOf(resources);
  const sentId = named.map(cloudEventIdOf).find((given) => given !== undefined);
  const attributes: Record<string, string> = {
    specversion: '1.0',
    id: attributeText(sentId ?? '') || textOf(id) || delivery.eventId,
    source: uriReference(textOf(source)),
    type: textOf(type) || 'event',
    ...resourceAttributes(named),
    ...optional('time', TIME.test(textOf(time)) ? textOf(time) : ''),
    ...optional('account', textOf(account)),
    ...optional('region', textOf(region)),
  };
  const untouched = delivery.payload === delivery.event && detail !== undefined;
  const data = untouched ? detail : delivery.payload;
  const isJson = untouched || isJsonText(data);
  const dataType = isJson ? JSON_TYPE : TEXT_TYPE;
  if (mode === 'binary') return { attributes, contentType: dataType, body: data };
  const head = JSON.stringify({ ...attributes, datacontenttype: dataType });
  const body = `${head.slice(0, -1)},"data":${isJson ? data : JSON.stringify(data)}}`;
  return { attributes: {}, contentType: STRUCTURED_TYPE, body };
}

/** Attributes as headers of HTTP and NATS: `ce-` before the name, and escapes for all but plain ASCII. */
export function cloudEventHeaders({ attributes }: CloudEvent): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      `ce-${name}`,
      value.replace(BEYOND_HEADERS, encodeURIComponent),
    ]),
  );
}

/** A second as events write it, perhaps with fractions. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** What the protocol binding has escaped in header values: blanks, quotes, `%`, and what is not printable ASCII. */
const BEYOND_HEADERS = /[^!#$&-~]/gu;

/** Control characters and noncharacters, which an attribute must not hold. */
const NO_ATTRIBUTE_TEXT = /[\p{Cc}\p{Noncharacter_Code_Point}]/gu;

const attributeText = (text: string): string => text.toWellFormed().replace(NO_ATTRIBUTE_TEXT, '\uFFFD');

/** The text of a JSON string, fit for an attribute; '' when it is none. */
const textOf = (raw: string | undefined): string =>
  raw?.startsWith('"') ? attributeText(textOfString(raw)) : '';

const optional = (name: string, value: string): Record<string, string> =>
  value === '' ? {} : { [name]: value };

function resourcesOf(raw: string | undefined): readonly string[] {
  const list: unknown = raw?.startsWith('[') ? JSON.parse(raw) : [];
  return (list as readonly unknown[]).filter((each) => typeof each === 'string');
}

function resourceAttributes(named: readonly string[]): Record<string, string> {
  const resources = named.filter((resource) => cloudEventIdOf(resource) === undefined);
  if (resources.length === 1) return optional('subject', attributeText(resources[0]!));
  return resources.length === 0 ? {} : { resources: attributeText(JSON.stringify(resources)) };
}

/** RFC 3986's URI reference: scheme or a first step without a colon; authority; path, query and fragment. */
const URI_REFERENCE = new RegExp(
  String.raw`^(?:[A-Za-z][A-Za-z0-9+.-]*:|(?![^/?#]*:))` +
    String.raw`(?://(?:[\w.~!$&'()*+,;=:-]*@)?(?:\[[0-9A-Fa-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::\d*)?(?=[/?#]|$)|(?!//))` +
    String.raw`(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*` +
    String.raw`(?:\?(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?` +
    String.raw`(?:#(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?$`,
);

/**
 * An event's source as the URI reference that a CloudEvent asks for. Nearly every source is one as it stands
 * (`shop.orders`, `/shop`, `https://shop.example`); another one is escaped as a whole.
 */
function uriReference(source: string): string {
  if (source === '') return 'unknown';
  return URI_REFERENCE.test(source) ? source : encodeURIComponent(source);
}

export function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
