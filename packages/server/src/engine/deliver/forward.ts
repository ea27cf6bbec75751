import { ApiError } from '../../model/errors.ts';
import type { Arn } from '../../model/arn.ts';
import type { EventBus } from '../../model/resources.ts';
import type { Catalog } from '../catalog.ts';
import { buildEnvelope, readEnvelope, replaceEventId, type ReadEnvelope } from '../envelope.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { evaluatePolicy, eventContext } from '../policy/index.ts';
import type { Clock, Random } from '../ports/clock.ts';
import {
  DELIVERED,
  type DeliveryErrorCode,
  type OutgoingDelivery,
  type SendOutcome,
  type SessionContext,
} from '../ports/connector.ts';
import type { EventForwarder } from '../ports/event-forwarder.ts';
import type { NewLogRecord } from '../ports/storage.ts';

const BUS_PREFIX = 'event-bus/';

export interface ForwarderParts {
  readonly catalog: Catalog;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly random: Random;
}

const reject = (code: DeliveryErrorCode, reason: string): SendOutcome => ({ status: 'reject', code, reason });

/**
 * Bus-to-bus delivery (rules-targets-delivery §5.1): the event is appended to the other bus's log, one hop further. An event
 * that has come through a bus already goes no further.
 */
export class Forwarder implements EventForwarder {
  readonly #parts: ForwarderParts;

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
  }

  /** One outcome a delivery, in order. The events that may go are appended in one call. */
  async forward(
    bus: Arn,
    deliveries: readonly OutgoingDelivery[],
    from: SessionContext,
  ): Promise<SendOutcome[]> {
    const found = await this.#find(bus, from);
    if (!found) {
      return deliveries.map(() => reject('NO_RESOURCE', `Event bus ${bus.text} does not exist.`));
    }
    const outcomes: SendOutcome[] = [];
    const records: NewLogRecord[] = [];
    const indexes: number[] = [];
    for (const [index, delivery] of deliveries.entries()) {
      const judged = this.#judge(found, bus, delivery, from);
      outcomes.push('record' in judged ? DELIVERED : judged);
      if (!('record' in judged)) continue;
      records.push(judged.record);
      indexes.push(index);
    }
    const failure = await this.#append(found, records);
    if (failure) for (const index of indexes) outcomes[index] = failure;
    return outcomes;
  }

  async #find(arn: Arn, from: SessionContext): Promise<EventBus | undefined> {
    if (!arn.resource.startsWith(BUS_PREFIX)) return undefined;
    const scope = { account: arn.account, region: arn.region };
    const name = arn.resource.slice(BUS_PREFIX.length);
    const { catalog } = this.#parts;
    // The default bus of one's own account always exists; another account's is not brought into being from here.
    const versioned =
      arn.account === from.account ? await catalog.resolveBus(scope, name) : catalog.bus(scope, name);
    return versioned?.document;
  }

  #judge(
    bus: EventBus,
    arn: Arn,
    delivery: OutgoingDelivery,
    from: SessionContext,
  ): SendOutcome | { readonly record: NewLogRecord } {
    const otherAccount = arn.account !== from.account;
    const otherRegion = arn.region !== from.region;
    if (delivery.hops >= 1) return tooManyHops(otherAccount, otherRegion);
    const untouched = delivery.payload === delivery.event;
    const original = readEnvelope(delivery.event);
    const read = untouched ? original : readEnvelope(delivery.payload);
    if (!original || !read) {
      const reason = 'The payload for an event bus must be an event with source, detail-type and detail.';
      return reject('INVALID_PARAMETER', reason);
    }
    if (!allows(bus, read, from, otherAccount)) {
      const reason = `Rule ${from.ruleArn} is not authorized to perform: events:PutEvents on resource: ${bus.arn}`;
      return reject('NO_PERMISSIONS', reason);
    }
    const eventId = otherRegion ? this.#parts.random.uuid() : delivery.eventId;
    const event = untouched ? delivery.event : rebuilt(delivery.eventId, read, original);
    return {
      record: {
        eventId,
        ingestedAt: this.#parts.clock.now(),
        account: original.account ?? from.account,
        event: otherRegion ? replaceEventId(event, eventId) : event,
        traceHeader: delivery.traceHeader,
        hops: delivery.hops + 1,
      },
    };
  }

  async #append(bus: EventBus, records: readonly NewLogRecord[]): Promise<SendOutcome | undefined> {
    if (records.length === 0) return undefined;
    try {
      await this.#parts.ingest.append(bus.log, records);
      return undefined;
    } catch (error) {
      const throttled = error instanceof ApiError && error.code === 'ThrottlingException';
      const reason = throttled ? 'The event bus is busy.' : 'The event bus could not take the event.';
      return { status: 'retry', code: throttled ? 'THROTTLING' : 'INTERNAL_ERROR', reason };
    }
  }
}

function tooManyHops(otherAccount: boolean, otherRegion: boolean): SendOutcome {
  const reason = 'The event has come through another event bus already and is not forwarded again.';
  if (otherAccount) return reject('THIRD_ACCOUNT_HOP_DETECTED', reason);
  if (otherRegion) return reject('THIRD_REGION_HOP_DETECTED', reason);
  return reject('THIRD_BUS_HOP_DETECTED', reason);
}

/** Inside an account only a Deny keeps an event out; another account needs an Allow. */
function allows(bus: EventBus, event: ReadEnvelope, from: SessionContext, otherAccount: boolean): boolean {
  if (bus.policy === undefined) return !otherAccount;
  const decision = evaluatePolicy(bus.policy, {
    principalAccount: from.account,
    principalArn: `arn:aws:iam::${from.account}:root`,
    action: 'events:PutEvents',
    resource: bus.arn,
    context: {
      ...eventContext(event, true),
      'aws:SourceArn': from.ruleArn,
      'aws:SourceAccount': from.account,
    },
  });
  return otherAccount ? decision === 'allow' : decision !== 'deny';
}

/** An event that an input transformation made: what says where an event comes from is not up to the transformation. */
function rebuilt(id: string, event: ReadEnvelope, original: ReadEnvelope): string {
  return buildEnvelope({
    id,
    detailType: event.detailType,
    source: event.source,
    account: original.account ?? '',
    time: event.time ?? original.time ?? 0,
    region: original.region ?? '',
    resources: event.resources ?? original.resources ?? [],
    replayName: original.replayName,
    detail: event.detail,
  });
}
