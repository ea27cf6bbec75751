import { parseArn, type Arn } from '../../../model/arn.ts';
import type { PaceSettings, TargetSettings } from '../../../model/resources.ts';

/** What the service asks of the targets of one kind, whether or not this house can deliver to them. */
interface TargetKind {
  readonly service: string;
  /** How the resource part of the ARN begins. */
  readonly resource?: string;
  /** How it ends. */
  readonly ending?: string;
  readonly role: boolean;
  /** The parameter block that must be there. */
  readonly block?: string;
}

const KINDS: readonly TargetKind[] = [
  { service: 'sqs', ending: '.fifo', role: false, block: 'SqsParameters' },
  { service: 'states', role: true },
  { service: 'codebuild', role: true },
  { service: 'codepipeline', role: true },
  { service: 'batch', role: true, block: 'BatchParameters' },
  { service: 'ecs', role: true, block: 'EcsParameters' },
  { service: 'kinesis', role: true },
  { service: 'firehose', role: true },
  { service: 'redshift', role: true, block: 'RedshiftDataParameters' },
  { service: 'redshift-serverless', role: true, block: 'RedshiftDataParameters' },
  { service: 'sagemaker', role: true },
  { service: 'ssm', resource: 'document/', role: true },
  { service: 'ssm', role: true },
  { service: 'events', resource: 'api-destination/', role: true },
  { service: 'events', resource: 'target/', role: true },
  { service: 'appsync', role: true, block: 'AppSyncParameters' },
  { service: 'glue', role: true },
  { service: 'imagebuilder', role: true },
  { service: 'inspector', role: true },
  { service: 'ssm-incidents', role: true },
];

function kindOf(arn: Arn): TargetKind | undefined {
  return KINDS.find(
    ({ service, resource = '', ending = '' }) =>
      service === arn.service && arn.resource.startsWith(resource) && arn.resource.endsWith(ending),
  );
}

const isBus = (arn: Arn): boolean => arn.service === 'events' && arn.resource.startsWith('event-bus/');

export const roleRequired = (arn: Arn): string => `RoleArn is required for target ${arn.text}.`;

/** Whether a bus as a target needs a role: one of another account or region does. */
export const isDistantBus = (arn: Arn, rule: { account: string; region: string }): boolean =>
  isBus(arn) && (arn.account !== rule.account || arn.region !== rule.region);

/**
 * A bus that is put again under the same Id without a role keeps the one that it has.
 */
export function withKeptRole(target: TargetSettings, present: TargetSettings | undefined): TargetSettings {
  if (target.RoleArn !== undefined || present?.RoleArn === undefined || present.Arn !== target.Arn)
    return target;
  const arn = parseArn(target.Arn);
  return arn && isBus(arn) ? { ...target, RoleArn: present.RoleArn } : target;
}

/**
 * Busbar's own bounds on a target's pace outlive a client that does not know of them: one that sends no block has not
 * decided anything about it. An empty block removes them.
 */
export function withKeptPace(target: TargetSettings, present: TargetSettings | undefined): TargetSettings {
  if (target['BusbarParameters'] !== undefined || present?.Arn !== target.Arn) return target;
  const { MaximumRatePerSecond, MaximumConcurrency } = (present['BusbarParameters'] ?? {}) as PaceSettings;
  if (MaximumRatePerSecond === undefined && MaximumConcurrency === undefined) return target;
  const kept = {
    ...(MaximumRatePerSecond === undefined ? {} : { MaximumRatePerSecond }),
    ...(MaximumConcurrency === undefined ? {} : { MaximumConcurrency }),
  };
  return { ...target, BusbarParameters: kept };
}

/**
 * Checks what the kind of a target asks for: a role, and its parameter block.
 *
 * @returns the text of the ValidationException, or undefined when all is well.
 */
export function checkRequirements(arn: Arn, target: TargetSettings): string | undefined {
  const kind = kindOf(arn);
  if (kind?.role && target.RoleArn === undefined) return roleRequired(arn);
  const isDocument = arn.service === 'ssm' && arn.resource.startsWith('document/');
  if (isDocument !== (target['RunCommandParameters'] !== undefined)) {
    return `Parameter RunCommandParameters is not valid for target${target.Id}.`;
  }
  if (kind?.block !== undefined && target[kind.block] === undefined) {
    return `Parameter(s) ${kind.block} must be specified for target: ${target.Id}.`;
  }
  return undefined;
}
