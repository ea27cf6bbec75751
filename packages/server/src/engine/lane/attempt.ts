import { limits } from '../../model/limits.ts';
import type { Delivery } from './delivery.ts';

/** Attempts that share one abort signal: few enough that a signal's list of listeners stays short. */
const SHARED_BY = 64;

/** Attempts that started within one sweep and end together when their time is up. */
export class AttemptGroup {
  readonly controller = new AbortController();
  readonly openedAt: number;
  readonly deadline: number;
  size = 0;

  constructor(openedAt: number, timeoutMs: number) {
    this.openedAt = openedAt;
    // The last attempt that joins has its full time.
    this.deadline = openedAt + limits.laneSweepMs + timeoutMs;
  }
}

/** One send under way. */
export class Attempt {
  readonly batch: readonly Delivery[];
  readonly group: AttemptGroup;
  readonly startedAt: number;
  guarded = false;
  /** Its outcome has been decided (by time): a late answer is ignored. */
  over = false;

  constructor(batch: readonly Delivery[], group: AttemptGroup, startedAt: number) {
    this.batch = batch;
    this.group = group;
    this.startedAt = startedAt;
  }
}

/** Hands out abort signals without a timer or a controller for each send. */
export class AttemptGroups {
  readonly #timeoutMs: number;
  #current: AttemptGroup | undefined;
  readonly #open = new Set<AttemptGroup>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  join(now: number): AttemptGroup {
    let group = this.#current;
    if (!group || group.size >= SHARED_BY || now - group.openedAt >= limits.laneSweepMs) {
      group = new AttemptGroup(now, this.#timeoutMs);
      this.#current = group;
      this.#open.add(group);
    }
    group.size++;
    return group;
  }

  /** Aborts the groups whose time is up. */
  sweep(now: number): void {
    for (const group of this.#open) {
      if (group.deadline > now) break;
      this.#open.delete(group);
      group.controller.abort(new Error('The attempt took too long.'));
    }
  }

  /** Aborts everything: the daemon stops. */
  abortAll(): void {
    for (const group of this.#open) group.controller.abort(new Error('The daemon stops.'));
    this.#open.clear();
  }
}
