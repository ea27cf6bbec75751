import { limits } from '../../model/limits.ts';
import { hasEnded, isActive, type Replay, type ReplayState } from '../../model/replay.ts';
import type { Lanes } from '../lane/lanes.ts';
import type { Logs } from '../logs.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import type { ReplayBook } from './replay-book.ts';
import { isThrottled, ReplayFeed, type FeedStep, type ReplayFeedParts } from './replay-feed.ts';

/*
 * One replay, from its start until its log is gone. Its document is in one of these states:
 *
 *   STARTING    accepted, durably. → RUNNING, once its log is there.
 *   RUNNING     events are read from the archive and appended to the log, no further ahead of their deliveries than
 *               the limits allow. → COMPLETED, when all are in the log and each of their deliveries has succeeded, or has a
 *               durable place among the retries or the dead letters. → FAILED, when its archive or its bus is deleted.
 *   CANCELLING  nothing is appended or routed any more, and what the lanes still have is given up. → CANCELLED, when sends
 *               that were under way have ended and the log is dropped.
 *   COMPLETED, FAILED, CANCELLED are final. Retries of a completed replay go on: its log is dropped after the last.
 *
 * A restart finds the state in the document, and the place in the log's last record.
 */

export interface ReplayRunParts extends ReplayFeedParts {
  readonly trouble: StorageTrouble;
  readonly logs: Logs;
  readonly lanes: Lanes;
  readonly book: ReplayBook;
  /** Writes the document over what is there. */
  readonly write: (replay: Replay) => Promise<void>;
  /** Whether the bus of the replay is still there. */
  readonly busExists: (replay: Replay) => boolean;
}

const BUS_GONE = 'The event bus was deleted.';

type Outcome = { readonly state: 'COMPLETED' } | { readonly state: 'FAILED'; readonly reason: string };

export class ReplayRun {
  readonly #parts: ReplayRunParts;
  readonly #feed: ReplayFeed;
  #replay: Replay;
  #writing: Promise<void> = Promise.resolve();
  #savedAt = 0;
  #stopped = false;
  /** Ends what waits. */
  readonly #waiting = new Set<() => void>();
  #running: Promise<void> | undefined;
  #working = false;

  constructor(parts: ReplayRunParts, replay: Replay) {
    this.#parts = parts;
    this.#replay = replay;
    this.#feed = new ReplayFeed(parts, replay);
  }

  /** The replay as it is now, which the store may not know yet. */
  get replay(): Replay {
    return { ...this.#replay, ...this.#feed.progress };
  }

  /** Whether a batch is on its way. */
  get working(): boolean {
    return this.#working;
  }

  /** Resolves once the log is gone, or the engine stops. */
  run(): Promise<void> {
    this.#running ??= this.#live();
    return this.#running;
  }

  /**
   * Begins to cancel; resolves once that is durable, to false when the replay has ended or is being cancelled already.
   * Rejects with the store's error: the replay is cancelled then, unless the daemon dies before the store can be written.
   */
  async cancel(): Promise<boolean> {
    if (!isActive(this.#replay)) return false;
    this.#replay = { ...this.replay, state: 'CANCELLING' };
    this.#interrupt();
    await this.#save();
    return true;
  }

  /** Appends nothing from here on; resolves once what is under way has ended and the place is saved. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#interrupt();
    await this.#running;
  }

  async #live(): Promise<void> {
    if (isActive(this.#replay)) await this.#replayAll();
    if (this.#stopped) return;
    if (hasEnded(this.#replay)) await this.#settled();
    if (this.#stopped) return;
    await this.#close();
  }

  // ------------------------------------------------------------------------------------------------------- replaying

  async #replayAll(): Promise<void> {
    const { logs } = this.#parts;
    await this.#insist('opening the log of a replay', async () => {
      await logs.openReplay(this.#replay.log);
      await this.#feed.resume();
    });
    if (this.#replay.state === 'STARTING' && !this.#stopped) await this.#enter('RUNNING');
    const outcome = await this.#feedAll();
    if (outcome && isActive(this.#replay)) {
      await this.#enter(outcome.state, outcome.state === 'FAILED' ? outcome.reason : undefined);
    } else if (this.#stopped) await this.#saveProgress();
  }

  /** Undefined when it was interrupted. */
  async #feedAll(): Promise<Outcome | undefined> {
    while (!this.#interrupted) {
      if (!this.#parts.busExists(this.#replay)) return { state: 'FAILED', reason: BUS_GONE };
      if (this.#ahead) {
        await this.#pause(limits.replayPollMs);
        continue;
      }
      const step = await this.#step();
      // From here on to the next wait nothing can come in between.
      if (this.#interrupted) return undefined;
      if (step === undefined) await this.#pause(limits.storageRetryMs);
      else if (step.next === 'later') await this.#pause(step.at - this.#parts.clock.now(), 'due');
      else if (step.next === 'failed') return { state: 'FAILED', reason: step.reason };
      else if (step.next === 'end') {
        await this.#settled();
        return this.#interrupted ? undefined : { state: 'COMPLETED' };
      }
      if (this.#parts.clock.now() - this.#savedAt >= limits.replaySaveMs) void this.#saveProgress();
    }
    return undefined;
  }

  async #step(): Promise<FeedStep | undefined> {
    this.#working = true;
    try {
      return await this.#feed.step();
    } catch (error) {
      if (!isThrottled(error)) this.#parts.trouble.report(error, 'replaying an archive');
      return undefined;
    } finally {
      this.#working = false;
    }
  }

  get #interrupted(): boolean {
    return this.#stopped || !isActive(this.#replay);
  }

  /** Whether deliveries have to catch up first. */
  get #ahead(): boolean {
    const { logs, lanes, book } = this.#parts;
    const progress = logs.progress(this.#replay.log);
    const head = logs.head(this.#replay.log);
    if (!progress || head === undefined) return false;
    if (head - progress.settled > BigInt(limits.replayAheadPositions)) return true;
    let rows = 0;
    for (const { id } of book.subscriptions(this.#replay.log)) rows += lanes.find(id)?.backlog.rows ?? 0;
    return rows > limits.replayAheadRows;
  }

  /** Resolves once every delivery of the log has ended or is durable, or the run is interrupted. */
  async #settled(): Promise<void> {
    const { logs } = this.#parts;
    const { log } = this.#replay;
    const ended = hasEnded(this.#replay);
    while (!this.#stopped && (ended || isActive(this.#replay))) {
      const settled = logs.progress(log)?.settled;
      const head = logs.head(log);
      if (settled === undefined || head === undefined || settled >= head) return;
      await this.#pause(limits.replayPollMs);
    }
  }

  // -------------------------------------------------------------------------------------------------------- closing

  async #close(): Promise<void> {
    const { logs, book } = this.#parts;
    const { log, state } = this.#replay;
    if (state === 'CANCELLING') book.cancel(log);
    await Promise.race([logs.retire(log), this.#untilStopped()]);
    if (this.#stopped) return;
    if (state === 'CANCELLING') await this.#enter('CANCELLED');
    book.close(log);
  }

  async #untilStopped(): Promise<void> {
    while (!this.#stopped) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  // --------------------------------------------------------------------------------------------------- the document

  /** Goes over to another state; resolves once that is durable. */
  async #enter(state: ReplayState, stateReason?: string): Promise<void> {
    const endedAt = hasEnded({ ...this.#replay, state }) ? this.#parts.clock.now() : undefined;
    this.#replay = { ...this.replay, state, stateReason, endedAt };
    await this.#insist('keeping the state of a replay', () => this.#save());
  }

  /** Rejects with the store's error. */
  #save(): Promise<void> {
    this.#savedAt = this.#parts.clock.now();
    // One after the other, each with what is known when its turn comes: an older state never overwrites a newer one.
    const written = this.#writing.then(() => this.#parts.write(this.replay));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** The place is in the log as well: it is no harm when it is saved late. */
  async #saveProgress(): Promise<void> {
    try {
      await this.#save();
    } catch (error) {
      this.#parts.trouble.report(error, 'saving the place of a replay');
    }
  }

  async #insist(what: string, task: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      try {
        await task();
        return;
      } catch (error) {
        this.#parts.trouble.report(error, what);
        await this.#pause(limits.storageRetryMs);
      }
    }
  }

  /** Waits, unless it is interrupted. Waiting for others is nothing that a moved clock has to stop for. */
  #pause(ms: number, urgency?: 'due'): Promise<void> {
    return new Promise((resolve) => {
      const { clock } = this.#parts;
      const end = (): void => {
        for (const cancel of timers) cancel();
        this.#waiting.delete(end);
        resolve();
      };
      const timers = [clock.after(ms, end, urgency === 'due' ? undefined : 'housekeeping')];
      // The bus may be deleted before the next event is due.
      if (ms > limits.replayLookMs) timers.push(clock.after(limits.replayLookMs, end, 'housekeeping'));
      this.#waiting.add(end);
    });
  }

  #interrupt(): void {
    for (const end of this.#waiting) end();
  }
}
