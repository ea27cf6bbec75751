import type { Clock, Random } from '../../../engine/ports/clock.ts';
import type { Scheduler } from '../../../engine/scheduler/scheduler.ts';
import type { Deletions } from './deletions.ts';

/** What the operations of the Scheduler work on. */
export interface SchedulerDependencies {
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly random: Random;
}

/** Dependencies with what the operations share among themselves. */
export interface SchedulerContext extends SchedulerDependencies {
  readonly deletions: Deletions;
}
