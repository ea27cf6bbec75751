import { limits } from '../../model/limits.ts';
import type { ScheduleGroup } from '../../model/schedule.ts';
import type { Clock } from '../ports/clock.ts';
import type { Position, Storage } from '../ports/storage.ts';
import { isTickLog } from '../logs.ts';
import { ROUTER_CURSOR } from '../route/cursors.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import type { ScheduleControls } from './controls.ts';
import { readAddress, type ScheduleBook } from './schedule-book.ts';
import type { ScheduleCatalog } from './schedule-catalog.ts';
import type { ScheduleRemains } from './remains.ts';
import type { Schedules } from './schedules.ts';

export interface SchedulerParts {
  readonly storage: Pick<Storage, 'log' | 'parked'>;
  readonly catalog: ScheduleCatalog;
  readonly book: ScheduleBook;
  readonly schedules: Schedules;
  readonly controls: ScheduleControls;
  readonly remains: ScheduleRemains;
  readonly clock: Clock;
  readonly trouble: StorageTrouble;
}

/** The Scheduler: groups and schedules. Groups are deleted bit by bit, also over a restart. */
export class Scheduler {
  readonly catalog: ScheduleCatalog;
  readonly schedules: Schedules;
  readonly controls: ScheduleControls;
  readonly remains: ScheduleRemains;
  readonly #parts: SchedulerParts;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.catalog = parts.catalog;
    this.schedules = parts.schedules;
    this.controls = parts.controls;
    this.remains = parts.remains;
  }

  /**
   * Makes those schedules known whose ticks an earlier run has left: in a log that is not routed to its end, or parked. To
   * be done before anything is routed.
   */
  async recall(): Promise<void> {
    const { storage, book, remains, clock } = this.#parts;
    const addresses = new Map<string, Position | undefined>();
    for (const { lane } of await storage.parked.lanes()) addresses.set(lane, undefined);
    const cursors = await storage.log.cursors();
    for (const { log, first, next } of await storage.log.list()) {
      if (!isTickLog(log)) continue;
      const cursor =
        cursors.find((each) => each.log === log && each.name === ROUTER_CURSOR)?.position ?? first;
      for (let from = cursor; from < next;) {
        const records = await storage.log.read(log, from, limits.routerReadRecords, limits.routerReadBytes);
        for (const { group, position } of records) if (group !== undefined) addresses.set(group, position);
        from = (records.at(-1)?.position ?? next) + 1n;
      }
    }
    const gone = new Set<string>();
    for (const some of batchesOf([...addresses], limits.timerBatch)) {
      // Asked for together: there may be many.
      const recalling = some.map(async ([address, position]) => {
        const read = readAddress(address);
        const schedule = read && (await this.catalog.schedule(read.key))?.document;
        if (read && schedule?.uid !== read.uid) gone.add(read.address);
        if (!schedule || schedule.uid !== read.uid) return;
        book.put(schedule, clock.now());
        if (position !== undefined) book.appended(address, position);
      });
      await Promise.all(recalling);
    }
    const needed = await remains.recall((address) => gone.has(address));
    for (const schedule of needed) book.put(schedule, clock.now());
  }

  /** Schedules that are held in memory, because something of them is on its way. */
  get inMemory(): number {
    return this.#parts.book.size;
  }

  async start(): Promise<void> {
    this.#sweepLater();
    for (const group of await this.catalog.allGroups()) {
      if (group.state === 'DELETING') void this.#empty(group);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** Begins to delete a group and all its schedules; false when somebody else changed it since `expect`. */
  async deleteGroup(group: ScheduleGroup, expect: bigint): Promise<boolean> {
    const deleting: ScheduleGroup = { ...group, state: 'DELETING', modifiedAt: this.#parts.clock.now() };
    if (!(await this.catalog.putGroup(deleting, expect))) return false;
    void this.#empty(deleting);
    return true;
  }

  async #empty(group: ScheduleGroup): Promise<void> {
    const { clock, trouble } = this.#parts;
    while (!this.#stopped) {
      try {
        if (await this.schedules.removeSome(group)) continue;
        await this.catalog.removeGroup(group);
        return;
      } catch (error) {
        trouble.report(error, 'deleting a schedule group');
        await new Promise<void>((resolve) => clock.after(limits.storageRetryMs, resolve));
      }
    }
  }

  #sweepLater(): void {
    const { clock, book } = this.#parts;
    const sweep = (): void => {
      book.sweep(clock.now());
      this.#sweepLater();
    };
    this.#cancel = clock.after(limits.scheduleBookSweepMs, sweep, 'housekeeping');
  }
}

function* batchesOf<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
