import { limits } from '../../model/limits.ts';
import type { Timetable } from './timetable.ts';

const MINUTE_MS = 60_000;

/** What has become due at a timer, and how it goes on. */
export interface DueTicks {
  /** Instants to fire now, ascending. */
  readonly instants: readonly number[];
  /** Whether further instants between them were left out. */
  readonly coalesced: boolean;
  readonly next: number | undefined;
}

/**
 * The instants from `first` up to now. As a rule there is one. After an outage the oldest `limits.lateTicks` are fired one
 * by one; what was missed beyond them is fired as one tick, that of the latest instant.
 */
export function dueTicks(timetable: Timetable, first: number, now: number): DueTicks {
  const instants: number[] = [];
  let at: number | undefined = first;
  while (at !== undefined && at <= now) {
    if (instants.length === limits.lateTicks) {
      const latest = latestTick(timetable, at, now);
      instants.push(latest);
      return { instants, coalesced: latest !== at, next: timetable.next(latest) };
    }
    instants.push(at);
    at = timetable.next(at);
  }
  return { instants, coalesced: false, next: at };
}

/** The latest tick up to now, given one. Looks back in windows that double, so that a long outage takes few steps. */
function latestTick(timetable: Timetable, known: number, now: number): number {
  let latest = known;
  for (let window = MINUTE_MS; latest === known && now - window > known; window *= 2) {
    const found = timetable.next(now - window);
    if (found !== undefined && found <= now) latest = found;
  }
  for (let next = timetable.next(latest); next !== undefined && next <= now; next = timetable.next(latest)) {
    latest = next;
  }
  return latest;
}
