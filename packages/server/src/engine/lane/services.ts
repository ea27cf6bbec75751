import type { DeadLetters } from '../deliver/dead-letter.ts';
import type { Compat } from '../deliver/fault.ts';
import type { RecentDeliveries } from '../deliver/recent-deliveries.ts';
import type { LogThrottle } from '../log-throttle.ts';
import type { HistogramHandle } from '../metrics.ts';
import type { Random } from '../ports/clock.ts';
import type { TargetConnector } from '../ports/connector.ts';
import type { Tracing } from '../ports/tracing.ts';
import type { AttemptGroups } from './attempt.ts';
import type { BacklogParts } from './backlog.ts';
import type { Budget } from './budget.ts';
import type { DueTimes } from './due-times.ts';
import type { Lane } from './lane.ts';

/** What all lanes share. */
export interface LaneServices extends BacklogParts {
  readonly random: Random;
  readonly budget: Budget;
  readonly due: DueTimes;
  readonly groups: AttemptGroups;
  readonly deadLetters: DeadLetters;
  /** Whose habit retries follow. */
  readonly compat: Compat;
  /** Says what failed for good, a line a batch. */
  readonly burialLog: LogThrottle;
  readonly recent: RecentDeliveries;
  /** Undefined unless spans are exported. */
  readonly tracing: Tracing | undefined;
  readonly connectors: readonly TargetConnector[];
  readonly startLatency: HistogramHandle;
  readonly successLatency: HistogramHandle;
  /** Has the lane looked over by the sweep while it holds anything. */
  watch(lane: Lane): void;
}
