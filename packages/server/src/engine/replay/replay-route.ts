import type { Replay, ReplayPlan } from '../../model/replay.ts';
import type { Scope } from '../../model/resources.ts';
import type { LogId, LogRecord } from '../ports/storage.ts';
import type { Audience, RuleBooks, RuleEntry } from '../route/rule-book.ts';
import type { Pace } from '../lane/pace.ts';
import { Subscription } from '../route/subscription.ts';
import { nameInLog, replayLane } from './replay-log.ts';

/** A rule's target as the reader of a replay's log: it has a lane of its own there, beside that of the live events. */
export class ReplaySubscription extends Subscription {
  readonly base: Subscription;
  readonly log: LogId;
  /** The name of the replay. */
  readonly replay: string;

  constructor(base: Subscription, log: LogId) {
    super(base.rule, base.target, base.counters, replayLane(log, base.id), 'events');
    this.base = base;
    this.log = log;
    this.replay = nameInLog(log);
  }

  /** A target's rate is one, however many lanes lead there. */
  override get bucket(): Pace {
    return this.base.bucket;
  }

  override room(now: number): number {
    const room = super.room(now);
    // Where a rate bounds both, live events go first.
    return room !== Infinity && this.base.sink?.waiting ? 0 : room;
  }

  /** The replay is cancelled. */
  giveUp(): void {
    this.givenUp = true;
    this.removed = true;
  }
}

const NOBODY: readonly RuleEntry[] = [];

/** The copy of a rule's entry for one replay, and of which list of targets it was made. */
interface Copy {
  readonly from: readonly Subscription[];
  readonly entry: RuleEntry;
}

/** What of a replay its route is made of. */
export type RoutedReplay = Scope & Pick<Replay, 'log' | 'plan'>;

/** Which rules and targets the events of one replay go to. Rules are taken as they are when an event is routed. */
export class ReplayRoute {
  readonly log: LogId;
  readonly #audience: Audience;
  readonly #rules: ReadonlySet<string> | undefined;
  readonly #target: ReplayPlan['target'];
  readonly #subscriptions = new Map<string, ReplaySubscription>();
  readonly #copies = new Map<string, Copy>();
  /** Set when the replay is cancelled: nothing goes to anybody any more, and what is pending is given up. */
  cancelled = false;

  constructor({ log, account, region, plan }: RoutedReplay, books: RuleBooks) {
    this.log = log;
    const scope = { account, region };
    this.#audience = books.matching(scope, plan.bus);
    const rules = plan.target ? [plan.target.rule] : (plan.filterArns ?? []);
    this.#rules = rules.length === 0 ? undefined : new Set(rules);
    this.#target = plan.target;
  }

  /** The rules that get a record, each with the targets that get it. */
  match(record: Pick<LogRecord, 'event'>): readonly RuleEntry[] {
    if (this.cancelled) return NOBODY;
    const entries = this.#audience(record as LogRecord);
    const rules = this.#rules;
    const wanted = rules === undefined ? entries : entries.filter(({ rule }) => rules.has(rule.arn));
    return wanted.map((entry) => this.#copyOf(entry));
  }

  /** The replay's own subscription beside that of live events. */
  subscription(base: Subscription): ReplaySubscription {
    let found = this.#subscriptions.get(base.id);
    if (!found) {
      found = new ReplaySubscription(base, this.log);
      this.#subscriptions.set(base.id, found);
    }
    return found;
  }

  /** The subscription that was made beside that of this id, if one was. */
  find(base: string): ReplaySubscription | undefined {
    return this.#subscriptions.get(base);
  }

  all(): Iterable<ReplaySubscription> {
    return this.#subscriptions.values();
  }

  /** The rule or target is gone. */
  drop(subscription: ReplaySubscription): void {
    this.#subscriptions.delete(subscription.base.id);
    this.#copies.delete(subscription.rule.uid);
  }

  #copyOf(entry: RuleEntry): RuleEntry {
    const { rule, counters, subscriptions } = entry;
    const known = this.#copies.get(rule.uid);
    if (known?.from === subscriptions) return known.entry;
    const wanted = subscriptions.filter(
      ({ target }) => this.#target === undefined || target.Id === this.#target.id,
    );
    const own = wanted.map((base) => {
      const subscription = this.subscription(base);
      subscription.update(base.rule, base.target);
      return subscription;
    });
    // Positions of a replay's log say nothing of when a rule was made: it gets every event.
    const copy = { rule, since: 0n, counters, subscriptions: own, pattern: undefined, fresh: 0 };
    this.#copies.set(rule.uid, { from: subscriptions, entry: copy });
    return copy;
  }
}
