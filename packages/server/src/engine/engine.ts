import { limits } from '../model/limits.ts';
import type { Archives } from './archive/archives.ts';
import { openArchives } from './archive/assemble.ts';
import { Catalog, type CatalogChange } from './catalog.ts';
import { DeadLetters } from './deliver/dead-letter.ts';
import type { Compat } from './deliver/fault.ts';
import { Forwarder } from './deliver/forward.ts';
import { RecentDeliveries } from './deliver/recent-deliveries.ts';
import { Redrives } from './deliver/redrive.ts';
import { Ingest } from './ingest/ingest.ts';
import { LiveReaders } from './ingest/live-readers.ts';
import { LogTail } from './ingest/tail.ts';
import { AttemptGroups } from './lane/attempt.ts';
import { Budget, defaultBounds, type BudgetBounds } from './lane/budget.ts';
import { DueTimes } from './lane/due-times.ts';
import { Lanes } from './lane/lanes.ts';
import { Ledger } from './lane/ledger.ts';
import { Logs } from './logs.ts';
import { LogThrottle } from './log-throttle.ts';
import type { Metrics } from './metrics.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { TargetConnector } from './ports/connector.ts';
import type { EventForwarder } from './ports/event-forwarder.ts';
import type { Logger } from './ports/logger.ts';
import type { QueueSender } from './ports/queue-sender.ts';
import type { DeadLetterStore, LogId, Storage } from './ports/storage.ts';
import { openReplays } from './replay/assemble.ts';
import { ReplayBook } from './replay/replay-book.ts';
import type { Replays } from './replay/replays.ts';
import type { Clockwork } from './schedule/clockwork.ts';
import type { RuleSchedules } from './schedule/rule-schedules.ts';
import { assembleTime } from './scheduler/assemble.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { Tracing } from './ports/tracing.ts';
import { Retention } from './retention.ts';
import { CursorSaver } from './route/cursors.ts';
import { RuleBooks } from './route/rule-book.ts';
import { breakerCounts, breakerStates, statusOf, type EngineStatus } from './status.ts';
import { StorageTrouble } from './storage-trouble.ts';
import { Tracer } from './trace/trace.ts';

/** What can be set; everything else is a limit. */
export interface EngineOptions {
  readonly attemptTimeoutMs?: number | undefined;
  readonly logRetentionMs?: number | undefined;
  readonly logRetentionBytes?: number | undefined;
  readonly ingestInFlightBytes?: number | undefined;
  readonly logTailBytes?: number | undefined;
  readonly routerWindowPositions?: number | undefined;
  readonly lanes?: Partial<BudgetBounds> | undefined;
  readonly compat?: Compat | undefined;
}

export interface EngineParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The ways out, asked for once: a bus as a target needs the engine's forwarder. */
  readonly targets: (engine: { readonly forwarder: EventForwarder }) => readonly TargetConnector[];
  readonly queueSender: QueueSender;
  readonly tracing?: Tracing | undefined;
  readonly options?: EngineOptions | undefined;
}

/** The pieces that `Engine.start` puts together. */
interface Machinery {
  readonly parts: EngineParts;
  readonly catalog: Catalog;
  readonly ingest: Ingest;
  readonly forwarder: Forwarder;
  readonly books: RuleBooks;
  readonly ledger: Ledger;
  readonly budget: Budget;
  readonly groups: AttemptGroups;
  readonly lanes: Lanes;
  readonly logs: Logs;
  readonly cursors: CursorSaver;
  readonly retention: Retention;
  readonly redrives: Redrives;
  readonly replays: Replays;
  readonly live: LiveReaders;
  readonly recent: RecentDeliveries;
  readonly deadLetters: DeadLetters;
  readonly connectors: readonly TargetConnector[];
  readonly clockwork: Clockwork;
  readonly ruleSchedules: RuleSchedules;
  readonly scheduler: Scheduler;
  readonly archives: Archives;
}

/** The event router of one store: what is published goes into logs, routers read them, lanes deliver. */
export class Engine {
  readonly catalog: Catalog;
  readonly ingest: Ingest;
  readonly forwarder: EventForwarder;
  readonly deadLetters: DeadLetterStore;
  /** Tries dead letters again. */
  readonly redrives: Redrives;
  /** The ways out. */
  readonly connectors: readonly TargetConnector[];
  /** Looks at logs live. */
  readonly live: LiveReaders;
  /** Groups and schedules of the Scheduler. */
  readonly scheduler: Scheduler;
  /** Replays of archives. */
  readonly replays: Replays;
  readonly archives: Archives;
  /** Follows single events. */
  readonly tracer: Tracer;
  readonly #machinery: Machinery;
  readonly #unwatch: () => void;
  #stopping: Promise<void> | undefined;

  private constructor(machinery: Machinery) {
    this.#machinery = machinery;
    this.catalog = machinery.catalog;
    this.ingest = machinery.ingest;
    this.forwarder = machinery.forwarder;
    this.deadLetters = machinery.parts.storage.deadLetters;
    this.redrives = machinery.redrives;
    this.live = machinery.live;
    this.scheduler = machinery.scheduler;
    this.replays = machinery.replays;
    this.archives = machinery.archives;
    this.connectors = machinery.connectors;
    this.tracer = new Tracer({ ...machinery, storage: machinery.parts.storage });
    this.#unwatch = machinery.catalog.onChange((change) => this.#onChange(change));
  }

  /**
   * Starts the engine on a store: makes sure that every bus has its log and drops logs without a bus, takes up pending
   * deliveries and routes on from the saved cursors. Rejects with the store's error when it cannot be read.
   */
  static async start(parts: EngineParts): Promise<Engine> {
    const machinery = await assemble(parts);
    const engine = new Engine(machinery);
    await machinery.scheduler.recall();
    await machinery.archives.recall();
    await machinery.logs.load();
    await machinery.redrives.load();
    for (const rule of machinery.books.allScheduled()) machinery.ruleSchedules.changed(rule);
    machinery.clockwork.start();
    await machinery.scheduler.start();
    machinery.replays.start();
    machinery.retention.start();
    registerGauges(parts, machinery);
    return engine;
  }

  status(): EngineStatus {
    const { logs, lanes, budget, ingest } = this.#machinery;
    return statusOf(logs.all(), lanes.all(), budget, ingest.inFlightBytes);
  }

  /** Whether anything is being fired, routed or sent. */
  get busy(): boolean {
    const { clockwork, ingest, logs, lanes, replays } = this.#machinery;
    return clockwork.busy || replays.busy || ingest.inFlightBytes > 0 || logs.routing || lanes.sending;
  }

  /** Deliveries on disk by lane, whether they were tried or not. */
  async backlogs(): Promise<ReadonlyMap<string, number>> {
    const backlogs = new Map<string, number>();
    for (const { lane, positions } of await this.#machinery.parts.storage.parked.lanes()) {
      backlogs.set(lane, (backlogs.get(lane) ?? 0) + positions);
    }
    return backlogs;
  }

  /** Removes old events, also those of archives, and dead letters now; otherwise that happens every `limits.retentionIntervalMs`. */
  runRetention(): Promise<void> {
    return this.#machinery.retention.run();
  }

  /**
   * Stops routing, lets sends that are under way end for at most `drainMs`, and keeps what is still in memory: behind the
   * cursors or in durable rows. The store stays open: it is its owner's.
   */
  stop(drainMs: number): Promise<void> {
    this.#stopping ??= this.#stop(drainMs);
    return this.#stopping;
  }

  async #stop(drainMs: number): Promise<void> {
    const { logs, lanes, ledger, groups, cursors, retention, catalog, live } = this.#machinery;
    const { clockwork, ruleSchedules, scheduler, archives, replays } = this.#machinery;
    this.#unwatch();
    live.stop();
    ruleSchedules.stop();
    scheduler.stop();
    await clockwork.stop();
    await replays.stop();
    logs.stop();
    lanes.stop();
    cursors.stop();
    await retention.stop();
    await this.#drained(drainMs);
    lanes.handBack();
    groups.abortAll();
    ledger.stop();
    await ledger.idle();
    await cursors.save();
    lanes.close();
    archives.close();
    catalog.close();
  }

  /** Resolves when no send is under way, at the latest after `drainMs`. */
  async #drained(drainMs: number): Promise<void> {
    const { lanes, parts } = this.#machinery;
    const end = parts.clock.now() + drainMs;
    while (lanes.held > 0 && parts.clock.now() < end) {
      const pause = Math.min(limits.drainPollMs, end - parts.clock.now());
      await new Promise<void>((resolve) => parts.clock.after(pause, resolve));
    }
  }

  #onChange(change: CatalogChange): void {
    const { books, logs, catalog, ruleSchedules } = this.#machinery;
    const bus = change.kind === 'bus' ? change.bus : catalog.bus(change.rule, change.rule.bus)?.document;
    logs.catchUp(bus?.log);
    books.apply(change);
    if (change.kind === 'rule') {
      ruleSchedules.changed(change.rule);
      return;
    }
    if (change.removed) void logs.retire(change.bus.log);
    else logs.add(change.bus);
    this.live.wake(change.bus.log);
  }
}

async function assemble(parts: EngineParts): Promise<Machinery> {
  const { storage, clock, random, logger, metrics, options = {} } = parts;
  const trouble = new StorageTrouble(logger, metrics);
  const catalog = await Catalog.open(storage, clock, random);
  const books = new RuleBooks(metrics, logger);
  books.load(catalog);
  const tail = new LogTail(options.logTailBytes);
  const cursors = new CursorSaver(storage.log, clock, trouble);
  let wake: (log: LogId, next: bigint) => void = () => undefined;
  const ingest = new Ingest({
    log: storage.log,
    tail,
    trouble,
    appended: (log, next) => wake(log, next),
    maxInFlightBytes: options.ingestInFlightBytes ?? limits.ingestInFlightBytes,
  });
  const forwarder = new Forwarder({ catalog, ingest, clock, random });
  const { archives, capture } = await openArchives({ ...parts, catalog, trouble });
  const connectors = [capture, ...parts.targets({ forwarder })];
  const delivery = assembleLanes(parts, trouble, connectors);
  const { lanes } = delivery;
  const book = new ReplayBook(books, lanes);
  books.listener = book;
  books.replays = book;
  const window = options.routerWindowPositions;
  const shared = { storage, clock, logger, metrics, trouble, tracing: parts.tracing };
  const logs = new Logs({ ...shared, catalog, books, replays: book, tail, ingest, lanes, cursors, window });
  const live = new LiveReaders({ store: storage.log, clock, head: (log) => logs.head(log) });
  wake = (log, next) => {
    logs.wake(log, next);
    live.wake(log);
  };
  const { deadLetters } = delivery;
  const time = assembleTime({ ...parts, trouble, ingest, books, logs, lanes });
  const { schedules, remains } = time.scheduler;
  const letters = { deadLetters, connectors, schedules, remains };
  const redrives = new Redrives({ storage, clock, catalog, books, lanes, ...letters });
  const replays = await openReplays({ ...shared, random, catalog, ingest, logs, lanes, books, book });
  const retention = assembleRetention(parts, { trouble, logs, redrives, deadLetters, archives });
  return {
    parts,
    catalog,
    ingest,
    forwarder,
    books,
    logs,
    cursors,
    retention,
    redrives,
    replays,
    archives,
    live,
    ...time,
    ...delivery,
  };
}

function assembleRetention(
  { storage, clock, options = {} }: EngineParts,
  {
    trouble,
    logs,
    redrives,
    deadLetters,
    archives,
  }: Pick<Machinery, 'logs' | 'redrives' | 'deadLetters' | 'archives'> & { readonly trouble: StorageTrouble },
): Retention {
  return new Retention({
    storage,
    clock,
    trouble,
    logs: () => [...logs.retained(), ...redrives.retained()],
    trimDeadLetters: () => deadLetters.trim(),
    trimArchives: (isOver) => archives.trim(isOver),
    retentionMs: options.logRetentionMs ?? limits.logRetentionMs,
    retentionBytes: options.logRetentionBytes ?? limits.logRetentionBytes,
  });
}

/** The delivering half: everything behind a match. */
function assembleLanes(
  { storage, clock, random, logger, metrics, queueSender, tracing, options = {} }: EngineParts,
  trouble: StorageTrouble,
  connectors: readonly TargetConnector[],
) {
  const ledger = new Ledger(storage.parked, clock, trouble);
  const budget = new Budget({ ...defaultBounds, ...options.lanes });
  const timeoutMs = options.attemptTimeoutMs ?? limits.attemptTimeoutMs;
  const groups = new AttemptGroups(timeoutMs);
  const store = storage.deadLetters;
  const deadLetters = new DeadLetters({ store, queueSender, clock, random, trouble, timeoutMs });
  const services = {
    clock,
    random,
    logger,
    trouble,
    log: storage.log,
    parked: storage.parked,
    ledger,
    budget,
    groups,
    due: new DueTimes(clock),
    deadLetters,
    recent: new RecentDeliveries(),
    tracing,
    compat: options.compat ?? 'busbar',
    burialLog: new LogThrottle(logger, clock),
    connectors,
    startLatency: metrics.histogram('ingestion_to_invocation_start_latency_milliseconds'),
    successLatency: metrics.histogram('ingestion_to_invocation_success_latency_milliseconds'),
  };
  const lanes = new Lanes(services, metrics);
  return { ledger, budget, groups, deadLetters, lanes, recent: services.recent, connectors };
}

function registerGauges({ metrics, storage }: EngineParts, { lanes, logs, replays }: Machinery): void {
  metrics.gauge('lanes', () => lanes.size);
  metrics.gauge('lane_breakers', () => breakerCounts(lanes.all()));
  metrics.gauge('lane_breaker_state', () => breakerStates(lanes.all()));
  metrics.gauge('lane_backlog_positions', async () =>
    (await storage.parked.lanes()).reduce((sum, { positions }) => sum + positions, 0),
  );
  metrics.gauge('replays', () => replays.active().length);
  metrics.gauge('timers', () => storage.timers.count());
  metrics.gauge('dead_letters', () => storage.deadLetters.count());
  metrics.gauge('log_positions_behind', () => Number(logs.behind()));
}
