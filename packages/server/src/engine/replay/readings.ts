import { limits } from '../../model/limits.ts';
import type { Replay, ReplayPlan } from '../../model/replay.ts';
import type { Scope } from '../../model/resources.ts';
import type { NewLogRecord } from '../ports/storage.ts';
import type { RuleBooks } from '../route/rule-book.ts';
import { Rehearsal } from './rehearsal.ts';
import { ReplayFeed, type ReplayFeedParts } from './replay-feed.ts';
import { ReplayRoute } from './replay-route.ts';

export interface ReadingsParts extends Omit<ReplayFeedParts, 'ingest' | 'replayed'> {
  readonly books: RuleBooks;
}

/** What is read as a replay of that name would deliver it. */
export interface Reading {
  readonly scope: Scope;
  readonly name: string;
  readonly plan: ReplayPlan;
}

/** Gets the events of one batch, and the time up to which the archive is read; answers whether to go on. */
export type TakeBatch = (records: readonly NewLogRecord[], through: number | undefined) => Promise<boolean>;

/** The route of a rehearsal has no log. */
const NO_LOG = '';

/** Looks at what replays would deliver, without replaying anything. */
export class Readings {
  readonly #parts: ReadingsParts;
  #open = 0;

  constructor(parts: ReadingsParts) {
    this.#parts = parts;
  }

  /** A place for one reading, to be given back by calling the answer; undefined when there is none. */
  place(): (() => void) | undefined {
    if (this.#open >= limits.replayReadings) return undefined;
    this.#open++;
    return () => this.#open--;
  }

  /**
   * Gives what a replay would put into its log to somebody else instead, in the same order and at the same pace, until all is
   * read, `take` has had enough, or `signal` aborts. Rejects with the store's error.
   */
  async read({ scope, name, plan }: Reading, take: TakeBatch, signal: AbortSignal): Promise<void> {
    let batch: readonly NewLogRecord[] = [];
    const append = (_: string, records: readonly NewLogRecord[]): Promise<[]> => {
      batch = records;
      return Promise.resolve([]);
    };
    const feed = new ReplayFeed({ ...this.#parts, ingest: { append } }, replayOf(scope, name, plan));
    while (!signal.aborted) {
      const step = await feed.step();
      if (step.next === 'end' || step.next === 'failed') return;
      if (step.next === 'later') await this.#wait(step.at, signal);
      const taken = batch;
      batch = [];
      if (!(await take(taken, feed.progress.place?.eventTime))) return;
    }
  }

  /** Counts what a replay would deliver where, by the rules as they are now. `tell` is called after every batch. */
  async rehearse(
    { scope, name, plan }: Reading,
    tell: (rehearsal: Rehearsal) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<Rehearsal> {
    const unpaced: ReplayPlan = { ...plan, ratePerSecond: undefined, speed: undefined };
    const rehearsal = new Rehearsal(new ReplayRoute({ ...scope, log: NO_LOG, plan }, this.#parts.books));
    const take: TakeBatch = (records, through) => {
      rehearsal.count(records, through);
      return tell(rehearsal);
    };
    await this.read({ scope, name, plan: unpaced }, take, signal);
    return rehearsal;
  }

  #wait(until: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = clock.after(until - clock.now(), end);
      signal.addEventListener('abort', end);
    });
  }
}

/** A replay that nobody starts. */
const replayOf = (scope: Scope, name: string, plan: ReplayPlan): Replay => ({
  ...scope,
  name,
  arn: '',
  uid: '',
  log: NO_LOG,
  plan,
  state: 'RUNNING',
  startedAt: 0,
  replayed: 0,
});
