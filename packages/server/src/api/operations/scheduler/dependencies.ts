import type { Clock, Random } from '../../../engine/ports/clock.ts';
import type { TargetConnector } from '../../../engine/ports/connector.ts';
import type { Scheduler } from '../../../engine/scheduler/scheduler.ts';
import type { Arn } from '../../../model/arn.ts';
import type { Deletions } from './deletions.ts';

/** What the operations of the Scheduler work on. */
export interface SchedulerDependencies {
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly random: Random;
  readonly targets: {
    /** The connector that serves an ARN; undefined when there is none. */
    find(arn: Arn): TargetConnector | undefined;
  };
}

/** Dependencies with what the operations share among themselves. */
export interface SchedulerContext extends SchedulerDependencies {
  readonly deletions: Deletions;
}
