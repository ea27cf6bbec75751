import { ApiError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import type { Replay, ReplayPlace } from '../../model/replay.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { CounterHandle } from '../metrics.ts';
import type { ArchivedEvent, ArchiveStore } from '../ports/archive-storage.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogStore, NewLogRecord } from '../ports/storage.ts';
import { replayedEvent } from './replay-event.ts';
import { selectionOf } from './selection.ts';
import { Tempo } from './tempo.ts';

export interface ReplayFeedParts {
  readonly archives: Pick<ArchiveStore, 'read' | 'stats'>;
  readonly log: Pick<LogStore, 'create' | 'read'>;
  readonly ingest: Pick<Ingest, 'append'>;
  readonly clock: Clock;
  /** Counts what goes into the log. */
  readonly replayed?: CounterHandle | undefined;
}

/** How far a replay has come. */
export interface ReplayProgress {
  readonly place: ReplayPlace | undefined;
  readonly replayed: number;
  readonly lastReplayedAt: number | undefined;
}

/** `more`: go on; `later`: at that time; `end`: the archive has no more; `failed`: it cannot be read on. */
export type FeedStep =
  | { readonly next: 'more' | 'end' }
  | { readonly next: 'later'; readonly at: number }
  | { readonly next: 'failed'; readonly reason: string };

const MORE: FeedStep = { next: 'more' };
const GONE: FeedStep = { next: 'failed', reason: 'The archive was deleted.' };
const NO_PATTERN: FeedStep = { next: 'failed', reason: 'The pattern of the replay cannot be used.' };

/**
 * Brings the events of an archive into a replay's log, in the order of their times, as fast as they are due. The place goes
 * with every record, so that a run that follows a crash goes on behind the last one and repeats nothing.
 */
export class ReplayFeed {
  readonly #parts: ReplayFeedParts;
  readonly #replay: Replay;
  readonly #selects: ReturnType<typeof selectionOf>;
  readonly #tempo: Tempo;
  /** Read, chosen, and not yet due. */
  #waiting: readonly ArchivedEvent[] = [];
  /** The place behind everything that was read: that of the replay once nothing waits. */
  #readTo: ReplayPlace | undefined;
  /** The next batch, which is read while this one is appended. */
  #ahead: Promise<readonly ArchivedEvent[]> | undefined;
  #ended = false;
  progress: ReplayProgress;

  constructor(parts: ReplayFeedParts, replay: Replay) {
    this.#parts = parts;
    this.#replay = replay;
    this.#selects = selectionOf(replay.plan);
    this.#tempo = new Tempo(replay.plan);
    const { place, replayed, lastReplayedAt } = replay;
    this.progress = { place, replayed, lastReplayedAt };
    this.#readTo = place;
  }

  /** Takes up what an earlier run has appended after it saved its place. */
  async resume(): Promise<void> {
    const { log } = this.#parts;
    const { first, next } = await log.create(this.#replay.log);
    const { replayMarkRecords: records, replayMarkBytes: bytes } = limits;
    const from = next - BigInt(records) > first ? next - BigInt(records) : first;
    const last = (await log.read(this.#replay.log, from, records, bytes)).at(-1);
    const mark = last && readMark(last.group);
    if (!mark || mark.replayed <= this.progress.replayed) return;
    const place = { eventTime: mark.eventTime, eventId: last.eventId };
    this.progress = { place, replayed: mark.replayed, lastReplayedAt: mark.eventTime };
    this.#readTo = place;
  }

  /** Reads and appends one batch. Rejects with an error of the store, or with an `ApiError` while too much waits for the disk. */
  async step(): Promise<FeedStep> {
    if (this.#waiting.length === 0) {
      if (this.#ended) return { next: 'end' };
      return this.#read();
    }
    const now = this.#parts.clock.now();
    const count = this.#tempo.due(this.#waiting, now);
    if (count === 0) return { next: 'later', at: this.#tempo.nextAt(this.#waiting[0]!.eventTime, now) };
    await this.#append(this.#waiting.slice(0, count), now);
    this.#tempo.taken(count);
    this.#waiting = this.#waiting.slice(count);
    if (this.#waiting.length === 0) this.#passed();
    return MORE;
  }

  async #read(): Promise<FeedStep> {
    const { plan } = this.#replay;
    const selects = this.#selects;
    if (!selects) return NO_PATTERN;
    const reading = this.#ahead ?? this.#readBehind(this.#readTo);
    this.#ahead = undefined;
    const events = await reading;
    const last = events.at(-1);
    if (!last) return (await this.#parts.archives.stats(plan.archiveUid)) ? { next: 'end' } : GONE;
    this.#readTo = { eventTime: last.eventTime, eventId: last.eventId };
    if (!this.#tempo.isPaced) this.#ahead = this.#readBehind(this.#readTo);
    this.#waiting = events.filter(selects);
    // An id is an event's own: there is no second one to look for.
    this.#ended = plan.eventId !== undefined && this.#waiting.length > 0;
    if (this.#waiting.length === 0) this.#passed();
    return MORE;
  }

  #readBehind(after: ReplayPlace | undefined): Promise<ArchivedEvent[]> {
    const { archiveUid, from, until } = this.#replay.plan;
    const { replayReadEvents: maxEvents, replayReadBytes: maxBytes } = limits;
    const reading = this.#parts.archives.read(archiveUid, { from, until, after, maxEvents, maxBytes });
    // Its failure is told when it is waited for.
    reading.catch(() => undefined);
    return reading;
  }

  /** Everything that was read is done, also what was not chosen. */
  #passed(): void {
    this.progress = { ...this.progress, place: this.#readTo };
  }

  async #append(events: readonly ArchivedEvent[], now: number): Promise<void> {
    const { name, log } = this.#replay;
    let { replayed } = this.progress;
    const records: NewLogRecord[] = [];
    for (const { eventId, eventTime, account, event: text } of events) {
      const event = replayedEvent(text, name);
      // An archive takes nothing that is no event.
      if (event === undefined) continue;
      replayed++;
      records.push({ eventId, ingestedAt: now, account, event, group: markOf(replayed, eventTime) });
    }
    await this.#parts.ingest.append(log, records);
    this.#parts.replayed?.inc(records.length);
    const last = events.at(-1)!;
    this.progress = {
      place: { eventTime: last.eventTime, eventId: last.eventId },
      replayed,
      lastReplayedAt: last.eventTime,
    };
  }
}

/** Whether a failure only means that the disk is busy with the appends of others. */
export const isThrottled = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'ThrottlingException';

/** What stands beside each record: how many there were with it, and its event's time. */
const markOf = (replayed: number, eventTime: number): string => `${replayed}@${eventTime}`;

function readMark(
  mark: string | undefined,
): { readonly replayed: number; readonly eventTime: number } | undefined {
  const [replayed, eventTime] = (mark ?? '').split('@').map(Number);
  return replayed === undefined || eventTime === undefined ? undefined : { replayed, eventTime };
}
