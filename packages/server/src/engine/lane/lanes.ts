import { limits } from '../../model/limits.ts';
import type { Rule } from '../../model/resources.ts';
import type { LaneBacklog, LogId } from '../ports/storage.ts';
import type { RuleBooks, SubscriptionListener } from '../route/rule-book.ts';
import { RuleCounters } from '../route/rule-counters.ts';
import { Subscription, type DeliverySink } from '../route/subscription.ts';
import type { Tracker } from '../route/tracker.ts';
import type { Metrics } from '../metrics.ts';
import type { RedrivenRecord } from './delivery.ts';
import { Lane } from './lane.ts';
import type { LaneServices } from './services.ts';

/** Everything that lanes share, except for the registry's own part in it. */
export type SharedServices = Omit<LaneServices, 'watch'>;

/**
 * All lanes. A lane exists while it holds something, in memory or in the store, and for a short while after: an idle one
 * costs nothing but its place here, and soon not even that. One timer sweeps over those that are in use.
 */
export class Lanes implements SubscriptionListener {
  readonly #services: LaneServices;
  readonly #metrics: Metrics;
  readonly #lanes = new Map<string, Lane>();
  readonly #watched = new Set<Lane>();
  readonly #trackers = new Map<LogId, Tracker>();
  #cancelSweep: (() => void) | undefined;
  #stopped = false;

  constructor(services: SharedServices, metrics: Metrics) {
    this.#services = { ...services, watch: (lane) => this.#watch(lane) };
    this.#metrics = metrics;
  }

  get size(): number {
    return this.#lanes.size;
  }

  all(): Iterable<Lane> {
    return this.#lanes.values();
  }

  /** Lanes of a log settle their positions with its router's tracker. */
  trackerOf(log: LogId, tracker: Tracker): void {
    this.#trackers.set(log, tracker);
  }

  forgetTracker(log: LogId): void {
    this.#trackers.delete(log);
  }

  /** The lane in front of a subscription's target. */
  open(subscription: Subscription, log: LogId): DeliverySink {
    let lane = this.#lanes.get(subscription.id);
    // What was removed may be wanted again: a schedule that is gone, for its dead letters.
    if (lane?.removed && lane.idle && !subscription.removed) {
      this.#retire(lane);
      lane = undefined;
    }
    if (!lane) {
      lane = new Lane(this.#services, subscription, log, this.#trackers.get(log));
      this.#lanes.set(lane.id, lane);
    }
    subscription.sink = lane;
    return lane;
  }

  /**
   * Takes a record, of whatever log, to a subscription's lane once more. Resolves once the delivery is durable.
   */
  redrive(subscription: Subscription, home: LogId, redriven: RedrivenRecord): Promise<void> {
    this.open(subscription, home);
    const lane = this.#lanes.get(subscription.id)!;
    if (!lane.watched) this.#watch(lane);
    return new Promise((resolve) => lane.backlog.redrive(redriven, resolve));
  }

  /** The lane of that id, while there is one. */
  find(id: string): Lane | undefined {
    return this.#lanes.get(id);
  }

  /** Brings back the lanes that have durable rows. Those of rules that are gone turn their rows into dead letters. */
  restore(backlogs: readonly LaneBacklog[], books: RuleBooks): void {
    for (const known of backlogs) {
      const subscription = books.subscription(known.lane) ?? this.#orphan(known.lane);
      const lane = new Lane(this.#services, subscription, known.log, this.#trackers.get(known.log), known);
      this.#lanes.set(lane.id, lane);
      if (subscription.removed) {
        lane.remove();
      } else {
        subscription.sink = lane;
        lane.wakeAt(known.nextDue);
        this.#watch(lane);
      }
    }
  }

  changed(subscription: Subscription): void {
    this.#lanes.get(subscription.id)?.changed();
  }

  removed(subscription: Subscription): void {
    subscription.sink = undefined;
    this.#lanes.get(subscription.id)?.remove();
  }

  /** Whether any lane still has deliveries of the log. */
  uses(log: LogId): boolean {
    for (const lane of this.#lanes.values()) if (lane.log === log && !lane.idle) return true;
    return false;
  }

  /** Deliveries in memory: of a stopped engine those that are under way or on their way to the dead letters. */
  get held(): number {
    let count = 0;
    for (const lane of this.#watched) count += lane.held;
    return count;
  }

  /** Whether a lane still has deliveries. */
  holds(id: string): boolean {
    const lane = this.#lanes.get(id);
    return lane !== undefined && !lane.idle;
  }

  /** Whether any send is under way. */
  get sending(): boolean {
    for (const lane of this.#watched) if (lane.underWay > 0) return true;
    return false;
  }

  /** No lane starts anything from here on. */
  stop(): void {
    this.#stopped = true;
    this.#cancelSweep?.();
    this.#services.due.stop();
    for (const lane of this.#lanes.values()) lane.stop();
  }

  handBack(): void {
    for (const lane of this.#lanes.values()) lane.handBack();
  }

  close(): void {
    for (const lane of this.#lanes.values()) lane.close();
  }

  #watch(lane: Lane): void {
    lane.watched = true;
    lane.idleSince = Infinity;
    this.#watched.add(lane);
    this.#arm();
  }

  #arm(): void {
    if (this.#cancelSweep || this.#stopped || this.#watched.size === 0) return;
    this.#cancelSweep = this.#services.clock.after(
      limits.laneSweepMs,
      () => {
        this.#cancelSweep = undefined;
        this.#sweep();
        this.#arm();
      },
      'housekeeping',
    );
  }

  #sweep(): void {
    const now = this.#services.clock.now();
    this.#services.groups.sweep(now);
    for (const lane of this.#watched) {
      if (!lane.idle) {
        lane.idleSince = Infinity;
        lane.sweep(now);
      } else if (lane.idleSince === Infinity) lane.idleSince = now;
      // A removed lane has no further use for its session or its place.
      else if (lane.removed || now - lane.idleSince >= limits.laneIdleMs) this.#retire(lane);
    }
  }

  #retire(lane: Lane): void {
    this.#watched.delete(lane);
    lane.watched = false;
    lane.close();
    this.#lanes.delete(lane.id);
    // The subscription may have been given a new lane meanwhile.
    if (lane.subscription.sink === lane) lane.subscription.sink = undefined;
  }

  /** A subscription that only exists as rows: whose rule was removed while the daemon was down. */
  #orphan(id: string): Subscription {
    const slash = id.indexOf('/');
    const rule: Rule = {
      account: '',
      region: '',
      uid: id.slice(0, slash),
      bus: '',
      name: '',
      arn: '',
      state: 'DISABLED',
      createdBy: '',
      tags: [],
      targets: [],
      since: '0',
    };
    const counters = new RuleCounters(this.#metrics, rule);
    const subscription = new Subscription(rule, { Id: id.slice(slash + 1), Arn: '' }, counters);
    subscription.removed = true;
    return subscription;
  }
}
