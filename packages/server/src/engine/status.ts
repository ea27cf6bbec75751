import { limits } from '../model/limits.ts';
import type { PaceSettings } from '../model/resources.ts';
import type { Fault } from './deliver/fault.ts';
import type { Budget } from './lane/budget.ts';
import type { LaneError } from './deliver/verdict.ts';
import type { Lane } from './lane/lane.ts';
import type { GaugeValue } from './exposition.ts';
import { ReplaySubscription } from './replay/replay-route.ts';
import { readDetour } from './route/detour.ts';
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
  /** The name of the replay whose events it delivers. */
  readonly replay: string | undefined;
  readonly rule: string;
  readonly target: string;
  /** Deliveries in memory, and sends under way. */
  readonly pending: number;
  readonly underWay: number;
  /** Durable rows, and positions that are about to get one. */
  readonly rows: number;
  readonly spilled: number;
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** When an open breaker lets the next probe through. */
  readonly probeAt: number | undefined;
  /** Failed attempts since the start, by their fault. */
  readonly faults: Readonly<Record<Fault, number>>;
  readonly pace: PaceSettings;
  readonly lastError: LaneError | undefined;
}

export interface EngineStatus {
  readonly buses: readonly BusStatus[];
  /** At most `limits.statusLanes`: those whose target fails first, then those with the most to do. */
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
    .sort(
      (left, right) => Number(right.lane.probing) - Number(left.lane.probing) || right.weight - left.weight,
    )
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
    replay: lane.subscription instanceof ReplaySubscription ? lane.subscription.replay : undefined,
    rule: lane.origin.rule,
    target: lane.origin.target,
    pending: lane.held,
    underWay: lane.underWay,
    rows: lane.backlog.rows,
    spilled: lane.backlog.spilled,
    breaker: lane.breaker.state,
    probeAt: lane.breaker.state === 'open' ? lane.breaker.until : undefined,
    faults: { ...lane.subscription.faults },
    pace: lane.subscription.pace,
    lastError: lane.lastError,
  };
}

const BREAKER_VALUES = { closed: 0, 'half-open': 1, open: 2 } as const;

/** How many lanes have their breaker in each state. */
export function breakerCounts(lanes: Iterable<Lane>): GaugeValue[] {
  const counts = { closed: 0, 'half-open': 0, open: 0 };
  for (const { breaker } of lanes) counts[breaker.state]++;
  return Object.entries(counts).map(([state, value]) => ({ labels: { state }, value }));
}

/** The state of each lane's breaker, for the first `limits.metricSeries` lanes. */
export function breakerStates(lanes: Iterable<Lane>): GaugeValue[] {
  const values: GaugeValue[] = [];
  for (const { id, breaker, subscription } of lanes) {
    // A removed rule may have no names any more; detours and replays have those of the live lane.
    if (subscription.removed || readDetour(id) || subscription instanceof ReplaySubscription) continue;
    if (values.length >= limits.metricSeries) break;
    const { rule, target } = subscription;
    const { account, region, bus, name } = rule;
    const labels = { account, region, bus, rule: name, target_id: target.Id };
    values.push({ labels, value: BREAKER_VALUES[breaker.state] });
  }
  return values;
}
