import { limits } from '../../model/limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cursor, LogId, LogStore, Position } from '../ports/storage.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import type { Tracker } from './tracker.ts';

/** The name under which a log's router keeps its place. */
export const ROUTER_CURSOR = 'router';

/** Saves the routers' cursors now and then: only those that moved, in one call, and never two calls at a time. */
export class CursorSaver {
  readonly #store: LogStore;
  readonly #clock: Clock;
  readonly #trouble: StorageTrouble;
  readonly #trackers = new Map<LogId, { tracker: Tracker; saved: Position }>();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(store: LogStore, clock: Clock, trouble: StorageTrouble) {
    this.#store = store;
    this.#clock = clock;
    this.#trouble = trouble;
  }

  add(log: LogId, tracker: Tracker, saved: Position): void {
    this.#trackers.set(log, { tracker, saved });
  }

  remove(log: LogId): void {
    this.#trackers.delete(log);
  }

  /** Something may have moved: the cursors are saved before long. */
  touch(): void {
    if (this.#cancel || this.#stopped) return;
    this.#cancel = this.#clock.after(
      limits.cursorSaveMs,
      () => {
        void this.save().then((moved) => {
          this.#cancel = undefined;
          // Deliveries end without telling: as long as one is outstanding, the cursor is looked at again.
          if (moved || this.#outstanding()) this.touch();
        });
      },
      'housekeeping',
    );
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** Saves the cursors that moved; true when there were any. */
  async save(): Promise<boolean> {
    const cursors: Cursor[] = [];
    for (const [log, { tracker, saved }] of this.#trackers) {
      const position = tracker.cursor;
      if (position !== saved) cursors.push({ log, name: ROUTER_CURSOR, position });
    }
    if (cursors.length === 0) return false;
    try {
      await this.#store.saveCursors(cursors);
      for (const { log, position } of cursors) {
        const known = this.#trackers.get(log);
        if (known) known.saved = position;
      }
    } catch (error) {
      this.#trouble.report(error, 'saving cursors');
    }
    return true;
  }

  #outstanding(): boolean {
    for (const { tracker, saved } of this.#trackers.values()) {
      if (tracker.size > 0 || tracker.cursor !== saved) return true;
    }
    return false;
  }
}
