import { hash } from 'node:crypto';
import { parseArn } from '../../model/arn.ts';
import type { TargetSettings } from '../../model/resources.ts';
import type { Schedule } from '../../model/schedule.ts';

/** What stands for a schedule's invocation in its payload and in its dead letter. */
export interface Execution {
  readonly scheduleArn: string;
  readonly scheduledTime: string;
  /** Sixteen hexadecimal digits, the same for every attempt. */
  readonly executionId: string;
}

const ID_DIGITS = 16;

export function executionOf({ arn }: Schedule, event: string): Execution {
  const { id, time } = JSON.parse(event) as { id: string; time: string };
  return { scheduleArn: arn, scheduledTime: time, executionId: hash('sha1', id, 'hex').slice(0, ID_DIGITS) };
}

/** What a target gets: its input with the context attributes filled in, or the scheduled event. */
export function payloadFor(schedule: Schedule, event: string, attempt: number): string {
  const { target } = schedule;
  const input =
    target.Input === undefined ? undefined : withContext(target.Input, executionOf(schedule, event), attempt);
  const { EventBridgeParameters: bus } = target;
  if (!bus) return input ?? event;
  const source = JSON.stringify(bus.Source);
  const detailType = JSON.stringify(bus.DetailType);
  return `{"source":${source},"detail-type":${detailType},"resources":[],"detail":${input ?? '{}'}}`;
}

function withContext(input: string, execution: Execution, attempt: number): string {
  const values: Readonly<Record<string, string>> = {
    'schedule-arn': execution.scheduleArn,
    'scheduled-time': execution.scheduledTime,
    'execution-id': execution.executionId,
    'attempt-number': String(attempt),
  };
  return input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (text, name: string) => values[name] ?? text);
}

/** The target as connectors know it: as that of a rule. */
export function connectorTarget({ target }: Schedule): TargetSettings {
  const { EventBridgeParameters: _, KinesisParameters: kinesis, Input: __, ...rest } = target;
  // A partition key of the Scheduler is a text, where a rule has a path; a text that is no path is taken as it is.
  const block = kinesis && { KinesisParameters: { PartitionKeyPath: kinesis.PartitionKey } };
  return { ...rest, ...block, Id: 'target' };
}

/** Service of the ARN → the call, as universal targets name it. */
const CALLS: Readonly<Record<string, string>> = {
  lambda: 'lambda:invoke',
  sqs: 'sqs:sendMessage',
  sns: 'sns:publish',
  kinesis: 'kinesis:putRecord',
  firehose: 'firehose:putRecord',
  events: 'eventbridge:putEvents',
  states: 'sfn:startExecution',
  ecs: 'ecs:runTask',
  codebuild: 'codebuild:startBuild',
  codepipeline: 'codepipeline:startPipelineExecution',
  inspector: 'inspector:startAssessmentRun',
  sagemaker: 'sagemaker:startPipelineExecution',
};

/** The target in the form of a universal one, as dead letters name it. */
export function universalArn(target: string): string {
  const arn = parseArn(target);
  const call = arn && CALLS[arn.service];
  return arn && call ? `arn:${arn.partition}:scheduler:::aws-sdk:${call}` : target;
}
