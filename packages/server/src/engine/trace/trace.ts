import { explain } from '@busbar/pattern';
import type { EventBus, Rule } from '../../model/resources.ts';
import type { Catalog } from '../catalog.ts';
import type { DeadLetterDocument } from '../deliver/dead-letter.ts';
import { deliveryId } from '../deliver/delivery-id.ts';
import type { Redrives } from '../deliver/redrive.ts';
import type { Logs } from '../logs.ts';
import type { LogRecord, Position, Storage } from '../ports/storage.ts';
import type { RuleBooks } from '../route/rule-book.ts';
import { subscriptionId, type Subscription } from '../route/subscription.ts';
import { traceDelivery, type DeliveryTrace, type DeliveryTraceParts } from './delivery-trace.ts';
import { findEvent, type FoundEvent } from './find-event.ts';

/** One rule's part in an event's way, judged by the rule as it is now. */
export interface RuleTrace {
  readonly rule: string;
  readonly arn: string;
  readonly matched: boolean;
  /** An English sentence. */
  readonly reason: string;
  readonly deliveries: readonly DeliveryTrace[];
}

export interface EventTrace {
  readonly bus: string;
  readonly eventId: string;
  /** Absent when the log has forgotten the event, or never had it. */
  readonly record: LogRecord | undefined;
  /** The event's JSON text, from the log or from a dead letter. */
  readonly event: string | undefined;
  readonly searched: bigint;
  readonly complete: boolean;
  readonly rules: readonly RuleTrace[];
}

/** `resent`: the delivery is under way, durably. Otherwise nothing was done, and `reason` says why. */
export type ResendResult =
  | { readonly status: 'resent'; readonly rule: string; readonly targetId: string; readonly target: string }
  | {
      readonly status: 'missing' | 'ambiguous';
      readonly reason: string;
      /** Where it could go, as `RULE/ID`. */
      readonly candidates: readonly string[];
    };

export interface TracerParts extends DeliveryTraceParts {
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly books: RuleBooks;
  readonly logs: Logs;
  readonly redrives: Redrives;
}

/** Tells of single events what became of them, and sends them once more. */
export class Tracer {
  readonly #parts: TracerParts;

  constructor(parts: TracerParts) {
    this.#parts = parts;
  }

  async trace(bus: EventBus, eventId: string): Promise<EventTrace> {
    const found = await findEvent(this.#parts.storage.log, bus.log, eventId);
    const event = found.record?.event ?? (await this.#eventOfLetter(bus, eventId));
    const rules: RuleTrace[] = [];
    for (const { document } of this.#parts.catalog.rules(bus, bus.name)) {
      rules.push(await this.#traceRule(bus, document, eventId, event, found));
    }
    return { bus: bus.arn, eventId, event, rules, ...found };
  }

  /** Sends an event of a bus to one target once more: `RULE/ID`, `RULE` when it has one target, else the only one that matches. */
  async resend(bus: EventBus, eventId: string, to: string | undefined): Promise<ResendResult> {
    const { record, complete, searched } = await findEvent(this.#parts.storage.log, bus.log, eventId);
    if (!record) {
      const looked = complete ? 'its retention' : `the latest ${searched} positions`;
      return {
        status: 'missing',
        reason: `The bus has no event ${eventId} within ${looked}.`,
        candidates: [],
      };
    }
    const all = this.#subscriptionsOf(bus);
    const wanted =
      to === undefined ? all.filter(({ rule }) => judge(rule, record.event, record).matched) : named(all, to);
    const [subscription] = wanted;
    if (!subscription || wanted.length > 1) return undecided(to, wanted, all);
    await this.#parts.redrives.resend(record, subscription, bus.log);
    const { Id: targetId, Arn: target } = subscription.target;
    return { status: 'resent', rule: subscription.rule.name, targetId, target };
  }

  #subscriptionsOf(bus: EventBus): Subscription[] {
    const { catalog, books } = this.#parts;
    return catalog
      .rules(bus, bus.name)
      .flatMap(({ document: { uid, targets } }) =>
        targets.flatMap(({ Id }) => books.subscription(subscriptionId(uid, Id)) ?? []),
      );
  }

  /** The log may have forgotten an event that a dead letter still holds. */
  async #eventOfLetter(bus: EventBus, eventId: string): Promise<string | undefined> {
    for (const { id } of this.#subscriptionsOf(bus)) {
      const letter = await this.#parts.storage.deadLetters.get(deliveryId(eventId, id));
      if (letter) return (letter.document as DeadLetterDocument).event;
    }
    return undefined;
  }

  async #traceRule(
    bus: EventBus,
    rule: Rule,
    eventId: string,
    event: string | undefined,
    { record }: FoundEvent,
  ): Promise<RuleTrace> {
    const verdict = event === undefined ? UNKNOWN : judge(rule, event, record);
    const { routed, settled } = this.#parts.logs.progress(bus.log) ?? { routed: 0n, settled: 0n };
    const isBelow = (position: Position): boolean => record === undefined || record.position < position;
    const otherwise = isBelow(settled) ? 'forgotten' : isBelow(routed) ? 'waiting' : 'not-routed';
    const place = { log: bus.log, record, otherwise } as const;
    const deliveries: DeliveryTrace[] = [];
    for (const { Id } of rule.targets) {
      const subscription = this.#parts.books.subscription(subscriptionId(rule.uid, Id));
      if (!subscription) continue;
      const delivery = await traceDelivery(this.#parts, subscription, eventId, place);
      // The rule may have been another one when the event met it: what there is of a delivery is told all the same.
      if (verdict.matched || hasTraces(delivery)) deliveries.push(delivery);
    }
    return { rule: rule.name, arn: rule.arn, ...verdict, deliveries };
  }
}

interface Verdict {
  readonly matched: boolean;
  readonly reason: string;
}

const UNKNOWN: Verdict = { matched: false, reason: 'The event is not known any more.' };

function judge(rule: Rule, event: string, record: LogRecord | undefined): Verdict {
  if (rule.eventPattern === undefined) {
    return { matched: false, reason: 'The rule has no event pattern: it runs on a schedule.' };
  }
  if (record && record.position < BigInt(rule.since)) {
    return { matched: false, reason: 'The event was published before the rule was made.' };
  }
  if (rule.state === 'DISABLED') return { matched: false, reason: 'The rule is disabled.' };
  const { matched, summary } = explain(rule.eventPattern, event);
  return { matched, reason: summary };
}

const hasTraces = ({ state, letter, delivered }: DeliveryTrace): boolean =>
  letter !== undefined || delivered.length > 0 || ['under-way', 'parked', 'backlog'].includes(state);

const nameOf = ({ rule, target }: Subscription): string => `${rule.name}/${target.Id}`;

function named(all: readonly Subscription[], to: string): Subscription[] {
  return all.filter((subscription) => nameOf(subscription) === to || subscription.rule.name === to);
}

function undecided(
  to: string | undefined,
  wanted: readonly Subscription[],
  all: readonly Subscription[],
): ResendResult {
  if (wanted.length > 1) {
    const reason =
      to === undefined ? 'Several targets want the event.' : `The rule ${to} has several targets.`;
    return { status: 'ambiguous', reason, candidates: wanted.map(nameOf) };
  }
  const reason = to === undefined ? 'No rule of the bus matches the event.' : `The bus has no target ${to}.`;
  return { status: 'missing', reason, candidates: all.map(nameOf) };
}
