import { deliveryId } from '../deliver/delivery-id.ts';
import { expired } from '../deliver/retry.ts';
import { traceparentOf } from '../../model/trace-context.ts';
import type { OutgoingDelivery } from '../ports/connector.ts';
import type { CarriedSpan, Tracing } from '../ports/tracing.ts';
import type { Subscription } from '../route/subscription.ts';
import type { Fifo } from '../fifo.ts';
import type { PayloadResult } from '../transform/index.ts';
import type { Delivery, Failure } from './delivery.ts';

const TOO_OLD = 'The event became too old before it could be delivered.';

/** What goes out for a delivery, or why it fails before it is sent. */
type Prepared =
  { readonly outgoing: OutgoingDelivery } | { readonly outgoing: undefined; readonly failure: Failure };

/** Makes a delivery ready for one attempt, with the subscription's present settings. */
function prepare(
  subscription: Subscription,
  delivery: Delivery,
  now: number,
  tracing: Tracing | undefined,
): Prepared {
  const { record } = delivery;
  if (delivery.failure) return { outgoing: undefined, failure: delivery.failure };
  if (expired(subscription.patience, record.ingestedAt, now)) {
    const last = delivery.notes?.at(-1);
    const condition = 'MaximumEventAgeInSeconds';
    const fault = last?.fault ?? 'transient';
    const failure = {
      code: last?.code ?? 'UNKNOWN',
      reason: last?.reason ?? TOO_OLD,
      fault,
      condition,
    } as const;
    return { outgoing: undefined, failure };
  }
  const built = payloadOf(subscription, delivery);
  if (!built.ok) return { outgoing: undefined, failure: { code: built.code, reason: built.reason } };
  const span = beginSpan(tracing, subscription, delivery, now);
  const outgoing: OutgoingDelivery = {
    // An archive knows an event by its own id.
    deliveryId: subscription.intoArchive ? record.eventId : deliveryId(record.eventId, subscription.id),
    eventId: record.eventId,
    payload: built.payload,
    event: record.event,
    traceHeader: span?.traceHeader ?? record.traceHeader,
    traceparent: span?.traceparent ?? traceparentOf(record.traceHeader),
    hops: record.hops ?? 0,
    ingestedAt: record.ingestedAt,
    attempt: delivery.attempts + 1,
  };
  return { outgoing };
}

/** The span of an attempt, where spans are exported and the event is sampled. */
function beginSpan(
  tracing: Tracing | undefined,
  subscription: Subscription,
  delivery: Delivery,
  now: number,
): CarriedSpan | undefined {
  const { traceHeader, eventId } = delivery.record;
  delivery.span = undefined;
  if (!tracing || traceHeader === undefined) return undefined;
  delivery.span = tracing.below(traceHeader, 'deliver', now, {
    'busbar.event_id': eventId,
    'busbar.rule': subscription.rule.arn,
    'busbar.target': subscription.target.Arn,
    'busbar.attempt': delivery.attempts + 1,
  });
  return delivery.span;
}

/** What the target gets: what an operator has made of it, or what the target's settings make of the event. */
export function payloadOf(subscription: Subscription, delivery: Delivery): PayloadResult {
  const { record, payload, attempts, failure } = delivery;
  if (payload !== undefined) return { ok: true, payload };
  // Of one that failed: what it was offered last.
  return subscription.payload(record, failure ? Math.max(attempts, 1) : attempts + 1);
}

/** Deliveries that go out in one send, and what goes out for each. */
export interface Batch {
  readonly deliveries: readonly Delivery[];
  readonly outgoing: readonly OutgoingDelivery[];
}

/** Takes up to `max` deliveries that can be sent from the queue; those that cannot are handed to `fail`. */
export function takeBatch(
  queue: Fifo<Delivery>,
  subscription: Subscription,
  {
    max,
    now,
    tracing,
  }: { readonly max: number; readonly now: number; readonly tracing: Tracing | undefined },
  fail: (delivery: Delivery, failure: Failure) => void,
): Batch {
  const deliveries: Delivery[] = [];
  const outgoing: OutgoingDelivery[] = [];
  while (deliveries.length < max) {
    const delivery = queue.shift();
    if (!delivery) break;
    const prepared = prepare(subscription, delivery, now, tracing);
    if (prepared.outgoing) {
      deliveries.push(delivery);
      outgoing.push(prepared.outgoing);
    } else fail(delivery, prepared.failure);
  }
  return { deliveries, outgoing };
}
