import type {
  ConnectorDocs,
  OutgoingDelivery,
  ParameterField,
  ParameterSpec,
  SendOutcome,
  SessionContext,
} from '../../engine/ports/connector.ts';
import type { Arn } from '../../model/arn.ts';
import type { TargetSettings } from '../../model/resources.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import type { AwsCaller, Purpose } from './caller.ts';

/** What a row gets to know of the target that a session is opened for. */
export interface Opening {
  readonly arn: Arn;
  readonly target: TargetSettings;
  readonly context: SessionContext;
  readonly caller: AwsCaller;
  /** Region and account are those of the ARN, else the rule's. */
  readonly purpose: Purpose;
  /** The groups of the row's `resource`. */
  readonly parts: Readonly<Record<string, string | undefined>>;
}

/** Brings a batch to the target: one outcome a delivery, in order. */
export type SendBatch = (batch: readonly OutgoingDelivery[], signal: AbortSignal) => Promise<SendOutcome[]>;

/** A kind of target that is an AWS service. */
export interface AwsRow {
  readonly kind: string;
  readonly description: string;
  readonly docs: ConnectorDocs;
  readonly parameters: ParameterSpec;
  /** The entry of `services` that says where it is. */
  readonly service: string;
  /** The service in its ARNs, and how their resource reads. */
  readonly arnService: string;
  readonly resource: RegExp;
  /** Whether an ARN of this service is this row's: others are another row's, or the built-in service's. */
  claims?(arn: Arn, entry: ServiceSettings | undefined): boolean;
  /** What is wrong with the target, beside what holds for all rows. */
  check?(arn: Arn, target: TargetSettings): string | undefined;
  /** ARNs without a region are right: the service is global. */
  readonly global?: boolean;
  /** ARNs without an account are right: AWS owns resources of this kind too. */
  readonly accountless?: boolean;
  readonly maxBatch: number;
  open(opening: Opening): SendBatch;
}

/** Fields of a block, written shortly: none is secret. */
export function field(
  name: string,
  type: ParameterField['type'],
  description: string,
  example: unknown,
  more: Partial<Pick<ParameterField, 'required' | 'secret' | 'fallback' | 'choices'>> = {},
): ParameterField {
  return { name, type, description, example, required: false, secret: false, ...more };
}

export const NO_PARAMETERS: ParameterSpec = { block: undefined, fields: [] };

export const reject = (reason: string): SendOutcome => ({
  status: 'reject',
  code: 'INVALID_PARAMETER',
  reason,
});

/** A dynamic parameter of a block that the event has nothing for. */
export const noValueAt = (block: string, path: string): SendOutcome =>
  reject(`The event has no text or number at the path ${path} of ${block}.`);
