import { limits } from '../../model/limits.ts';
import type { Rule, Scope, TargetSettings } from '../../model/resources.ts';
import type { Schedule } from '../../model/schedule.ts';
import type { Metrics } from '../metrics.ts';
import type { LogRecord, Position } from '../ports/storage.ts';
import { RuleCounters } from '../route/rule-counters.ts';
import { readDetour } from '../route/detour.ts';
import type { RuleEntry, SubscriptionListener } from '../route/rule-book.ts';
import { Subscription, type Origin } from '../route/subscription.ts';
import type { PayloadResult } from '../transform/index.ts';
import { connectorTarget, executionOf, payloadFor, type Execution } from './execution.ts';
import { groupArn, scheduleKey } from './schedule-catalog.ts';

const PREFIX = 'schedule/';
const UID = '@';

/** Whom a tick is for, and the lane it goes to: `schedule/<key>@<uid>`. */
export const addressOf = (schedule: Schedule): string =>
  `${PREFIX}${scheduleKey(schedule, schedule.group, schedule.name)}${UID}${schedule.uid}`;

export interface ReadAddress {
  readonly key: string;
  readonly uid: string;
  /** Without what follows the address in the id of a lane that goes elsewhere. */
  readonly address: string;
}

/** The key of a schedule and its incarnation, also for a lane of its that goes elsewhere; undefined for an address of something else. */
export function readAddress(address: string): ReadAddress | undefined {
  const { base: text } = readDetour(address) ?? { base: address };
  const base = text.endsWith(BY_HAND) ? text.slice(0, -BY_HAND.length) : text;
  const at = base.indexOf(UID);
  if (at < 0 || !base.startsWith(PREFIX)) return undefined;
  return { key: base.slice(PREFIX.length, at), uid: base.slice(at + 1), address: base };
}

const BY_HAND = '!';

/** Whom a tick is for that an operator wants: the same, be the schedule enabled or not. */
export const byHand = (address: string): string => address + BY_HAND;

/** A schedule's target as the reader of its ticks. */
export class ScheduleSubscription extends Subscription {
  #schedule: Schedule;

  constructor(
    schedule: Schedule,
    counters: RuleCounters,
    id = addressOf(schedule),
    target = connectorTarget(schedule),
  ) {
    super(ruleOf(schedule), target, counters, id, 'ticks');
    this.#schedule = schedule;
  }

  get schedule(): Schedule {
    return this.#schedule;
  }

  override get origin(): Origin {
    const { group, arn } = this.#schedule;
    return { bus: groupArn(this.#schedule, group), rule: arn, target: this.target.Arn };
  }

  /** Takes over a newer document; true when the target's settings differ. */
  change(schedule: Schedule): boolean {
    this.#schedule = schedule;
    return this.update(ruleOf(schedule), connectorTarget(schedule));
  }

  override detoured(id: string, target: TargetSettings): ScheduleSubscription {
    return new ScheduleSubscription(this.#schedule, this.counters, id, target);
  }

  execution(record: LogRecord): Execution {
    return executionOf(this.#schedule, record.event);
  }

  override payload(record: LogRecord, attempt = 1): PayloadResult {
    return { ok: true, payload: payloadFor(this.#schedule, record.event, attempt) };
  }
}

/** The schedule as lanes know their rule. Metrics are those of the group, as the service's are. */
function ruleOf({ account, region, uid, arn, state, group }: Schedule): Rule {
  const name = `schedule-group/${group}`;
  const none = { tags: [], targets: [], since: '0' };
  return { account, region, uid, bus: '', name, arn, state, createdBy: account, ...none };
}

interface BookEntry {
  readonly subscription: ScheduleSubscription;
  /** As the router meets it. */
  readonly route: readonly RuleEntry[];
  usedAt: number;
  /** Of its latest tick in the log. */
  latest: Position | undefined;
}

const NOBODY: readonly RuleEntry[] = [];

/**
 * The schedules whose ticks are on their way: those that fired lately or have deliveries pending. All others are in the
 * store only. A tick goes by what its schedule was when it fired or was last changed.
 */
export class ScheduleBook {
  readonly #metrics: Metrics;
  readonly #listener: SubscriptionListener;
  readonly #isRouted: (scope: Scope, position: Position) => boolean;
  readonly #entries = new Map<string, BookEntry>();
  /** Schedules of a group share its metrics. By ARN of the group. */
  readonly #counters = new Map<string, RuleCounters>();

  /** `isRouted`: whether the ticks of a scope have come to their lanes, up to a position. */
  constructor(
    metrics: Metrics,
    listener: SubscriptionListener,
    isRouted: (scope: Scope, position: Position) => boolean,
  ) {
    this.#metrics = metrics;
    this.#listener = listener;
    this.#isRouted = isRouted;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Makes a schedule known, or known anew. */
  put(schedule: Schedule, now: number): ScheduleSubscription {
    const address = addressOf(schedule);
    const known = this.#entries.get(address);
    if (known) {
      known.usedAt = now;
      const { subscription } = known;
      const isNew = subscription.schedule.revision !== schedule.revision;
      if (isNew && subscription.change(schedule)) this.#listener.changed(subscription);
      return subscription;
    }
    const counters = this.#countersOf(schedule);
    const subscription = new ScheduleSubscription(schedule, counters);
    const { rule } = subscription;
    const entry = { rule, since: 0n, counters, subscriptions: [subscription], pattern: undefined, fresh: 0 };
    this.#entries.set(address, { subscription, route: [entry], usedAt: now, latest: undefined });
    return subscription;
  }

  /** A schedule that is changed while its ticks are on their way. */
  changed(schedule: Schedule, now: number): void {
    if (this.#entries.has(addressOf(schedule))) this.put(schedule, now);
  }

  removed(schedule: Schedule): void {
    const address = addressOf(schedule);
    const entry = this.#entries.get(address);
    if (!entry) return;
    this.#entries.delete(address);
    entry.subscription.removed = true;
    this.#listener.removed(entry.subscription);
  }

  /** Whom a tick is for. */
  addressee(address: string): readonly RuleEntry[] {
    const isWanted = address.endsWith(BY_HAND);
    const entry = this.#entries.get(isWanted ? address.slice(0, -BY_HAND.length) : address);
    return entry && (isWanted || entry.subscription.schedule.state === 'ENABLED') ? entry.route : NOBODY;
  }

  /** A tick stands in the log. */
  appended(address: string, position: Position): void {
    const entry = this.#entries.get(address.endsWith(BY_HAND) ? address.slice(0, -BY_HAND.length) : address);
    if (entry) entry.latest = position;
  }

  /** Whether a tick of a schedule stands in the log and has not come to its lane yet. */
  isUnrouted(schedule: Schedule): boolean {
    const latest = this.#entries.get(addressOf(schedule))?.latest;
    return latest !== undefined && !this.#isRouted(schedule, latest);
  }

  subscription(id: string): ScheduleSubscription | undefined {
    return this.#entries.get(id)?.subscription;
  }

  /** Forgets schedules that have nothing on its way. */
  sweep(now: number): void {
    for (const [address, entry] of this.#entries) {
      if (now - entry.usedAt < limits.scheduleBookMs) continue;
      const { latest, subscription } = entry;
      const isOnItsWay = latest !== undefined && !this.#isRouted(subscription.schedule, latest);
      if (subscription.sink === undefined && !isOnItsWay) this.#entries.delete(address);
    }
  }

  #countersOf(schedule: Schedule): RuleCounters {
    const group = groupArn(schedule, schedule.group);
    const known = this.#counters.get(group);
    if (known) return known;
    // Groups come and go. The series themselves are kept elsewhere.
    if (this.#counters.size >= limits.scheduleGroups) this.#counters.clear();
    const counters = new RuleCounters(this.#metrics, ruleOf(schedule));
    this.#counters.set(group, counters);
    return counters;
  }
}
