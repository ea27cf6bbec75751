import type { Arn } from '../../model/arn.ts';
import type { TargetSettings } from '../../model/resources.ts';

/** One payload on its way to one target. */
export interface OutgoingDelivery {
  /** Derived from (event, subscription): a repeat of the same delivery carries the same id. A lower-case UUID. */
  readonly deliveryId: string;
  readonly eventId: string;
  /** What the target gets: the event's JSON, or what input, input path or input transformer made of it. */
  readonly payload: string;
  /** The original event's JSON text (dynamic parameters are resolved against it). */
  readonly event: string;
  /** The event's place in a trace, in X-Ray's form, as it came unless spans are exported. */
  readonly traceHeader: string | undefined;
  /** The same in the W3C's form, when it names a trace and a parent. */
  readonly traceparent?: string | undefined;
  /** Bus-to-bus hops behind the event. */
  readonly hops: number;
  readonly ingestedAt: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Message attributes (dead-letter messages carry their reason here). */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** Error codes of rules-targets-delivery §8, as they stand in a dead letter. */
export type DeliveryErrorCode =
  | 'THROTTLING'
  | 'ERROR_FROM_TARGET'
  | 'INTERNAL_ERROR'
  | 'TIMEOUT'
  | 'CONNECTION_FAILURE'
  | 'NO_PERMISSIONS'
  | 'FAILED_TO_ASSUME_ROLE'
  | 'TRANSIENT_ASSUME_ROLE'
  | 'NO_RESOURCE'
  | 'INVALID_JSON'
  | 'INVALID_PARAMETER'
  | 'RESOURCE_LIMIT_EXCEEDED'
  | 'RESOURCE_MODIFICATION_COLLISION'
  | 'RESOURCE_ALREADY_EXISTS'
  | 'EVENTS_IN_BATCH_REQUEST_REJECTED'
  | 'SDK_CLIENT_ERROR'
  | 'THIRD_ACCOUNT_HOP_DETECTED'
  | 'THIRD_REGION_HOP_DETECTED'
  | 'THIRD_BUS_HOP_DETECTED'
  | 'TARGET_REMOVED'
  | 'UNKNOWN';

/** What an operator wants to see of an attempt that failed. Secrets are left out; texts are at most `attemptDetailChars`. */
export interface AttemptDetails {
  /** What was asked of whom: `POST https://…/orders`. */
  readonly request?: string;
  /** The status of the answer. */
  readonly httpStatus?: number;
  /** What the target itself calls the error. */
  readonly errorCode?: string;
  readonly response?: string;
}

/** Expected failure is data. */
export type SendOutcome =
  | { readonly status: 'delivered' }
  | {
      readonly status: 'retry';
      readonly code: DeliveryErrorCode;
      readonly reason: string;
      /** The target said when to come again. */
      readonly afterMs?: number;
      readonly details?: AttemptDetails;
    }
  | {
      readonly status: 'reject';
      readonly code: DeliveryErrorCode;
      readonly reason: string;
      readonly details?: AttemptDetails;
    };

export const DELIVERED: SendOutcome = { status: 'delivered' };

/** An open way to one target. Stateless towards the engine: several sends may be under way at once. */
export interface TargetSession {
  /** The most deliveries that one `send` takes, and the most sends that may be under way at once. */
  readonly maxBatch: number;
  readonly maxConcurrency: number;
  /**
   * Brings a batch to the target: one outcome a delivery, in order. Never throws for anything the target does; a throw is
   * a bug and counts as `INTERNAL_ERROR`, to be retried. `signal` aborts when the attempt's time is up or the daemon stops.
   */
  send(batch: readonly OutgoingDelivery[], signal: AbortSignal): Promise<SendOutcome[]>;
  close(): Promise<void>;
}

/** A field of a connector's parameter block or settings: feeds validation, docs and (later) forms. */
export interface ParameterField {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'list' | 'map' | 'structure';
  readonly required: boolean;
  readonly secret: boolean;
  readonly description: string;
  readonly example: unknown;
  /** What holds when the field is left out, as it is to be read in the documentation. */
  readonly fallback?: string;
  /** The values there are. */
  readonly choices?: readonly string[];
}

export interface ParameterSpec {
  /** The member of a rule's target that holds the block (`SqsParameters`); undefined: the connector takes none. */
  readonly block: string | undefined;
  readonly fields: readonly ParameterField[];
  /** Fields of `BusbarParameters` that a connector with a block of the service's own has besides. */
  readonly busbarFields?: readonly ParameterField[];
}

/** What the documentation says of a connector beside its description and its parameters. */
export interface ConnectorDocs {
  /** `Amazon Kinesis data stream` */
  readonly title: string;
  /** The form of its ARNs, and one that could be put: `arn:busbar:nats:::subject/<subject>`. */
  readonly arnForm: string;
  readonly arnExample: string;
  /** The real thing that the target suite runs this connector against. */
  readonly testedAgainst: string;
  /** The name of its entry in the configuration's `services`; that of its ARNs' service when left out. */
  readonly entry?: string;
  /** The fields of that entry, beside `url`; undefined when it needs no entry. */
  readonly settings?: readonly ParameterField[];
  /** Further paragraphs of Markdown: payloads, what is retried and what is not, an example that was run. */
  readonly notes?: string;
}

/** Code that talks to one kind of target. One file, one line in `targets/index.ts`. */
export interface TargetConnector {
  /** Whether this connector serves the ARN. */
  accepts(arn: Arn): boolean;
  /** Why this target cannot be put, as the service's error text; undefined when it can. Pure: no look-ups. */
  check(arn: Arn, target: TargetSettings): string | undefined;
  open(arn: Arn, target: TargetSettings, context: SessionContext): TargetSession;
}

/** A connector that stands in the list of targets, and so in the documentation. */
export interface DocumentedConnector extends TargetConnector {
  /** `queue`, `event-bus` … */
  readonly kind: string;
  readonly description: string;
  readonly parameters: ParameterSpec;
  readonly docs: ConnectorDocs;
}

/** Where the subscription stands that a session serves. */
export interface SessionContext {
  readonly account: string;
  readonly region: string;
  readonly ruleArn: string;
}
