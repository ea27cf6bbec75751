import { limits } from '../../model/limits.ts';
import type { OverlapPolicy, Schedule } from '../../model/schedule.ts';
import type { Versioned } from '../catalog.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Timer } from '../ports/timer-storage.ts';
import type { Backfills, BackfillPlan, BackfillRange, FiredTick } from './backfills.ts';
import type { ScheduleCatalog } from './schedule-catalog.ts';
import type { Schedules, ScheduleTimer } from './schedules.ts';

export interface ControlParts {
  readonly catalog: ScheduleCatalog;
  readonly schedules: Schedules;
  readonly backfills: Backfills;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a schedule is about to do, as its timer has it. */
export interface ScheduleOutlook {
  /** The next tick; undefined when there is none. */
  readonly next: number | undefined;
  /** The tick that waits for the end of an earlier execution. */
  readonly buffered: number | undefined;
  readonly skipped: number;
  readonly skippedTick: number | undefined;
}

/** A schedule as it is now, or why it stays as it was. */
export type ControlResult =
  | { readonly status: 'done'; readonly schedule: Schedule }
  | { readonly status: 'missing' }
  | { readonly status: 'refused'; readonly reason: string };

/** What operators do with schedules, and clients of AWS cannot. Schedules are named by their keys. */
export class ScheduleControls {
  readonly #parts: ControlParts;

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  async find(key: string): Promise<Schedule | undefined> {
    return (await this.#parts.catalog.schedule(key))?.document;
  }

  async outlookOf(schedule: Schedule): Promise<ScheduleOutlook> {
    const timer = await this.#parts.schedules.timerOf(schedule);
    const { scheduled, buffered, skipped = 0, skippedTick }: Partial<ScheduleTimer> = documentOf(timer);
    return { next: scheduled, buffered, skipped, skippedTick };
  }

  /** Disables a schedule and remembers why. One that is paused gets another reason. */
  pause(key: string, reason: string): Promise<ControlResult> {
    const { clock, random } = this.#parts;
    return this.#change(key, (schedule) => {
      if (schedule.paused) return { ...schedule, paused: { ...schedule.paused, reason } };
      if (schedule.state === 'DISABLED') return 'It is disabled already, by its own definition.';
      const at = clock.now();
      const { modifiedAt, anchorAt = modifiedAt } = schedule;
      const paused = { reason, at };
      return { ...schedule, state: 'DISABLED', paused, anchorAt, modifiedAt: at, revision: random.uuid() };
    });
  }

  /** Lets a paused schedule go on: at its next tick, and a rate in its old rhythm. */
  resume(key: string): Promise<ControlResult> {
    const { clock, random } = this.#parts;
    return this.#change(key, (schedule) => {
      const { paused, ...rest } = schedule;
      if (paused) return { ...rest, state: 'ENABLED', modifiedAt: clock.now(), revision: random.uuid() };
      return schedule.state === 'DISABLED'
        ? 'It is not paused, but disabled by its own definition: UpdateSchedule enables it.'
        : 'It is not paused.';
    });
  }

  /** Says what becomes of ticks that overlap. It holds from the next one on. */
  setOverlap(key: string, overlap: OverlapPolicy | undefined): Promise<ControlResult> {
    return this.#change(key, (schedule) => ({ ...schedule, overlap }));
  }

  /** Fires a schedule now, be it enabled or not; resolves once the tick is durable. Undefined when there is none of that key. */
  async trigger(key: string): Promise<FiredTick | undefined> {
    const open = await this.#parts.schedules.open(key);
    return open && this.#parts.backfills.fireNow(open);
  }

  plan(schedule: Schedule, range: BackfillRange): BackfillPlan {
    return this.#parts.backfills.plan(schedule, range);
  }

  /** Fires the ticks of a plan, once each; resolves once that is durable, and it goes on over a restart. */
  backfill(schedule: Schedule, range: BackfillRange, request: string): Promise<void> {
    return this.#parts.backfills.start(schedule, range, request);
  }

  async #change(key: string, change: (schedule: Schedule) => Schedule | string): Promise<ControlResult> {
    for (let tries = 0; tries < limits.catalogWriteAttempts; tries++) {
      const found = await this.#parts.catalog.schedule(key);
      if (!found) return { status: 'missing' };
      const changed = change(found.document);
      if (typeof changed === 'string') return { status: 'refused', reason: changed };
      if (await this.#write(found, changed)) return { status: 'done', schedule: changed };
    }
    return { status: 'refused', reason: 'Others change it all the time. Try again.' };
  }

  /** What does not change when it ticks leaves its timer alone, and with it a tick that waits. */
  #write({ document, version }: Versioned<Schedule>, changed: Schedule): Promise<boolean> {
    const { schedules } = this.#parts;
    return changed.revision === document.revision
      ? schedules.annotate(changed, version)
      : schedules.replace(changed, version);
  }
}

const documentOf = (timer: Timer | undefined): Partial<ScheduleTimer> =>
  (timer?.document as ScheduleTimer | undefined) ?? {};
