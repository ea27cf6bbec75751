import { limits } from '../model/limits.ts';
import type { EventBus, Scope } from '../model/resources.ts';
import type { Catalog } from './catalog.ts';
import type { Ingest } from './ingest/ingest.ts';
import type { LogTail } from './ingest/tail.ts';
import type { Lanes } from './lane/lanes.ts';
import type { Metrics } from './metrics.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { LaneBacklog, LogId, LogState, Position, Storage } from './ports/storage.ts';
import type { Tracing } from './ports/tracing.ts';
import { REDRIVE_LOG } from './deliver/redrive.ts';
import type { RetainedLog } from './retention.ts';
import { ROUTER_CURSOR, type CursorSaver } from './route/cursors.ts';
import { Router } from './route/router.ts';
import type { Audience, RuleBooks } from './route/rule-book.ts';
import { ReplaySubscription } from './replay/replay-route.ts';
import type { ReplayBook } from './replay/replay-book.ts';
import { isReplayLog } from './replay/replay-log.ts';
import type { StorageTrouble } from './storage-trouble.ts';

export interface LogsParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly trouble: StorageTrouble;
  readonly catalog: Catalog;
  readonly books: RuleBooks;
  readonly replays: ReplayBook;
  readonly tail: LogTail;
  readonly ingest: Ingest;
  readonly lanes: Lanes;
  readonly cursors: CursorSaver;
  readonly window: number | undefined;
  /** Undefined unless spans are exported. */
  readonly tracing: Tracing | undefined;
}

const NEVER = new Promise<never>(() => undefined);

/** A log that is routed: a bus's, a directed one, or that of a replay. */
export interface RoutedLog {
  readonly bus: EventBus | undefined;
  readonly router: Router;
}

/** A scope's ticks have a log that no bus owns. The names of buses' logs begin with an account. */
const TICKS = 'ticks.';
const tickLog = ({ account, region }: Scope): LogId => `${TICKS}${account}.${region}`;
export const isTickLog = (log: LogId): boolean => log.startsWith(TICKS);

/**
 * The logs of all buses and their routers. A log lives as long as its bus, and after that as long as a delivery still has
 * to be turned into a dead letter.
 */
export class Logs {
  readonly #parts: LogsParts;
  readonly #routed = new Map<LogId, RoutedLog>();
  /** Appended before the router was there. */
  readonly #early = new Map<LogId, Position>();
  #stopped = false;

  constructor(parts: LogsParts) {
    this.#parts = parts;
  }

  all(): Iterable<RoutedLog> {
    return this.#routed.values();
  }

  /** Takes up everything that the store holds. */
  async load(): Promise<void> {
    const { storage, catalog, lanes, books, cursors } = this.#parts;
    const backlogs = mergeBacklogs(await storage.parked.lanes(), (lane) => this.#homeOf(lane));
    const saved = new Map<LogId, Position>();
    for (const cursor of await storage.log.cursors()) {
      if (cursor.name === ROUTER_CURSOR) saved.set(cursor.log, cursor.position);
    }
    const states = new Map((await storage.log.list()).map((state) => [state.log, state]));
    for (const bus of catalog.allBuses()) {
      const state = states.get(bus.log) ?? (await storage.log.create(bus.log));
      states.delete(bus.log);
      this.#route(bus, state, saved.get(bus.log));
    }
    for (const state of [...states.values()].filter(({ log }) => isTickLog(log))) {
      states.delete(state.log);
      this.#routeTicks(state, saved.get(state.log));
    }
    for (const state of [...states.values()].filter(({ log }) => isReplayLog(log))) {
      if (this.#routeReplay(state, saved.get(state.log))) states.delete(state.log);
    }
    lanes.restore(backlogs, books);
    states.delete(REDRIVE_LOG);
    for (const orphan of states.keys()) void this.retire(orphan);
    cursors.touch();
  }

  /** A bus is new, or changed. */
  add(bus: EventBus): void {
    if (this.#routed.has(bus.log) || this.#stopped) return;
    void this.#create(bus);
  }

  /** The log of a scope's ticks, which is made and routed when it is missing. Rejects with the store's error. */
  async ticksOf(scope: Scope): Promise<LogId> {
    const log = tickLog(scope);
    if (this.#routed.has(log)) return log;
    const state = await this.#parts.storage.log.create(log);
    if (!this.#routed.has(log)) this.#routeTicks(state, undefined);
    return log;
  }

  /** The log of a replay, which is made and routed when it is missing. Rejects with the store's error. */
  async openReplay(log: LogId): Promise<void> {
    if (this.#routed.has(log)) return;
    const state = await this.#parts.storage.log.create(log);
    if (!this.#routed.has(log)) this.#routeReplay(state, undefined);
  }

  /** The bus or the replay is gone. Its log follows once no delivery needs it; resolves then, or never when the engine stops. */
  retire(log: LogId): Promise<void> {
    this.#routed.get(log)?.router.stop();
    this.#routed.delete(log);
    return this.#dropUnused(log);
  }

  wake(log: LogId, next: Position): void {
    const routed = this.#routed.get(log);
    if (routed) routed.router.wake(next);
    else this.#early.set(log, next);
    this.#parts.cursors.touch();
  }

  /** Routes what a log holds in memory before the rules of its bus change. */
  catchUp(log: LogId | undefined): void {
    if (log !== undefined) this.#routed.get(log)?.router.catchUp();
  }

  /** The position behind a log's newest record; undefined unless it is routed. */
  head(log: LogId): Position | undefined {
    return this.#routed.get(log)?.router.goal;
  }

  /** How far a log is routed, and up to where everything that matched is done or durable; undefined unless it is routed. */
  progress(log: LogId): { readonly routed: Position; readonly settled: Position } | undefined {
    const tracker = this.#routed.get(log)?.router.tracker;
    return tracker && { routed: tracker.head, settled: tracker.cursor };
  }

  /** Whether the ticks of a scope have come to their lanes, up to a position. */
  areTicksRouted(scope: Scope, position: Position): boolean {
    const progress = this.progress(tickLog(scope));
    return progress !== undefined && progress.routed > position;
  }

  /** Whether a router has something to route, and room for it. */
  get routing(): boolean {
    for (const { router } of this.#routed.values()) {
      if (router.behind > 0n && !router.tracker.full) return true;
    }
    return false;
  }

  behind(): bigint {
    let sum = 0n;
    for (const { router } of this.#routed.values()) sum += router.goal - router.tracker.cursor;
    return sum;
  }

  retained(): RetainedLog[] {
    return [...this.#routed.values()].map(({ router }) => ({
      log: router.log,
      cursor: router.tracker.cursor,
      next: router.goal,
      // Nobody looks at a replay's log: it is kept as far as deliveries need it, and its last record, which tells the place.
      meanBytes: isReplayLog(router.log) ? Number.MAX_SAFE_INTEGER : router.meanBytes,
    }));
  }

  stop(): void {
    this.#stopped = true;
    for (const { router } of this.#routed.values()) router.stop();
  }

  /** The log of the bus whose rule the lane belongs to. */
  #homeOf(lane: string): LogId | undefined {
    const subscription = this.#parts.books.subscription(lane);
    if (!subscription) return undefined;
    if (subscription instanceof ReplaySubscription) return subscription.log;
    const { rule, feed } = subscription;
    return feed === 'ticks' ? tickLog(rule) : this.#parts.catalog.bus(rule, rule.bus)?.document.log;
  }

  async #create(bus: EventBus): Promise<void> {
    const { storage, trouble, clock, catalog } = this.#parts;
    try {
      const state = await storage.log.create(bus.log);
      // Changed twice, or removed, while the store was asked.
      if (this.#stopped || this.#routed.has(bus.log)) return;
      if (catalog.bus(bus, bus.name)?.document.log !== bus.log) return;
      this.#route(bus, state, undefined);
    } catch (error) {
      trouble.report(error, 'creating a log');
      clock.after(limits.storageRetryMs, () => this.add(bus));
    }
  }

  #route(bus: EventBus, state: LogState, saved: Position | undefined): void {
    const audience = this.#parts.books.matching(bus, bus.name);
    this.#routed.set(bus.log, { bus, router: this.#router(state, saved, audience) });
  }

  #routeTicks(state: LogState, saved: Position | undefined): void {
    const { books } = this.#parts;
    const router = this.#router(state, saved, (record) => books.addressee(record));
    this.#routed.set(state.log, { bus: undefined, router });
  }

  /** False when there is no such replay. */
  #routeReplay(state: LogState, saved: Position | undefined): boolean {
    const audience = this.#parts.replays.audience(state.log);
    if (!audience) return false;
    this.#routed.set(state.log, { bus: undefined, router: this.#router(state, saved, audience) });
    return true;
  }

  #router(state: LogState, saved: Position | undefined, audience: Audience): Router {
    const { storage, clock, logger, metrics, trouble, tail, lanes, cursors, window, tracing } = this.#parts;
    const { log } = state;
    const from = saved !== undefined && saved > state.first ? saved : state.first;
    const early = this.#early.get(log) ?? 0n;
    this.#early.delete(log);
    const goal = early > state.next ? early : state.next;
    const router = new Router(
      log,
      from,
      goal,
      {
        clock,
        logger,
        store: storage.log,
        tail,
        trouble,
        created: metrics.counter('invocations_created'),
        audience,
        tracing,
        open: (subscription, home) => lanes.open(subscription, home),
      },
      window,
    );
    lanes.trackerOf(log, router.tracker);
    cursors.add(log, router.tracker, saved ?? -1n);
    return router;
  }

  async #dropUnused(log: LogId): Promise<void> {
    const { storage, lanes, trouble, clock, tail, ingest, cursors } = this.#parts;
    while (!this.#stopped && lanes.uses(log)) {
      await new Promise<void>((resolve) => clock.after(limits.laneSweepMs, resolve, 'housekeeping'));
    }
    // Of a stopped engine the next run drops it.
    if (this.#stopped) return NEVER;
    // Its cursor is saved up to here: after a crash nothing that has ended is routed again.
    cursors.remove(log);
    tail.drop(log);
    ingest.forget(log);
    lanes.forgetTracker(log);
    this.#early.delete(log);
    try {
      await storage.log.drop(log);
    } catch (error) {
      trouble.report(error, 'dropping a log');
      await new Promise<void>((resolve) => clock.after(limits.storageRetryMs, resolve));
      return this.#dropUnused(log);
    }
  }
}

/**
 * One backlog a lane. The store tells of one for each log that a lane's rows point into: its bus's, and that of redriven
 * events. A lane spills into its bus's log, so that one names it.
 */
function mergeBacklogs(
  backlogs: readonly LaneBacklog[],
  homeOf: (lane: string) => LogId | undefined,
): LaneBacklog[] {
  const merged = new Map<string, LaneBacklog>();
  for (const backlog of backlogs) {
    const before = merged.get(backlog.lane);
    const log = homeOf(backlog.lane) ?? (before && before.log !== REDRIVE_LOG ? before.log : backlog.log);
    merged.set(backlog.lane, {
      lane: backlog.lane,
      log,
      rows: backlog.rows + (before?.rows ?? 0),
      positions: backlog.positions + (before?.positions ?? 0),
      nextDue: Math.min(backlog.nextDue, before?.nextDue ?? Infinity),
    });
  }
  return [...merged.values()];
}
