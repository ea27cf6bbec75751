import { limits } from '../../model/limits.ts';
import type { Arn } from '../../model/arn.ts';
import type { Schedule, ScheduleGroup } from '../../model/schedule.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { LogId, NewLogRecord, Position } from '../ports/storage.ts';
import type { Timer, TimerStore } from '../ports/timer-storage.ts';
import type { Subscription } from '../route/subscription.ts';
import type { Clockwork, Firing, Tick, TimerChange, TimerOwner } from '../schedule/clockwork.ts';
import { dueTicks } from '../schedule/ticks.ts';
import type { Timetable } from '../schedule/timetable.ts';
import { Zones } from '../schedule/zones.ts';
import { addressOf, type ScheduleBook } from './schedule-book.ts';
import { judgeOverlap, type OverlapMemory } from './overlap.ts';
import { scheduleKey, type ScheduleCatalog } from './schedule-catalog.ts';
import { scheduleTimetable, tickRecord } from './ticks.ts';

/** What a schedule's timer remembers. */
export interface ScheduleTimer extends OverlapMemory {
  readonly revision: string;
  /** The tick that it is for; with a flexible window the timer is due later than that. Undefined once all have fired. */
  readonly scheduled?: number;
  /** When that tick is due, where the timer is due earlier: to look after a tick that waits. */
  readonly tickDueAt?: number;
  /** Ticks before it have fired, or were those of an earlier revision. */
  readonly from: number;
}

/** A schedule that is known to the router and to its lane. */
export interface OpenSchedule {
  readonly schedule: Schedule;
  readonly subscription: Subscription;
  readonly home: LogId;
}

export interface SchedulesParts {
  readonly timers: Pick<TimerStore, 'get'>;
  readonly catalog: ScheduleCatalog;
  readonly book: ScheduleBook;
  readonly clockwork: Clockwork;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The log that takes the ticks of a scope; made when it is missing. */
  readonly log: (schedule: Schedule) => Promise<LogId>;
  /** Whether its lane holds anything. */
  readonly holds: (address: string) => boolean;
}

const PREFIX = 'schedule/';
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
const NOTHING: Firing = { ticks: [], next: undefined };

const keyOf = (schedule: Schedule): string => scheduleKey(schedule, schedule.group, schedule.name);

/** Schedules of the Scheduler: written together with their timers, fired, and deleted once they are completed. */
export class Schedules implements TimerOwner {
  readonly prefix = PREFIX;
  readonly #parts: SchedulesParts;
  readonly #zones = new Zones();

  constructor(parts: SchedulesParts) {
    this.#parts = parts;
  }

  /** Writes a new schedule; false when there is one of that name, or its group takes none. Rejects with the store's error. */
  create(schedule: Schedule): Promise<boolean> {
    const { clockwork, catalog } = this.#parts;
    const key = keyOf(schedule);
    return clockwork.changeOne(PREFIX + key, async (write) => {
      const [group, present] = await Promise.all([
        catalog.group(schedule, schedule.group),
        catalog.schedule(key),
      ]);
      if (present || group?.document.state !== 'ACTIVE') return false;
      // The timer first: without its schedule it fires nothing, while a schedule without a timer would never tick.
      await write(this.#armed(PREFIX + key, schedule));
      return catalog.putSchedule(schedule, 'absent');
    });
  }

  /** Replaces a schedule; false when somebody else changed it since `expect`. */
  replace(schedule: Schedule, expect: bigint): Promise<boolean> {
    const { clockwork, catalog, book, clock } = this.#parts;
    const id = PREFIX + keyOf(schedule);
    return clockwork.changeOne(id, async (write) => {
      await write(this.#armed(id, schedule));
      if (await catalog.putSchedule(schedule, expect)) {
        book.changed(schedule, clock.now());
        return true;
      }
      // What is there now gets its timer back.
      const present = await catalog.schedule(keyOf(schedule));
      if (present) await write(this.#armed(id, present.document));
      return false;
    });
  }

  /** Writes what does not change when a schedule ticks. False when somebody else changed it since `expect`. */
  annotate(schedule: Schedule, expect: bigint): Promise<boolean> {
    const { clockwork, catalog } = this.#parts;
    return clockwork.changeOne(PREFIX + keyOf(schedule), () => catalog.putSchedule(schedule, expect));
  }

  /** What a schedule waits for. */
  async timerOf(schedule: Schedule): Promise<Timer | undefined> {
    const [timer] = await this.#parts.timers.get([PREFIX + keyOf(schedule)]);
    return timer;
  }

  /** Removes a schedule; what is still on its way is given up. False when somebody else changed it since `expect`. */
  remove(schedule: Schedule, expect: bigint | undefined): Promise<boolean> {
    const { clockwork, catalog, book } = this.#parts;
    const id = PREFIX + keyOf(schedule);
    return clockwork.changeOne(id, async (write) => {
      if (!(await catalog.removeSchedule(keyOf(schedule), expect))) return false;
      book.removed(schedule);
      // A timer that a crash leaves behind fires nothing.
      await write({ remove: [id], put: [] });
      return true;
    });
  }

  /**
   * Removes some schedules of a group that is being deleted; false when there are none left. Nobody makes or changes schedules
   * meanwhile, so that none slips in unseen.
   */
  async removeSome(group: ScheduleGroup): Promise<boolean> {
    const { clockwork, catalog, book } = this.#parts;
    let found = false;
    await clockwork.change(async () => {
      const { items } = await catalog.schedules(
        group,
        { group: group.name },
        undefined,
        limits.scheduleGroupStep,
      );
      found = items.length > 0;
      if (found) await catalog.removeSchedules(items.map(keyOf));
      for (const schedule of items) book.removed(schedule);
      return { remove: items.map((schedule) => PREFIX + keyOf(schedule)), put: [] };
    });
    return found;
  }

  /**
   * Makes a schedule known as it is now, between two changes of it: with its lane, and the log that its ticks stand in.
   * Undefined when there is none of that key.
   */
  open(key: string): Promise<OpenSchedule | undefined> {
    const { clockwork, catalog, book, clock, log } = this.#parts;
    return clockwork.changeOne(PREFIX + key, async () => {
      const schedule = (await catalog.schedule(key))?.document;
      if (!schedule) return undefined;
      const home = await log(schedule);
      return { schedule, subscription: book.put(schedule, clock.now()), home };
    });
  }

  /** The same for the schedule that an ARN names. */
  async laneOf({ account, region, resource }: Arn): Promise<OpenSchedule | undefined> {
    const [, group, name] = /^schedule\/([^/]+)\/([^/]+)$/.exec(resource) ?? [];
    if (group === undefined || name === undefined) return undefined;
    return this.open(scheduleKey({ account, region }, group, name));
  }

  /** The lane of a schedule that is gone, by what dead letters have kept of it. A restart needs `ScheduleRemains` for that. */
  async laneOfRemains(schedule: Schedule): Promise<OpenSchedule> {
    const { book, clock, log } = this.#parts;
    const home = await log(schedule);
    return { schedule, subscription: book.put(schedule, clock.now()), home };
  }

  async fire(timers: readonly Timer[], now: number): Promise<Firing[]> {
    const { catalog } = this.#parts;
    const found = await Promise.all(timers.map(({ id }) => catalog.schedule(id.slice(PREFIX.length))));
    const firings: Firing[] = [];
    for (const [index, timer] of timers.entries()) {
      const schedule = found[index]?.document;
      firings.push(schedule?.state === 'ENABLED' ? await this.#fire(timer, schedule, now) : NOTHING);
    }
    return firings;
  }

  async #fire(timer: Timer, schedule: Schedule, now: number): Promise<Firing> {
    const memory = timer.document as ScheduleTimer;
    const { revision, scheduled, buffered, from } = memory;
    if (revision !== schedule.revision) return { ticks: [], next: this.#timer(timer.id, schedule, from) };
    if (scheduled === undefined && buffered === undefined) return this.#completed(timer, schedule, now);
    const { instants, rest } = this.#due(timer, schedule, now);
    const isPending = schedule.overlap !== undefined && this.#isPending(schedule);
    const verdict = judgeOverlap(schedule.overlap, instants, isPending, memory);
    const next = withMemory(timer, rest, verdict.memory, now);
    if (verdict.fire.length === 0) return { ticks: [], next };
    this.#parts.book.put(schedule, now);
    const log = await this.#parts.log(schedule);
    const ticks = verdict.fire.map((instant): Tick => ({ log, record: tickRecord(schedule, instant, now) }));
    return { ticks, next };
  }

  /** The ticks that are due at a timer, and how it goes on after them. */
  #due(
    timer: Timer,
    schedule: Schedule,
    now: number,
  ): { instants: readonly number[]; rest: Timer | undefined } {
    const { scheduled, tickDueAt, buffered: _, ...document } = timer.document as ScheduleTimer;
    if (scheduled === undefined)
      return { instants: [], rest: this.#following(timer.id, schedule, undefined, now) };
    if (tickDueAt !== undefined && tickDueAt > now) {
      return { instants: [], rest: { id: timer.id, dueAt: tickDueAt, document: { ...document, scheduled } } };
    }
    const due = dueTicks(this.#timetable(schedule), scheduled, now);
    const oldest = now - schedule.target.RetryPolicy.MaximumEventAgeInSeconds * SECOND_MS;
    const instants = due.instants.filter((instant) => instant > oldest);
    if (due.coalesced || instants.length < due.instants.length) {
      const late = {
        schedule: schedule.arn,
        since: new Date(scheduled).toISOString(),
        fired: instants.length,
      };
      this.#parts.logger.warn(late, 'ticks were missed for too long: some are left out');
    }
    return { instants, rest: this.#following(timer.id, schedule, due.next, now) };
  }

  #following(id: string, schedule: Schedule, next: number | undefined, now: number): Timer | undefined {
    if (next !== undefined) return this.#at(id, schedule, next, now);
    if (schedule.actionAfterCompletion === 'NONE') return undefined;
    const document: ScheduleTimer = { revision: schedule.revision, from: now };
    return { id, dueAt: now + limits.scheduleCompletionMs, document };
  }

  /** Whether an execution is still being tried, or a tick on its way to its lane. */
  #isPending(schedule: Schedule): boolean {
    return this.#parts.book.isUnrouted(schedule) || this.#parts.holds(addressOf(schedule));
  }

  appended(records: readonly NewLogRecord[], positions: readonly Position[]): void {
    for (const [index, { group }] of records.entries()) {
      if (group !== undefined) this.#parts.book.appended(group, positions[index]!);
    }
  }

  /** All ticks have fired: the schedule goes once the last of them is through. */
  async #completed(timer: Timer, schedule: Schedule, now: number): Promise<Firing> {
    const { catalog, book } = this.#parts;
    if (this.#isPending(schedule)) {
      return { ticks: [], next: { ...timer, dueAt: now + limits.scheduleCompletionMs } };
    }
    await catalog.removeSchedule(keyOf(schedule), undefined);
    book.removed(schedule);
    return NOTHING;
  }

  /** The change of timers that goes with a schedule as it is now. */
  #armed(id: string, schedule: Schedule): TimerChange {
    const timer = schedule.state === 'ENABLED' ? this.#timer(id, schedule, schedule.modifiedAt) : undefined;
    return timer ? { remove: [], put: [timer] } : { remove: [id], put: [] };
  }

  #timer(id: string, schedule: Schedule, from: number): Timer | undefined {
    const start = Math.max(from, schedule.modifiedAt);
    const first = this.#timetable(schedule).next(start - 1);
    return first === undefined ? undefined : this.#at(id, schedule, first, start);
  }

  #at(id: string, schedule: Schedule, scheduled: number, from: number): Timer {
    const { Mode, MaximumWindowInMinutes = 0 } = schedule.flexibleTimeWindow;
    const window = Mode === 'FLEXIBLE' ? MaximumWindowInMinutes * MINUTE_MS : 0;
    const document: ScheduleTimer = { revision: schedule.revision, scheduled, from };
    return { id, dueAt: scheduled + Math.floor(this.#parts.random.next() * window), document };
  }

  #timetable(schedule: Schedule): Timetable {
    return scheduleTimetable(schedule, this.#zones.get(schedule.timezone));
  }
}

/** How a timer goes on, with what it has to remember. While a tick waits, it is looked after every now and then. */
function withMemory(
  { id, document }: Timer,
  rest: Timer | undefined,
  memory: OverlapMemory,
  now: number,
): Timer | undefined {
  const { revision, from } = document as ScheduleTimer;
  if (memory.buffered === undefined && memory.skipped === undefined) return rest;
  if (memory.buffered === undefined) {
    return rest && { ...rest, document: { ...(rest.document as object), ...memory } };
  }
  const lookAt = now + limits.scheduleOverlapMs;
  if (!rest) return { id, dueAt: lookAt, document: { revision, from, ...memory } };
  const waiting = { ...(rest.document as object), ...memory, tickDueAt: rest.dueAt };
  return { id, dueAt: Math.min(rest.dueAt, lookAt), document: waiting };
}
