import type { Replay } from '../../model/replay.ts';
import type { LogId } from '../ports/storage.ts';
import type { Audience, RuleBooks, SubscriptionListener } from '../route/rule-book.ts';
import type { Subscription } from '../route/subscription.ts';
import { readReplayLane } from './replay-log.ts';
import { ReplayRoute, type ReplaySubscription } from './replay-route.ts';

/**
 * The routes of the replays whose logs exist. Stands between the rules and the lanes, so that what happens to a rule also
 * happens to its part in every replay.
 */
export class ReplayBook implements SubscriptionListener {
  readonly #books: RuleBooks;
  readonly #lanes: SubscriptionListener;
  readonly #routes = new Map<LogId, ReplayRoute>();

  constructor(books: RuleBooks, lanes: SubscriptionListener) {
    this.#books = books;
    this.#lanes = lanes;
  }

  open(replay: Replay): void {
    const route = new ReplayRoute(replay, this.#books);
    this.#routes.set(replay.log, route);
    if (replay.state === 'CANCELLING') route.cancelled = true;
  }

  close(log: LogId): void {
    this.#routes.delete(log);
  }

  /** From here on nothing of the replay is delivered; what is pending is given up. */
  cancel(log: LogId): void {
    const route = this.#routes.get(log);
    if (!route) return;
    route.cancelled = true;
    for (const subscription of route.all()) this.#giveUp(subscription);
  }

  /** Who gets the records of a replay's log; undefined when there is no such replay. */
  audience(log: LogId): Audience | undefined {
    const route = this.#routes.get(log);
    return route && ((record) => route.match(record));
  }

  /** The subscription of the lane of a replay. */
  subscription(lane: string): ReplaySubscription | undefined {
    const read = readReplayLane(lane);
    const route = read && this.#routes.get(read.log);
    const live = route && this.#books.subscription(read.base);
    if (!live) return undefined;
    const subscription = route.subscription(live);
    if (route.cancelled) subscription.giveUp();
    return subscription;
  }

  /** Those of a replay's subscriptions that have been used. */
  subscriptions(log: LogId): Iterable<ReplaySubscription> {
    return this.#routes.get(log)?.all() ?? [];
  }

  changed(base: Subscription): void {
    this.#lanes.changed(base);
    for (const route of this.#routes.values()) {
      const subscription = route.find(base.id);
      if (subscription?.update(base.rule, base.target)) this.#lanes.changed(subscription);
    }
  }

  removed(base: Subscription): void {
    this.#lanes.removed(base);
    for (const route of this.#routes.values()) {
      const subscription = route.find(base.id);
      if (!subscription) continue;
      route.drop(subscription);
      subscription.removed = true;
      this.#lanes.removed(subscription);
    }
  }

  #giveUp(subscription: ReplaySubscription): void {
    subscription.giveUp();
    this.#lanes.removed(subscription);
  }
}
