import { createMatcher, type Matcher } from '@busbar/pattern';
import type { Rule, Scope } from '../../model/resources.ts';
import type { Catalog, CatalogChange } from '../catalog.ts';
import type { Metrics } from '../metrics.ts';
import type { Logger } from '../ports/logger.ts';
import type { LogRecord, Position } from '../ports/storage.ts';
import { detourOf, readDetour } from './detour.ts';
import { RuleCounters } from './rule-counters.ts';
import { feedId, Subscription, type Feed } from './subscription.ts';

/** A rule as the router meets it: the id that the matcher answers. */
export interface RuleEntry {
  rule: Rule;
  since: Position;
  readonly counters: RuleCounters;
  subscriptions: readonly Subscription[];
  /** The pattern that stands in the matcher; undefined when none does (disabled, schedule only). */
  pattern: string | undefined;
  /** Matches of the current slice, counted here and added to the metrics once. */
  fresh: number;
}

/** The rules of one bus, ready to be matched in one pass. */
export interface RuleBook {
  readonly matcher: Matcher<RuleEntry>;
  readonly entries: Map<string, RuleEntry>;
}

/** Subscriptions beside those of rules, by the ids of their lanes. */
export interface OtherSubscriptions {
  subscription(id: string): Subscription | undefined;
}

/** Schedules as the router and lanes meet them, by address. */
export interface ScheduleRoutes extends OtherSubscriptions {
  addressee(address: string): readonly RuleEntry[];
}

/** Which rules want a record of a log. */
export type Audience = (record: LogRecord) => readonly RuleEntry[];

/** What happens to subscriptions whose rule or target changed. */
export interface SubscriptionListener {
  changed(subscription: Subscription): void;
  removed(subscription: Subscription): void;
}

const NOBODY: readonly RuleEntry[] = [];

const bookKey = (scope: Scope, bus: string): string => `${scope.account}/${scope.region}/${bus}`;

/** All rules as subscriptions, kept in step with the catalog. */
export class RuleBooks {
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  readonly #books = new Map<string, RuleBook>();
  readonly #subscriptions = new Map<string, Subscription>();
  /** Rules with a schedule, by uid, with the subscriptions to its ticks. */
  readonly #ticking = new Map<string, RuleEntry>();
  listener: SubscriptionListener | undefined;
  /** Those besides rules whom ticks are for. */
  schedules: ScheduleRoutes | undefined;
  /** The parts of rules in replays. */
  replays: OtherSubscriptions | undefined;

  constructor(metrics: Metrics, logger: Logger) {
    this.#metrics = metrics;
    this.#logger = logger;
  }

  /** Reads every rule of the catalog. Changes are brought in by `apply`. */
  load(catalog: Catalog): void {
    for (const bus of catalog.allBuses()) {
      for (const { document } of catalog.rules(bus, bus.name)) this.#put(document);
    }
  }

  apply(change: CatalogChange): void {
    if (change.kind === 'rule') {
      if (change.removed) this.#remove(change.rule);
      else this.#put(change.rule);
    } else if (change.removed) {
      for (const entry of this.book(change.bus, change.bus.name).entries.values()) {
        this.#remove(entry.rule);
      }
      this.#books.delete(bookKey(change.bus, change.bus.name));
    }
  }

  /** The rules of a bus that match a record. */
  matching(scope: Scope, bus: string): Audience {
    const { matcher } = this.book(scope, bus);
    return ({ event }) => (matcher.size === 0 ? NOBODY : matcher.match(event));
  }

  book(scope: Scope, bus: string): RuleBook {
    const key = bookKey(scope, bus);
    let book = this.#books.get(key);
    if (!book) {
      book = { matcher: createMatcher<RuleEntry>(), entries: new Map() };
      this.#books.set(key, book);
    }
    return book;
  }

  /** The subscription of an id, which may be that of a detour. */
  subscription(id: string): Subscription | undefined {
    const detour = readDetour(id);
    if (!detour) {
      return (
        this.#subscriptions.get(id) ?? this.schedules?.subscription(id) ?? this.replays?.subscription(id)
      );
    }
    const base = this.#subscriptions.get(detour.base) ?? this.schedules?.subscription(detour.base);
    return base && detourOf(base, detour.arn);
  }

  /** The rule of a uid, if it has a schedule. */
  scheduled(uid: string): Rule | undefined {
    return this.#ticking.get(uid)?.rule;
  }

  allScheduled(): Rule[] {
    return [...this.#ticking.values()].map(({ rule }) => rule);
  }

  /** Whom a record of a directed log is for. A tick of a rule that is gone or disabled is for nobody. */
  addressee(record: LogRecord): readonly RuleEntry[] {
    if (record.group === undefined) return NOBODY;
    const entry = this.#ticking.get(record.group);
    if (!entry) return this.schedules?.addressee(record.group) ?? NOBODY;
    return entry.rule.state === 'DISABLED' ? NOBODY : [entry];
  }

  #put(rule: Rule): void {
    const book = this.book(rule, rule.bus);
    let entry = book.entries.get(rule.name);
    // A name that was removed and made again stands for another rule: nothing of the old one is carried over.
    if (entry && entry.rule.uid !== rule.uid) {
      this.#remove(entry.rule);
      entry = undefined;
    }
    if (!entry) {
      const counters = new RuleCounters(this.#metrics, rule);
      entry = { rule, since: 0n, counters, subscriptions: [], pattern: undefined, fresh: 0 };
      book.entries.set(rule.name, entry);
    }
    entry.rule = rule;
    entry.since = BigInt(rule.since);
    this.#putTargets(entry, rule, 'events');
    this.#putSchedule(entry, rule);
    this.#putPattern(book, entry, rule.state === 'DISABLED' ? undefined : rule.eventPattern);
  }

  #putPattern(book: RuleBook, entry: RuleEntry, pattern: string | undefined): void {
    if (entry.pattern === pattern) return;
    if (entry.pattern !== undefined) book.matcher.remove(entry);
    entry.pattern = undefined;
    if (pattern === undefined) return;
    try {
      book.matcher.add(entry, pattern);
      entry.pattern = pattern;
    } catch (error) {
      // PutRule has checked the pattern; one that no longer parses must not keep the other rules from working.
      this.#logger.error({ err: error, rule: entry.rule.arn }, 'a rule has a pattern that cannot be used');
    }
  }

  #putSchedule({ counters }: RuleEntry, rule: Rule): void {
    const known = this.#ticking.get(rule.uid);
    if (rule.scheduleExpression === undefined) {
      if (known) this.#removeSchedule(known);
      return;
    }
    const entry = known ?? {
      rule,
      since: 0n,
      counters,
      subscriptions: [],
      pattern: undefined,
      fresh: 0,
    };
    entry.rule = rule;
    this.#ticking.set(rule.uid, entry);
    this.#putTargets(entry, rule, 'ticks');
  }

  #removeSchedule(entry: RuleEntry): void {
    this.#ticking.delete(entry.rule.uid);
    for (const subscription of entry.subscriptions) this.#drop(subscription);
    entry.subscriptions = [];
  }

  #putTargets(entry: RuleEntry, rule: Rule, feed: Feed): void {
    const before = new Map(entry.subscriptions.map((known) => [known.target.Id, known]));
    entry.subscriptions = rule.targets.map((target) => {
      const known = before.get(target.Id);
      before.delete(target.Id);
      if (known) {
        if (known.update(rule, target)) this.listener?.changed(known);
        return known;
      }
      const subscription = new Subscription(rule, target, entry.counters, feedId(feed, rule.uid, target.Id));
      this.#subscriptions.set(subscription.id, subscription);
      return subscription;
    });
    for (const gone of before.values()) this.#drop(gone);
  }

  #remove(rule: Rule): void {
    const book = this.book(rule, rule.bus);
    const entry = book.entries.get(rule.name);
    if (!entry) return;
    this.#putPattern(book, entry, undefined);
    book.entries.delete(rule.name);
    for (const subscription of entry.subscriptions) this.#drop(subscription);
    entry.subscriptions = [];
    const ticking = this.#ticking.get(rule.uid);
    if (ticking) this.#removeSchedule(ticking);
  }

  #drop(subscription: Subscription): void {
    subscription.removed = true;
    // What an archive that is gone has not got yet is nobody's loss.
    if (subscription.intoArchive) subscription.givenUp = true;
    this.#subscriptions.delete(subscription.id);
    this.listener?.removed(subscription);
  }
}
