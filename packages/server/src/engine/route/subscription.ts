import { eventBusArn, parseArn, type Arn } from '../../model/arn.ts';
import type { PaceSettings, Rule, TargetSettings } from '../../model/resources.ts';
import { archiveArnOf, leadsIntoArchive } from '../archive/managed-rule.ts';
import type { Fault } from '../deliver/fault.ts';
import { ENDLESS, patienceOf, type Patience } from '../deliver/retry.ts';
import { Pace } from '../lane/pace.ts';
import type { SessionContext } from '../ports/connector.ts';
import type { LogRecord } from '../ports/storage.ts';
import { createPayloadBuilder, type PayloadBuilder, type PayloadResult } from '../transform/index.ts';
import type { RuleCounters } from './rule-counters.ts';

/** What the router sees of a lane. */
export interface DeliverySink {
  /** Takes one match. `ordinal` is the tracker's place that is settled once the delivery is done or durable. */
  offer(record: LogRecord, ordinal: number): void;
  /** Starts what can be started; called once after a slice of offers, so that sends come in batches. */
  pump(): void;
  /** Whether deliveries in memory wait for their turn. */
  readonly waiting: boolean;
}

/** Where a delivery comes from, as durable rows and dead letters name it when the rule itself is gone. */
export interface Origin {
  readonly bus: string;
  readonly rule: string;
  readonly target: string;
}

const UNBOUNDED: PaceSettings = {};

export const subscriptionId = (ruleUid: string, targetId: string): string => `${ruleUid}/${targetId}`;

/** What a target is subscribed to: the events that its rule matches, or the ticks of its rule's schedule. */
export type Feed = 'events' | 'ticks';

export const feedId = (feed: Feed, ruleUid: string, targetId: string): string =>
  subscriptionId(feed === 'events' ? ruleUid : `${ruleUid}.ticks`, targetId);

/**
 * A rule's target as a reader of a log: its bus's, or that of its account's ticks. One that has both has a lane for each,
 * so that ticks come in time however many events wait. Settings are those of the latest rule document: a pending delivery sees a
 * changed retry policy, role or input at its next attempt.
 */
export class Subscription {
  readonly id: string;
  readonly feed: Feed;
  readonly counters: RuleCounters;
  /** An archive takes events as they are, whatever its target's settings show. */
  readonly intoArchive: boolean;
  /** Failed attempts since the start, by their fault. */
  readonly faults: Record<Fault, number> = { transient: 0, throttled: 0, permanent: 0, misconfigured: 0 };
  #rule: Rule;
  #target: TargetSettings;
  #arn: Arn | undefined;
  #patience: Patience;
  #builder: PayloadBuilder | undefined;
  #origin: Origin | undefined;
  #bucket: Pace | undefined;
  /** The lane in front of the target, while there is one. */
  sink: DeliverySink | undefined;
  removed = false;
  /** What is pending is given up, together with the replay or the archive that it belongs to: it leaves no dead letters. */
  givenUp = false;

  constructor(
    rule: Rule,
    target: TargetSettings,
    counters: RuleCounters,
    id = subscriptionId(rule.uid, target.Id),
    feed: Feed = id.startsWith(feedId('ticks', rule.uid, '')) ? 'ticks' : 'events',
  ) {
    this.id = id;
    this.feed = feed;
    this.counters = counters;
    this.#rule = rule;
    this.#target = target;
    this.#arn = parseArn(target.Arn);
    this.intoArchive = leadsIntoArchive(target.Arn);
    this.#patience = this.intoArchive ? ENDLESS : patienceOf(target.RetryPolicy);
  }

  get rule(): Rule {
    return this.#rule;
  }

  get target(): TargetSettings {
    return this.#target;
  }

  get arn(): Arn | undefined {
    return this.#arn;
  }

  get patience(): Patience {
    return this.#patience;
  }

  /** How fast the target may be called; without a member there is no bound beside the connector's own. */
  get pace(): PaceSettings {
    return (this.#target['BusbarParameters'] as PaceSettings | undefined) ?? UNBOUNDED;
  }

  /** The tokens of the target's rate. */
  get bucket(): Pace {
    this.#bucket ??= new Pace();
    return this.#bucket;
  }

  /** How many attempts the rate allows to start at `now`. */
  room(now: number): number {
    return this.bucket.room(this.pace.MaximumRatePerSecond, now);
  }

  get deadLetterArn(): string | undefined {
    return this.#target.DeadLetterConfig?.Arn;
  }

  get origin(): Origin {
    this.#origin ??= {
      bus: eventBusArn(this.#rule.region, this.#rule.account, this.#rule.bus),
      rule: this.#rule.arn,
      target: this.intoArchive ? archiveArnOf(this.#rule) : this.#target.Arn,
    };
    return this.#origin;
  }

  get context(): SessionContext {
    return { account: this.#rule.account, region: this.#rule.region, ruleArn: this.#rule.arn };
  }

  /** Takes over a newer document of the same rule; true when the target's settings differ. */
  update(rule: Rule, target: TargetSettings): boolean {
    this.#rule = rule;
    this.#origin = undefined;
    if (JSON.stringify(target) === JSON.stringify(this.#target)) return false;
    this.#target = target;
    this.#arn = parseArn(target.Arn);
    this.#patience = this.intoArchive ? ENDLESS : patienceOf(target.RetryPolicy);
    this.#builder = undefined;
    return true;
  }

  /** The same subscription with another target, under an id of its own. */
  detoured(id: string, target: TargetSettings): Subscription {
    return new Subscription(this.#rule, target, this.counters, id);
  }

  /** What the target gets for an event. The number of the attempt only counts for schedules. */
  payload(record: LogRecord, _attempt?: number): PayloadResult {
    if (this.intoArchive) return { ok: true, payload: record.event };
    try {
      this.#builder ??= createPayloadBuilder(this.#target, {
        ruleArn: this.#rule.arn,
        ruleName: this.#rule.name,
      });
      return this.#builder(record.event, record.ingestedAt);
    } catch (error) {
      // A bug in a transformation must cost this delivery only, and be seen: it stands in the dead letter.
      return { ok: false, code: 'INVALID_JSON', reason: `The payload could not be made: ${String(error)}` };
    }
  }
}
