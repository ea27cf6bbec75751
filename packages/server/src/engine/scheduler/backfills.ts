import { limits } from '../../model/limits.ts';
import type { Schedule } from '../../model/schedule.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { LogId } from '../ports/storage.ts';
import type { Timer } from '../ports/timer-storage.ts';
import type { Clockwork, Firing, Tick, TimerOwner } from '../schedule/clockwork.ts';
import { Zones } from '../schedule/zones.ts';
import { addressOf, type ScheduleBook } from './schedule-book.ts';
import { scheduleKey, type ScheduleCatalog } from './schedule-catalog.ts';
import type { OpenSchedule } from './schedules.ts';
import { scheduleTimetable, tickRecord, type ScheduleTimetable } from './ticks.ts';

/** Ticks from a time on, up to another one, which is not among them. */
export interface BackfillRange {
  readonly from: number;
  readonly until: number;
}

/** What a range holds. */
export interface BackfillPlan {
  readonly count: number;
  /** There are more than one call may fire: nothing is fired. */
  readonly tooMany: boolean;
  /** The first ones, and the last. */
  readonly first: readonly number[];
  readonly last: number | undefined;
}

/** A tick that an operator has fired. */
export interface FiredTick {
  readonly schedule: Schedule;
  readonly eventId: string;
  readonly instant: number;
}

/** What a backfill's timer remembers. It is due at once, again and again, until all its ticks have fired. */
interface BackfillDocument extends BackfillRange {
  readonly key: string;
  readonly uid: string;
  readonly request: string;
}

export interface BackfillParts {
  readonly catalog: ScheduleCatalog;
  readonly book: ScheduleBook;
  readonly clockwork: Clockwork;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (schedule: Schedule) => Promise<LogId>;
}

const PREFIX = 'backfill/';
const NOTHING: Firing = { ticks: [], next: undefined };

/** Ticks that operators want: one now, or those of a time that is over. Fired as the clockwork fires: durably, bit by bit. */
export class Backfills implements TimerOwner {
  readonly prefix = PREFIX;
  readonly #parts: BackfillParts;
  readonly #zones = new Zones();

  constructor(parts: BackfillParts) {
    this.#parts = parts;
  }

  /** Fires a schedule now; resolves once that is durable. */
  async fireNow({ schedule, home }: Pick<OpenSchedule, 'schedule' | 'home'>): Promise<FiredTick> {
    const { book, ingest, clock, random } = this.#parts;
    const instant = clock.now();
    const record = tickRecord(schedule, instant, instant, { request: random.uuid() });
    const [position] = await ingest.append(home, [record]);
    book.appended(addressOf(schedule), position!);
    return { schedule, eventId: record.eventId, instant };
  }

  plan(schedule: Schedule, { from, until }: BackfillRange): BackfillPlan {
    const timetable = this.#timetable(schedule);
    const first: number[] = [];
    let [count, last]: [number, number | undefined] = [0, undefined];
    for (let at = timetable.next(from - 1); at !== undefined && at < until; at = timetable.next(at)) {
      if (count === limits.backfillTicks) return { count, tooMany: true, first, last };
      count++;
      last = at;
      if (first.length < limits.backfillShown) first.push(at);
    }
    return { count, tooMany: false, first, last };
  }

  /** The same request again fires the same ticks, under the same event ids. */
  start(schedule: Schedule, range: BackfillRange, request: string): Promise<void> {
    const { clockwork, clock } = this.#parts;
    const key = scheduleKey(schedule, schedule.group, schedule.name);
    const document: BackfillDocument = { ...range, key, uid: schedule.uid, request };
    const timer = { id: `${PREFIX}${key}@${request}`, dueAt: clock.now(), document };
    return clockwork.change(() => Promise.resolve({ remove: [], put: [timer] }));
  }

  async fire(timers: readonly Timer[], now: number): Promise<Firing[]> {
    const firings: Firing[] = [];
    for (const timer of timers) firings.push(await this.#fire(timer, now));
    return firings;
  }

  async #fire(timer: Timer, now: number): Promise<Firing> {
    const document = timer.document as BackfillDocument;
    const { key, uid, from, until, request } = document;
    const schedule = (await this.#parts.catalog.schedule(key))?.document;
    if (schedule?.uid !== uid) return NOTHING;
    const timetable = this.#timetable(schedule);
    const log = await this.#parts.log(schedule);
    const ticks: Tick[] = [];
    let at = timetable.next(from - 1);
    for (; at !== undefined && at < until && ticks.length < limits.backfillStep; at = timetable.next(at)) {
      ticks.push({ log, record: tickRecord(schedule, at, now, { request }) });
    }
    if (ticks.length > 0) this.#parts.book.put(schedule, now);
    const isOver = at === undefined || at >= until;
    return {
      ticks,
      next: isOver ? undefined : { ...timer, dueAt: now, document: { ...document, from: at } },
    };
  }

  #timetable(schedule: Schedule): ScheduleTimetable {
    return scheduleTimetable(schedule, this.#zones.get(schedule.timezone));
  }
}
