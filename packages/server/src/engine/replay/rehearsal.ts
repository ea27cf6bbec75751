import type { LogRecord } from '../ports/storage.ts';
import type { RuleEntry } from '../route/rule-book.ts';
import type { ReplayRoute } from './replay-route.ts';

/** How many events one target would get. */
export interface RehearsedTarget {
  readonly rule: string;
  readonly targetId: string;
  readonly target: string;
  readonly events: number;
}

/** What a replay would deliver where. */
export class Rehearsal {
  readonly #route: ReplayRoute;
  readonly #counts = new Map<RuleEntry, number>();
  /** Events that the replay would take from its archive, and those of them that no rule wants. */
  events = 0;
  unmatched = 0;
  /** The time of the latest event that was looked at. */
  through: number | undefined;

  constructor(route: ReplayRoute) {
    this.#route = route;
  }

  count(records: readonly Pick<LogRecord, 'event'>[], through: number | undefined): void {
    this.through = through;
    this.events += records.length;
    for (const record of records) {
      const entries = this.#route.match(record);
      if (entries.length === 0) this.unmatched++;
      for (const entry of entries) this.#counts.set(entry, (this.#counts.get(entry) ?? 0) + 1);
    }
  }

  /** Those with most events first. A target that was changed meanwhile stands here as it is now. */
  targets(): RehearsedTarget[] {
    const totals = new Map<string, RehearsedTarget>();
    for (const [{ subscriptions }, events] of this.#counts) {
      for (const { id, rule, target } of subscriptions) {
        const before = totals.get(id)?.events ?? 0;
        const receiver = { rule: rule.arn, targetId: target.Id, target: target.Arn };
        totals.set(id, { ...receiver, events: before + events });
      }
    }
    return [...totals.values()].sort((left, right) => right.events - left.events);
  }
}
