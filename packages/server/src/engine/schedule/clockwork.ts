import { limits } from '../../model/limits.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { HistogramHandle } from '../metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogId, NewLogRecord, Position } from '../ports/storage.ts';
import type { Timer, TimerStore } from '../ports/timer-storage.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import { Turns } from './turns.ts';

/** A tick on its way into a directed log. */
export interface Tick {
  readonly log: LogId;
  readonly record: NewLogRecord;
}

/** What a due timer comes to. */
export interface Firing {
  readonly ticks: readonly Tick[];
  /** The timer as it goes on, under the same id; undefined when it has run out. */
  readonly next: Timer | undefined;
}

/** What happens to timers in one go. */
export interface TimerChange {
  readonly remove: readonly string[];
  readonly put: readonly Timer[];
}

/** Whoever has timers. */
export interface TimerOwner {
  /** What the ids of its timers begin with. */
  readonly prefix: string;
  /** What due timers come to, one answer each. May reject with the store's error: it is then asked again. */
  fire(timers: readonly Timer[], now: number): Promise<readonly Firing[]>;
  /** Ticks, of whichever owner, stand in their log now. */
  appended?(records: readonly NewLogRecord[], positions: readonly Position[]): void;
}

export interface ClockworkParts {
  readonly timers: TimerStore;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly trouble: StorageTrouble;
  readonly lateness: HistogramHandle;
}

/**
 * Fires timers. One loop for all of them: what is due is taken in batches; the ticks are appended to their logs, durably;
 * only then the timers move on. A crash in between fires the same ticks again, under the same event ids, because these
 * are made of timer and instant. Everything behind the log (retries, backlog, dead letters) is that of events.
 *
 * Nothing is changed from outside during a pass, so that a timer which moves on never overwrites a newer one.
 */
export class Clockwork {
  readonly #parts: ClockworkParts;
  readonly #owners: TimerOwner[] = [];
  readonly #turns = new Turns();
  #cancel: (() => void) | undefined;
  /** When the loop looks next. There is no timer before it that it does not know of. */
  #wakeAt = Infinity;
  #stopped = false;

  constructor(parts: ClockworkParts) {
    this.#parts = parts;
  }

  /** Whether something is being fired or changed. */
  get busy(): boolean {
    return this.#turns.busy;
  }

  add(owner: TimerOwner): void {
    this.#owners.push(owner);
  }

  start(): void {
    this.#wake(this.#parts.clock.now());
  }

  /** Does a task between two passes. What it answers is written; a failure of the store is told to the caller. */
  change(task: () => Promise<TimerChange>): Promise<void> {
    return this.#turns.alone(async () => this.#write(await task()));
  }

  /**
   * Does a task about one timer between two passes, beside those about others: a thousand clients share the store's commits.
   * The task writes when it sees fit.
   */
  changeOne<Value>(
    id: string,
    task: (write: (change: TimerChange) => Promise<void>) => Promise<Value>,
  ): Promise<Value> {
    return this.#turns.together(id, () => task((change) => this.#write(change)));
  }

  /** Fires nothing from here on; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#turns.idle();
  }

  async #write({ remove, put }: TimerChange): Promise<void> {
    if (remove.length > 0 || put.length > 0) await this.#parts.timers.change(remove, put);
    for (const { dueAt } of put) this.#wake(dueAt);
  }

  #wake(at: number): void {
    if (this.#stopped || at >= this.#wakeAt) return;
    this.#cancel?.();
    this.#wakeAt = at;
    this.#cancel = this.#parts.clock.after(Math.max(at - this.#parts.clock.now(), 0), () => {
      this.#cancel = undefined;
      this.#wakeAt = Infinity;
      void this.#turns.alone(() => this.#pass());
    });
  }

  /** Works off what is due, one batch; goes on at once when there may be more. */
  async #pass(): Promise<void> {
    const { timers, clock, trouble } = this.#parts;
    if (this.#stopped) return;
    try {
      const now = clock.now();
      const due = await timers.due(now, limits.timerBatch);
      if (due.length > 0) await this.#fire(due, now);
      const next = due.length === limits.timerBatch ? clock.now() : await timers.nextDue();
      if (next !== undefined) this.#wake(next);
    } catch (error) {
      trouble.report(error, 'firing timers');
      this.#wake(clock.now() + limits.storageRetryMs);
    }
  }

  async #fire(due: readonly Timer[], now: number): Promise<void> {
    const remove: string[] = [];
    const put: Timer[] = [];
    const ticks = new Map<LogId, NewLogRecord[]>();
    const owned = Map.groupBy(due, ({ id }) => this.#owners.find(({ prefix }) => id.startsWith(prefix)));
    for (const [owner, timers] of owned) {
      // Nobody knows such timers any more.
      const firings = owner
        ? await owner.fire(timers, now)
        : timers.map(() => ({ ticks: [], next: undefined }));
      for (const [index, { id, dueAt }] of timers.entries()) {
        const firing = firings[index]!;
        if (firing.next) put.push(firing.next);
        else remove.push(id);
        if (firing.ticks.length > 0) this.#parts.lateness.observe(now - dueAt);
        for (const { log, record } of firing.ticks) {
          const records = ticks.get(log);
          if (records) records.push(record);
          else ticks.set(log, [record]);
        }
      }
    }
    for (const [log, records] of ticks) await this.#append(log, records);
    await this.#parts.timers.change(remove, put);
  }

  async #append(log: LogId, records: readonly NewLogRecord[]): Promise<void> {
    for (let start = 0; start < records.length; start += limits.tickAppendRecords) {
      const part = records.slice(start, start + limits.tickAppendRecords);
      const positions = await this.#parts.ingest.append(log, part);
      for (const owner of this.#owners) owner.appended?.(part, positions);
    }
  }
}
