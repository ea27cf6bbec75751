/** The resource documents of the catalog. Names of members are the project's own; operations map them to AWS's. */

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Where a resource lives. `${account}/${region}` prefixes every catalog key. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

export interface EventBus extends Scope {
  readonly name: string;
  readonly arn: string;
  /** The log of this incarnation of the bus. */
  readonly log: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly description?: string | undefined;
  readonly kmsKeyIdentifier?: string | undefined;
  readonly deadLetterArn?: string | undefined;
  readonly logConfig?: { readonly IncludeDetail?: string; readonly Level?: string } | undefined;
  /** The resource policy's JSON text. */
  readonly policy?: string | undefined;
  readonly eventSourceName?: string | undefined;
  readonly tags: readonly Tag[];
}

export type RuleState = 'ENABLED' | 'DISABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

/** A rule with its targets: one document, so that one compare-and-set changes it. */
export interface Rule extends Scope {
  /** Names this incarnation: lanes and parked deliveries of a rule that was deleted never meet its successor. */
  readonly uid: string;
  readonly bus: string;
  readonly name: string;
  readonly arn: string;
  readonly state: RuleState;
  readonly eventPattern?: string | undefined;
  readonly scheduleExpression?: string | undefined;
  /** From when the schedule counts, in milliseconds since the epoch. Absent while nothing ticks. */
  readonly scheduledAt?: number | undefined;
  readonly description?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly managedBy?: string | undefined;
  readonly createdBy: string;
  readonly tags: readonly Tag[];
  readonly targets: readonly TargetSettings[];
  /** Events below this position of the bus's log were published before the rule existed. A decimal bigint. */
  readonly since: string;
}

export interface RetryPolicy {
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
}

export interface InputTransformer {
  readonly InputPathsMap?: Readonly<Record<string, string>>;
  readonly InputTemplate: string;
}

/** How fast a target may be called: the members of its block `BusbarParameters` that are not the connector's. */
export interface PaceSettings {
  readonly MaximumRatePerSecond?: number;
  readonly MaximumConcurrency?: number;
}

/** A rule's target exactly as the API gave it: stored and returned untouched. */
export interface TargetSettings {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: InputTransformer;
  readonly RetryPolicy?: RetryPolicy;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  /** The other parameter blocks (`EcsParameters` …), kept for the connectors that know them. */
  readonly [block: string]: unknown;
}
