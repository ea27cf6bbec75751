import { limits } from '../model/limits.ts';
import type { PaceSettings } from '../model/resources.ts';
import type { Fault } from './deliver/fault.ts';
import type { Budget } from './lane/budget.ts';
import type { LaneError } from './deliver/verdict.ts';
import type { Lane } from './lane/lane.ts';
import type { RoutedLog } from './logs.ts';
import type { EventBus } from '../model/resources.ts';
import type { Router } from './route/router.ts';

export interface BusStatus {
  readonly bus: string;
  readonly log: string;
  /** The position behind the newest event, the next that is routed, and the one before which everything is done. */
  readonly head: bigint;
  readonly routed: bigint;
  readonly cursor: bigint;
  /** Positions between cursor and head. */
  readonly lag: bigint;
}

export interface LaneStatus {
  readonly lane: string;
  readonly rule: string;
  readonly target: string;
  /** Deliveries in memory, and sends under way. */
  readonly pending: number;
  readonly underWay: number;
  /** Durable rows, and positions that are about to get one. */
  readonly rows: number;
  readonly spilled: number;
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** Failed attempts since the start, by their fault. */
  readonly faults: Readonly<Record<Fault, number>>;
  readonly pace: PaceSettings;
  readonly lastError: LaneError | undefined;
}

export interface EngineStatus {
  readonly buses: readonly BusStatus[];
  /** At most `limits.statusLanes`, those with the most to do first. */
  readonly lanes: readonly LaneStatus[];
  readonly laneCount: number;
  readonly memory: {
    readonly deliveries: number;
    readonly peakDeliveries: number;
    readonly bytes: number;
    readonly peakBytes: number;
    readonly ingestBytes: number;
  };
}

/** What the engine is doing right now, from memory alone. */
export function statusOf(
  logs: Iterable<RoutedLog>,
  lanes: Iterable<Lane>,
  budget: Budget,
  ingestBytes: number,
): EngineStatus {
  const all = [...lanes];
  const busiest = all
    .map((lane) => ({ lane, weight: lane.held + lane.backlog.rows + lane.backlog.spilled }))
    .sort((left, right) => right.weight - left.weight)
    .slice(0, limits.statusLanes);
  return {
    buses: [...logs].flatMap(({ bus, router }) => (bus ? [busStatus(bus, router)] : [])),
    lanes: busiest.map(({ lane }) => laneStatus(lane)),
    laneCount: all.length,
    memory: {
      deliveries: budget.deliveries,
      peakDeliveries: budget.peakDeliveries,
      bytes: budget.bytes,
      peakBytes: budget.peakBytes,
      ingestBytes,
    },
  };
}

function busStatus(bus: EventBus, router: Router): BusStatus {
  const { cursor, head } = router.tracker;
  return {
    bus: bus.arn,
    log: bus.log,
    head: router.goal,
    routed: head,
    cursor,
    lag: router.goal - cursor,
  };
}

function laneStatus(lane: Lane): LaneStatus {
  return {
    lane: lane.id,
    rule: lane.origin.rule,
    target: lane.origin.target,
    pending: lane.held,
    underWay: lane.underWay,
    rows: lane.backlog.rows,
    spilled: lane.backlog.spilled,
    breaker: lane.breaker.state,
    faults: { ...lane.subscription.faults },
    pace: lane.subscription.pace,
    lastError: lane.lastError,
  };
}
