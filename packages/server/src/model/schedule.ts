import type { RetryPolicy, RuleState, Scope, Tag } from './resources.ts';

/** The resource documents of the Scheduler. */

export interface ScheduleGroup extends Scope {
  readonly name: string;
  readonly arn: string;
  readonly state: 'ACTIVE' | 'DELETING';
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly tags: readonly Tag[];
  readonly request?: AnsweredRequest | undefined;
}

/** The request that made a resource what it is: the same one again is answered alike. */
export interface AnsweredRequest {
  readonly token: string;
  /** A digest of its input. */
  readonly input: string;
  readonly at: number;
}

export interface FlexibleTimeWindow {
  readonly Mode: 'OFF' | 'FLEXIBLE';
  readonly MaximumWindowInMinutes?: number;
}

/** A schedule's target as the API gives it. */
export interface ScheduleTargetInput {
  readonly Arn: string;
  readonly RoleArn: string;
  readonly Input?: string;
  readonly RetryPolicy?: RetryPolicy;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  readonly EventBridgeParameters?: { readonly DetailType: string; readonly Source: string };
  readonly KinesisParameters?: { readonly PartitionKey: string };
  readonly [block: string]: unknown;
}

/** A schedule's target with the retry policy filled in. */
export interface ScheduleTarget extends ScheduleTargetInput {
  readonly RetryPolicy: Required<RetryPolicy>;
}

/** What becomes of a tick that comes while an earlier execution is still being tried; undefined lets it go its way. */
export type OverlapPolicy = 'SKIP' | 'BUFFER_ONE';

/** Why an operator has disabled a schedule, and since when. */
export interface Pause {
  readonly reason: string;
  readonly at: number;
}

export interface Schedule extends Scope {
  /** Names this incarnation. */
  readonly uid: string;
  /** Another one with every write: a timer of an earlier one fires nothing. */
  readonly revision: string;
  readonly group: string;
  readonly name: string;
  readonly arn: string;
  readonly state: Extract<RuleState, 'ENABLED' | 'DISABLED'>;
  readonly expression: string;
  readonly timezone: string;
  readonly flexibleTimeWindow: FlexibleTimeWindow;
  readonly target: ScheduleTarget;
  readonly actionAfterCompletion: 'NONE' | 'DELETE';
  readonly description?: string | undefined;
  readonly kmsKeyArn?: string | undefined;
  /** Milliseconds since the epoch, as are the others. */
  readonly startAt?: number | undefined;
  readonly endAt?: number | undefined;
  /** What a rate counts from, where that is not the last change. */
  readonly anchorAt?: number | undefined;
  /** Busbar's own; clients of AWS neither see nor change it. */
  readonly overlap?: OverlapPolicy | undefined;
  /** Only of a schedule that is disabled. */
  readonly paused?: Pause | undefined;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly request?: AnsweredRequest | undefined;
}
