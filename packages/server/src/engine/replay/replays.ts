import { formatArn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import { hasEnded, isActive, type Replay, type ReplayPlan } from '../../model/replay.ts';
import type { Scope } from '../../model/resources.ts';
import type { Metrics } from '../metrics.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Storage } from '../ports/storage.ts';
import { ScopedDocuments } from '../scoped-documents.ts';
import { isReplayLog, replayLog } from './replay-log.ts';
import { ReplayRun, type ReplayRunParts } from './replay-run.ts';
import { Readings, type ReadingsParts } from './readings.ts';

const KIND = 'replay';

export interface ReplaysParts extends Omit<ReplayRunParts, 'write' | 'replayed'>, ReadingsParts {
  readonly storage: Pick<Storage, 'catalog' | 'log'>;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** What a replay is started with. */
export interface ReplayStart extends Scope {
  readonly name: string;
  readonly description: string | undefined;
  readonly plan: ReplayPlan;
}

/** `started`; `taken`: the name is; `full`: too many replays are active. */
export type ReplayStarted =
  | { readonly status: 'started'; readonly replay: Replay }
  | { readonly status: 'taken' }
  | { readonly status: 'full' };

/** All replays: their documents, and the runs of those that are active or whose deliveries have not all ended. */
export class Replays {
  /** What replays would deliver. */
  readonly readings: Readings;
  readonly #parts: ReplaysParts;
  readonly #documents: ScopedDocuments<Replay>;
  readonly #runs = new Map<string, ReplayRun>();
  /** Replays that are being written for the first time, by scope. */
  readonly #starting = new Map<string, number>();
  #cancelSweep: (() => void) | undefined;
  #stopped = false;

  private constructor(parts: ReplaysParts, documents: ScopedDocuments<Replay>) {
    this.#parts = parts;
    this.readings = new Readings(parts);
    this.#documents = documents;
  }

  /** Opens the routes of those replays whose logs exist. To be done before any log is routed. */
  static async open(parts: ReplaysParts): Promise<Replays> {
    const documents = await ScopedDocuments.open<Replay>(parts.storage.catalog, KIND);
    const replays = new Replays(parts, documents);
    const logs = new Set((await parts.storage.log.list()).map(({ log }) => log).filter(isReplayLog));
    for (const replay of documents.all()) {
      if (hasEnded(replay) && !logs.has(replay.log)) continue;
      parts.book.open(replay);
      replays.#runs.set(replay.uid, replays.#run(replay));
    }
    return replays;
  }

  /** Goes on with what an earlier run has left. */
  start(): void {
    for (const run of this.#runs.values()) this.#go(run);
    this.#sweepLater();
  }

  get(scope: Scope, name: string): Replay | undefined {
    const document = this.#documents.get(scope, name)?.document;
    return document && this.#current(document);
  }

  /** The replays of a scope, by name. */
  list(scope: Scope): Replay[] {
    return this.#documents.list(scope).map((replay) => this.#current(replay));
  }

  /** Replays that have not ended. */
  active(): Replay[] {
    return [...this.#runs.values()].map(({ replay }) => replay).filter((replay) => !hasEnded(replay));
  }

  /** Whether a batch is on its way. */
  get busy(): boolean {
    for (const run of this.#runs.values()) if (run.working) return true;
    return false;
  }

  /** Accepts a replay, durably; it then goes on by itself. Rejects with the store's error. */
  async begin({ account, region, name, description, plan }: ReplayStart): Promise<ReplayStarted> {
    const scope = { account, region };
    if (this.#documents.get(scope, name)) return { status: 'taken' };
    if (this.#full(scope)) return { status: 'full' };
    const uid = this.#parts.random.uuid();
    const arn = formatArn('events', region, account, `replay/${name}`);
    const startedAt = this.#parts.clock.now();
    const head = { ...scope, name, arn, uid, log: replayLog(uid, name), description, plan };
    const replay: Replay = { ...head, state: 'STARTING', startedAt, replayed: 0 };
    const release = this.#reserve(scope);
    try {
      if (!(await this.#documents.put(replay, 'absent'))) return { status: 'taken' };
    } finally {
      release();
    }
    if (this.#stopped) return { status: 'started', replay };
    this.#parts.book.open(replay);
    const run = this.#run(replay);
    this.#runs.set(uid, run);
    this.#go(run);
    return { status: 'started', replay };
  }

  /** Begins to cancel a replay; undefined unless it is active. Rejects with the store's error. */
  async cancel({ uid }: Replay): Promise<Replay | undefined> {
    const run = this.#runs.get(uid);
    return (await run?.cancel()) ? run!.replay : undefined;
  }

  /** Appends nothing from here on; resolves once what is under way has ended and every place is saved. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelSweep?.();
    await Promise.all([...this.#runs.values()].map((run) => run.stop()));
    this.#documents.close();
  }

  /** A run knows more than its document. */
  #current(document: Replay): Replay {
    return this.#runs.get(document.uid)?.replay ?? document;
  }

  #run(replay: Replay): ReplayRun {
    const write = async (document: Replay): Promise<void> => {
      await this.#documents.put(document, undefined);
    };
    const { account, region, plan } = replay;
    const archive = plan.archiveArn.slice(plan.archiveArn.indexOf('/') + 1);
    const replayed = this.#parts.metrics.counter('replayed_events', { account, region, archive });
    return new ReplayRun({ ...this.#parts, replayed, write }, replay);
  }

  #go(run: ReplayRun): void {
    run.run().then(
      () => {
        if (!this.#stopped) this.#runs.delete(run.replay.uid);
      },
      // A bug: the replay stands still until the next start, and everything else goes on.
      (error: unknown) => this.#parts.trouble.report(error, `replaying ${run.replay.arn}`),
    );
  }

  #full(scope: Scope): boolean {
    const active = this.active().filter(isActive);
    const own = active.filter(({ account, region }) => account === scope.account && region === scope.region);
    let starting = 0;
    for (const count of this.#starting.values()) starting += count;
    return (
      own.length + (this.#starting.get(scopeOf(scope)) ?? 0) >= limits.activeReplays ||
      active.length + starting >= limits.activeReplaysInAll
    );
  }

  #reserve(scope: Scope): () => void {
    const key = scopeOf(scope);
    this.#starting.set(key, (this.#starting.get(key) ?? 0) + 1);
    return () => {
      const left = this.#starting.get(key)! - 1;
      if (left > 0) this.#starting.set(key, left);
      else this.#starting.delete(key);
    };
  }

  #sweepLater(): void {
    const { clock, trouble } = this.#parts;
    this.#cancelSweep = clock.after(
      limits.replaySweepMs,
      () => {
        void this.sweep().then(
          () => this.#stopped || this.#sweepLater(),
          (error: unknown) => {
            trouble.report(error, 'forgetting old replays');
            if (!this.#stopped) this.#sweepLater();
          },
        );
      },
      'housekeeping',
    );
  }

  /** Forgets replays that ended long ago, and of each scope those that ended first when there are too many. */
  async sweep(): Promise<void> {
    const before = this.#parts.clock.now() - limits.replayRecordMs;
    const ended = this.#documents.all().filter((replay) => hasEnded(replay) && !this.#runs.has(replay.uid));
    for (const replays of Map.groupBy(ended, scopeOf).values()) {
      const newestFirst = replays.sort((left, right) => right.endedAt! - left.endedAt!);
      for (const [index, replay] of newestFirst.entries()) {
        if (index < limits.replayRecords && replay.endedAt! >= before) continue;
        await this.#documents.remove(replay, undefined);
      }
    }
  }
}

const scopeOf = ({ account, region }: Scope): string => `${account}/${region}`;
