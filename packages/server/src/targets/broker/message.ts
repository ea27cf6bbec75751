import type { OutgoingDelivery, ParameterField } from '../../engine/ports/connector.ts';
import type { TargetSettings } from '../../model/resources.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { cloudEventsMode, isJsonText, toCloudEvent, type CloudEvent } from '../cloud-events.ts';
import { dynamicValue, type DynamicValue } from '../dynamic-value.ts';

/** A delivery as every message broker carries it; its attributes are written as the protocol's binding of CloudEvents says. */
export interface OutgoingMessage extends CloudEvent {
  /** Busbar's own headers, then the target's. */
  readonly headers: Readonly<Record<string, string>>;
}

export const HEADERS_FIELD: ParameterField = {
  name: 'Headers',
  type: 'map',
  required: false,
  secret: false,
  description:
    'Further headers. A value may be a JSONPath that is resolved against the original event; a header whose path leads to ' +
    'no text and no number is left out.',
  example: { tenant: '$.detail.tenant' },
};

export const DELIVERY_ID_HEADER = 'busbar-delivery-id';

/** What the connectors say of headers in their notes. */
export const HEADERS_NOTE =
  `Every message has the headers \`${DELIVERY_ID_HEADER}\` (the same for every attempt of a delivery, so that a repeat can be told) and ` +
  '`busbar-event-id`, and, when the event came with a trace header, `X-Amzn-Trace-Id` and `traceparent`.';

const HEADER_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
/** Names that mean something to Busbar, to a broker or to CloudEvents. */
const RESERVED = /^(?:busbar-|nats-|ce[-_]|cloudevents|content-type$)/i;

const blockOf = (target: TargetSettings): Readonly<Record<string, unknown>> =>
  (target[BUSBAR_BLOCK] ?? {}) as Record<string, unknown>;

/** A field of the target's `BusbarParameters`; the common checks have seen to its type. */
export function parameter<T>(target: TargetSettings, name: string): T | undefined {
  return blockOf(target)[name] as T | undefined;
}

/** What is wrong with a target's `Headers`; undefined when nothing is. */
export function headersFault(target: TargetSettings): string | undefined {
  const headers = Object.entries(parameter<Record<string, unknown>>(target, 'Headers') ?? {});
  const isFine = ([name, value]: [string, unknown]): boolean =>
    HEADER_NAME.test(name) && !RESERVED.test(name) && typeof value === 'string' && !CONTROL.test(value);
  return headers.every(isFine)
    ? undefined
    : `Parameter ${BUSBAR_BLOCK}.Headers is not valid for target ${target.Id}.`;
}

const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}/gu;

/** How a target's deliveries become messages. */
export function messageWriter(target: TargetSettings): (delivery: OutgoingDelivery) => OutgoingMessage {
  const mode = cloudEventsMode(target);
  const own = Object.entries(parameter<Record<string, string>>(target, 'Headers') ?? {}).map(
    ([name, value]): [string, DynamicValue] => [name, dynamicValue(value)],
  );
  return (delivery) => {
    const event = mode ? toCloudEvent(delivery, mode) : plain(delivery);
    const headers: Record<string, string> = {
      [DELIVERY_ID_HEADER]: delivery.deliveryId,
      'busbar-event-id': delivery.eventId,
      ...traceHeaders(delivery),
    };
    for (const [name, resolve] of own) {
      const value = resolve(delivery.event);
      // Headers of some protocols are lines of text: what would end a line is no part of a value.
      if (value !== undefined) headers[name] = value.toWellFormed().replace(CONTROLS, '\uFFFD');
    }
    return { ...event, headers };
  };
}

function plain({ payload, event }: OutgoingDelivery): CloudEvent {
  const isJson = payload === event || isJsonText(payload);
  const contentType = isJson ? 'application/json' : 'text/plain; charset=utf-8';
  return { attributes: {}, contentType, body: payload };
}

/** An event's place in a trace, in both forms. */
function traceHeaders({ traceHeader, traceparent }: OutgoingDelivery): Record<string, string> {
  if (traceHeader === undefined || CONTROL.test(traceHeader)) return {};
  return { 'X-Amzn-Trace-Id': traceHeader, ...(traceparent === undefined ? {} : { traceparent }) };
}
