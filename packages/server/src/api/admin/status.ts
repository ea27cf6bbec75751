import type { Engine } from '../../engine/engine.ts';
import type { Metrics } from '../../engine/metrics.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { ClockMover } from '../../engine/ports/clock-mover.ts';
import type { BusStatus, EngineStatus, LaneStatus } from '../../engine/status.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRequest, AdminRoute } from './admin-route.ts';
import { iso } from './dead-letter-view.ts';
import { replaySummary } from './replay-view.ts';
import { numberParameter, onlyParameters } from './parameters.ts';
import { maySee } from './visibility.ts';

/** A queue and how many messages it holds. */
export interface QueueDepth {
  readonly arn: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

export interface StatusParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly version: string;
  /** In development mode: moves the clock. */
  readonly mover: ClockMover | undefined;
  /** At most `max` of the queues that the filter lets through, and how many these are in all. */
  readonly queues: (
    filter: (arn: string) => boolean,
    max: number,
  ) => Promise<{ readonly depths: readonly QueueDepth[]; readonly count: number }>;
}

const MS_PER_SECOND = 1_000;

/**
 * `GET /_busbar/status?sampleMs=`: buses, lanes, replays, queues and totals. With `sampleMs` it watches the buses for that long
 * and tells their rates too. Lists hold the busiest `limits.adminPageItems`; counts tell how many there are.
 */
export function status(parts: StatusParts): AdminRoute {
  const { engine, clock } = parts;
  return {
    method: 'GET',
    path: '/status',
    summary: 'what the daemon is doing: buses, lanes, replays, queues, totals',
    async run(request) {
      onlyParameters(request.query, ['sampleMs']);
      const sampleMs = numberParameter(request.query, 'sampleMs', 0, limits.statusSampleMs) ?? 0;
      const started = clock.now();
      const before = sampleMs === 0 ? undefined : engine.status();
      if (before) await new Promise<void>((resolve) => clock.after(sampleMs, resolve));
      const seconds = (clock.now() - started) / MS_PER_SECOND;
      return { value: await describe(parts, request, engine.status(), before, seconds) };
    },
  };
}

async function describe(
  { engine, metrics, version, queues }: StatusParts,
  request: AdminRequest,
  now: EngineStatus,
  before: EngineStatus | undefined,
  seconds: number,
): Promise<object> {
  const heads = new Map(before?.buses.map(({ log, head }) => [log, head]));
  const buses = now.buses.filter(({ bus }) => maySee(request, bus));
  const lanes = now.lanes.filter(({ rule }) => maySee(request, rule));
  const replays = engine.replays.active().filter(({ arn }) => maySee(request, arn));
  const backlogs = await engine.backlogs();
  const { depths, count } = await queues((arn) => maySee(request, arn), limits.adminPageItems);
  return {
    version,
    buses: busiest(buses).map((bus) => busView(bus, heads.get(bus.log), before ? seconds : 0)),
    busCount: buses.length,
    lanes: lanes.map((lane) => laneView(lane, backlogs.get(lane.lane) ?? 0)),
    laneCount: request.seesAll ? now.laneCount : lanes.length,
    replays: replays.slice(0, limits.adminPageItems).map(replaySummary),
    replayCount: replays.length,
    queues: depths,
    queueCount: count,
    // Sums over all accounts are the operator's alone.
    ...(request.seesAll
      ? {
          totals: {
            published:
              metrics.total('put_events_entries_count') - metrics.total('put_events_failed_entries_count'),
            deliveries: metrics.total('invocations_created'),
            delivered: metrics.total('successful_invocation_attempts'),
            retries: metrics.total('retry_invocation_attempts'),
            failed: metrics.total('failed_invocations'),
            deadLetters: await engine.deadLetters.count(),
          },
          memory: now.memory,
        }
      : {}),
  };
}

const busiest = (buses: readonly BusStatus[]): BusStatus[] =>
  buses
    .toSorted((a, b) => (a.lag === b.lag ? (a.bus < b.bus ? -1 : 1) : a.lag > b.lag ? -1 : 1))
    .slice(0, limits.adminPageItems);

function busView(bus: BusStatus, headBefore: bigint | undefined, seconds: number): object {
  const rate =
    headBefore === undefined || seconds === 0
      ? undefined
      : Math.round((Number(bus.head - headBefore) / seconds) * 10) / 10;
  return {
    bus: bus.bus,
    head: String(bus.head),
    routed: String(bus.routed),
    cursor: String(bus.cursor),
    lag: String(bus.lag),
    eventsPerSecond: rate,
  };
}

function laneView({ rule, target, ...lane }: LaneStatus, onDisk: number): object {
  const { lastError, probeAt } = lane;
  return {
    rule,
    target,
    replay: lane.replay,
    pending: lane.pending,
    underWay: lane.underWay,
    // Deliveries in memory may have a place on disk as well; a few are then counted twice.
    backlog: onDisk + lane.spilled,
    breaker: lane.breaker,
    probeAt: probeAt === undefined ? undefined : iso(probeAt),
    faults: lane.faults,
    pace: lane.pace,
    lastError: lastError && { ...lastError, at: iso(lastError.at) },
  };
}
