import { limits } from '../../model/limits.ts';
import type { LogId, LogRecord, LogStore } from '../ports/storage.ts';

export interface FoundEvent {
  readonly record: LogRecord | undefined;
  /** How many positions were looked at, and whether these were all that are kept. */
  readonly searched: bigint;
  readonly complete: boolean;
}

/**
 * Looks for an event in a log, newest first and a step at a time, so that the store serves others in between. There is no
 * index by id: it would cost every append, for the sake of a question that is asked now and then.
 */
export async function findEvent(store: LogStore, log: LogId, eventId: string): Promise<FoundEvent> {
  const state = (await store.list()).find((known) => known.log === log);
  let searched = 0n;
  if (!state) return { record: undefined, searched, complete: true };
  const step = BigInt(limits.eventSearchStep);
  for (let below = state.next; below > state.first; below -= step) {
    if (searched >= BigInt(limits.eventSearchRecords))
      return { record: undefined, searched, complete: false };
    const from = below - step > state.first ? below - step : state.first;
    const position = await store.find(log, eventId, from, below);
    searched += below - from;
    if (position === undefined) continue;
    const [record] = await store.readAt(log, [position]);
    return { record, searched, complete: true };
  }
  return { record: undefined, searched, complete: true };
}
