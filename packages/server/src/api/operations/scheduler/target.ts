import { parseArn, type Arn } from '../../../model/arn.ts';
import { validationError } from '../../../model/errors.ts';
import { limits } from '../../../model/limits.ts';
import type { Call } from '../../../model/operation.ts';
import type { ScheduleTargetInput as TargetInput } from '../../../model/schedule.ts';
import { isReadOnly, parseUniversalCall } from '../../../model/universal-call.ts';
import type { SchedulerContext } from './dependencies.ts';

/** A service that schedules call by the ARN of a resource. */
interface Template {
  /** The parameter block that it takes, and whether it needs it. */
  readonly block?: string;
  readonly required?: boolean;
  /** Its input must be JSON. */
  readonly json?: boolean;
}

const TEMPLATES: Readonly<Record<string, Template>> = {
  lambda: { json: true },
  sqs: { block: 'SqsParameters' },
  sns: {},
  kinesis: { block: 'KinesisParameters', required: true },
  firehose: {},
  events: { block: 'EventBridgeParameters', required: true, json: true },
  states: { json: true },
  ecs: { block: 'EcsParameters', required: true },
  codebuild: {},
  codepipeline: {},
  inspector: {},
  sagemaker: { block: 'SageMakerPipelineParameters' },
};

const BLOCKS = [
  'EcsParameters',
  'EventBridgeParameters',
  'KinesisParameters',
  'SageMakerPipelineParameters',
  'SqsParameters',
];

/** Throws a `ValidationException` with the service's own words for a target that cannot be. */
export function checkTarget({ targets }: SchedulerContext, target: TargetInput, { region }: Call): void {
  const arn = parseArn(target.Arn);
  if (!arn) throw validationError(`Provided Arn ${target.Arn} is not in correct format.`);
  if (target.Input !== undefined && Buffer.byteLength(target.Input) > limits.schedulePayloadBytes) {
    throw validationError(`The Input must not be larger than ${limits.schedulePayloadBytes} bytes.`);
  }
  if (arn.service === 'scheduler' && arn.region === '' && arn.account === '')
    checkUniversal(targets, arn, target);
  else checkTemplated(arn, target, region);
}

function checkUniversal(targets: SchedulerContext['targets'], arn: Arn, target: TargetInput): void {
  const call = parseUniversalCall(arn.resource);
  if (!call) throw validationError(`${arn.resource} is not a supported service for a target`);
  if (isReadOnly(call.action)) throw validationError(`${call.action} API is not supported.`);
  checkForeignBlocks(target, undefined);
  if (target.Input === undefined) {
    throw validationError('You must provide an input to set this target for your schedule');
  }
  checkJson(target.Input, true);
  const fault = targets.find(arn)?.check(arn, { ...target, Id: 'target' });
  if (fault !== undefined) throw validationError(fault);
}

function checkTemplated(arn: Arn, target: TargetInput, region: string): void {
  // Busbar's own targets are in no region.
  const template = arn.partition === 'busbar' ? {} : TEMPLATES[arn.service];
  if (!template) throw validationError(`${arn.service} is not a supported service for a target`);
  if (arn.region !== '' && arn.region !== region) {
    throw validationError(`The target ARN provided does not match the current region ${region}.`);
  }
  checkForeignBlocks(target, template.block);
  if (template.required && target[template.block!] === undefined) {
    throw validationError(`Parameters ${template.block} must be specified`);
  }
  if (arn.service === 'sqs') checkQueue(arn, target);
  if (arn.service === 'ecs') checkTask(target);
  if (template.json && target.Input !== undefined) checkJson(target.Input, arn.service === 'events');
}

function checkForeignBlocks(target: TargetInput, own: string | undefined): void {
  const foreign = BLOCKS.find((block) => block !== own && target[block] !== undefined);
  if (foreign !== undefined) throw validationError(`Parameters ${foreign} not supported for the target.`);
}

function checkQueue(arn: Arn, { SqsParameters }: TargetInput): void {
  const fifo = arn.resource.endsWith('.fifo');
  if (fifo && SqsParameters?.MessageGroupId === undefined) {
    throw validationError('Parameters SqsParameters must be specified');
  }
  if (!fifo && SqsParameters?.MessageGroupId !== undefined) {
    throw validationError('Parameters MessageGroupId not valid for the target');
  }
}

function checkTask(target: TargetInput): void {
  const { LaunchType, NetworkConfiguration } = target['EcsParameters'] as {
    LaunchType?: string;
    NetworkConfiguration?: object;
  };
  if (LaunchType === 'FARGATE' && NetworkConfiguration === undefined) {
    throw validationError(
      'Parameter NetworkConfiguration must be specified for the target when launch type is FARGATE',
    );
  }
}

/** Context attributes stand within texts, so what is not JSON before they are filled in is not JSON after. */
function checkJson(input: string, mustBeObject = false): void {
  let value: unknown;
  try {
    value = JSON.parse(input);
  } catch {
    value = undefined;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (value === undefined || (mustBeObject && !isObject)) {
    throw validationError('JSON syntax error in input for the target');
  }
}
