import { limits } from '../../model/limits.ts';
import type { Rule } from '../../model/resources.ts';
import { deliveryId } from '../deliver/delivery-id.ts';
import { buildEnvelope } from '../envelope.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { LogId, NewLogRecord } from '../ports/storage.ts';
import type { Timer, TimerStore } from '../ports/timer-storage.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import type { Clockwork, Firing, Tick, TimerOwner } from './clockwork.ts';
import { parseScheduleExpression } from './expression.ts';
import { dueTicks } from './ticks.ts';
import { timetableOf, type Timetable } from './timetable.ts';
import { Zone } from './zone.ts';

/** What a rule's timer remembers: of which schedule its time is. */
interface TimerDocument {
  readonly expression: string;
  readonly anchor: number;
}

export interface RuleSchedulesParts {
  readonly timers: TimerStore;
  readonly clockwork: Clockwork;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly trouble: StorageTrouble;
  /** The rule of this uid, as it is now. */
  readonly rule: (uid: string) => Rule | undefined;
  /** The log that takes the ticks of a rule's account and region; made when it is missing. */
  readonly log: (rule: Rule) => Promise<LogId>;
}

const PREFIX = 'rule/';
const SECOND_MS = 1_000;

const timerId = (rule: Rule): string => PREFIX + rule.uid;
const ticks = (rule: Rule | undefined): rule is Rule & { readonly scheduleExpression: string } =>
  rule?.scheduleExpression !== undefined && rule.state !== 'DISABLED';

/**
 * A rule with the moment from which its schedule counts. A new expression starts anew, and so does a rule that was
 * disabled; whatever else changes does not disturb the schedule.
 */
export function anchored(before: Rule | undefined, after: Rule, now: number): Rule {
  if (!ticks(after)) return { ...after, scheduledAt: undefined };
  const goesOn = ticks(before) && before.scheduleExpression === after.scheduleExpression;
  // Whole seconds, as an event's time shows them.
  return { ...after, scheduledAt: goesOn ? before.scheduledAt : Math.ceil(now / SECOND_MS) * SECOND_MS };
}

/**
 * The timers of rules with a schedule. The rule's document is what counts: a timer can be made from it again, and one that
 * does not fit it any more fires nothing.
 */
export class RuleSchedules implements TimerOwner {
  readonly prefix = PREFIX;
  readonly #parts: RuleSchedulesParts;
  /** Rules whose timers have to be looked at. */
  readonly #dirty = new Set<string>();
  /** Rules that may have a timer. A timer that a crash left behind is found when it is due. */
  readonly #armed = new Set<string>();
  #refreshing = false;
  #stopped = false;

  constructor(parts: RuleSchedulesParts) {
    this.#parts = parts;
  }

  /** A rule was made, changed or removed, or is met for the first time. */
  changed(rule: Rule): void {
    if (!ticks(rule) && !this.#armed.has(rule.uid)) return;
    this.#dirty.add(rule.uid);
    if (this.#refreshing || this.#stopped) return;
    this.#refreshing = true;
    // One turn later, so that the rules of a start are looked at together.
    void Promise.resolve().then(() => this.#refresh());
  }

  stop(): void {
    this.#stopped = true;
  }

  async fire(timers: readonly Timer[], now: number): Promise<Firing[]> {
    const firings: Firing[] = [];
    for (const timer of timers) firings.push(await this.#fire(timer, now));
    return firings;
  }

  async #fire(timer: Timer, now: number): Promise<Firing> {
    const rule = this.#parts.rule(timer.id.slice(PREFIX.length));
    if (!ticks(rule)) return { ticks: [], next: undefined };
    if (!fits(timer, rule)) return { ticks: [], next: firstTimer(rule, now) };
    const timetable = timetableFor(rule, anchorOf(timer));
    if (!timetable) return { ticks: [], next: undefined };
    const due = dueTicks(timetable, timer.dueAt, now);
    if (due.coalesced) {
      const late = { rule: rule.arn, since: new Date(timer.dueAt).toISOString(), fired: due.instants.length };
      this.#parts.logger.warn(late, 'too many ticks were missed: the latest of them stand for the others');
    }
    const log = await this.#parts.log(rule);
    return {
      ticks: due.instants.map((instant): Tick => ({ log, record: tickRecord(rule, instant, now) })),
      next: due.next === undefined ? undefined : { ...timer, dueAt: due.next },
    };
  }

  async #refresh(): Promise<void> {
    const { clockwork, clock, trouble } = this.#parts;
    while (this.#dirty.size > 0 && !this.#stopped) {
      const uids = [...this.#dirty].slice(0, limits.timerBatch);
      for (const uid of uids) this.#dirty.delete(uid);
      try {
        await clockwork.change(() => this.#changesFor(uids));
      } catch (error) {
        trouble.report(error, 'arming schedules');
        for (const uid of uids) this.#dirty.add(uid);
        await new Promise<void>((resolve) => clock.after(limits.storageRetryMs, resolve));
      }
    }
    this.#refreshing = false;
  }

  async #changesFor(uids: readonly string[]): Promise<{ remove: string[]; put: Timer[] }> {
    const remove: string[] = [];
    const put: Timer[] = [];
    const present = await this.#parts.timers.get(uids.map((uid) => PREFIX + uid));
    const known = new Map(present.map((timer) => [timer.id, timer]));
    for (const uid of uids) {
      const id = PREFIX + uid;
      const rule = this.#parts.rule(uid);
      const timer = known.get(id);
      if (ticks(rule)) {
        this.#armed.add(uid);
        if (timer && fits(timer, rule)) continue;
        // Before the first tick needs it.
        await this.#parts.log(rule);
        const first = firstTimer(rule, this.#parts.clock.now());
        if (first) put.push(first);
        else if (timer) remove.push(id);
      } else {
        this.#armed.delete(uid);
        if (timer) remove.push(id);
      }
    }
    return { remove, put };
  }
}

const anchorOf = ({ document }: Timer): number => (document as TimerDocument).anchor;

/** Whether a timer's time is one of the rule's present schedule. */
function fits({ document }: Timer, rule: Rule): boolean {
  const { expression, anchor } = document as TimerDocument;
  // A rule that was written before schedules ticked has no anchor: its timer's counts.
  return expression === rule.scheduleExpression && (rule.scheduledAt ?? anchor) === anchor;
}

function timetableFor(rule: Rule, anchor: number): Timetable | undefined {
  const schedule = parseScheduleExpression(rule.scheduleExpression!);
  return schedule && timetableOf(schedule, Zone.utc, anchor);
}

/** The timer for the first tick; undefined when there is none, as with years that are over. */
function firstTimer(rule: Rule, now: number): Timer | undefined {
  const anchor = rule.scheduledAt ?? Math.ceil(now / SECOND_MS) * SECOND_MS;
  const first = timetableFor(rule, anchor)?.next(anchor);
  if (first === undefined) return undefined;
  const document: TimerDocument = { expression: rule.scheduleExpression!, anchor };
  return { id: timerId(rule), dueAt: first, document };
}

/** The scheduled event. Its id is made of rule and instant: a tick that a crash repeats can be recognised. */
function tickRecord(rule: Rule, instant: number, now: number): NewLogRecord {
  const id = deliveryId(String(instant), timerId(rule));
  const event = buildEnvelope({
    id,
    detailType: 'Scheduled Event',
    source: 'aws.events',
    account: rule.account,
    time: instant,
    region: rule.region,
    resources: [rule.arn],
    detail: '{}',
  });
  return { eventId: id, ingestedAt: now, account: rule.account, event, group: rule.uid };
}
