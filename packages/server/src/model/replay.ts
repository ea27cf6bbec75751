import type { Scope } from './resources.ts';

/**
 * `STARTING` → `RUNNING` → `COMPLETED` or `FAILED`; from the first two, `CANCELLING` → `CANCELLED`.
 */
export type ReplayState = 'STARTING' | 'RUNNING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';

/** Where a replay stands in its archive: behind this event, in the order of event times. */
export interface ReplayPlace {
  /** The event's own time, in milliseconds since the epoch. */
  readonly eventTime: number;
  readonly eventId: string;
}

/** One target of one rule. */
export interface ReplayTarget {
  /** The rule's ARN. */
  readonly rule: string;
  /** The target's `Id`. */
  readonly id: string;
}

/** What is replayed, where to and how fast: settled when a replay starts. */
export interface ReplayPlan {
  readonly archiveArn: string;
  /** The incarnation of the archive: one that is deleted and made again is another one. */
  readonly archiveUid: string;
  /** Event times from here up to and without `until`, in milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** The name of the bus, of the replay's own account and region, whose rules get the events. */
  readonly bus: string;
  /** The incarnation of the bus, by its log. */
  readonly busLog: string;
  /** ARNs of the rules that see the events; absent or empty: all. */
  readonly filterArns?: readonly string[] | undefined;
  /** The one target that gets the events. Busbar's own, like all that follow. */
  readonly target?: ReplayTarget | undefined;
  /** Only events that match this pattern, or the one of this id. */
  readonly pattern?: string | undefined;
  readonly eventId?: string | undefined;
  /** At most so many events a second; or so many times as fast as the events came. */
  readonly ratePerSecond?: number | undefined;
  readonly speed?: number | undefined;
}

export interface Replay extends Scope {
  readonly name: string;
  readonly arn: string;
  /** Names this incarnation. */
  readonly uid: string;
  /** The log of its own that the events go through. */
  readonly log: string;
  readonly description?: string | undefined;
  readonly plan: ReplayPlan;
  readonly state: ReplayState;
  readonly stateReason?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  /** As it was saved last: the log may be ahead of it. */
  readonly place?: ReplayPlace | undefined;
  /** Events that went into the log. */
  readonly replayed: number;
  /** The time of the latest of them. */
  readonly lastReplayedAt?: number | undefined;
}

export const isActive = ({ state }: Replay): boolean => state === 'STARTING' || state === 'RUNNING';
export const hasEnded = ({ state }: Replay): boolean =>
  state === 'COMPLETED' || state === 'CANCELLED' || state === 'FAILED';
