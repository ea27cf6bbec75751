import type { EventBus } from '../../../model/resources.ts';

/** Members that CreateEventBus and UpdateEventBus take. */
export interface BusSettingsInput {
  readonly Description?: string;
  readonly KmsKeyIdentifier?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly LogConfig?: { readonly IncludeDetail?: string; readonly Level?: string };
}

const MILLISECONDS = 1_000;

/** The settings as operations answer them: what was never given is left out. */
export function busSettings(bus: EventBus): object {
  return {
    Description: bus.description,
    KmsKeyIdentifier: bus.kmsKeyIdentifier,
    DeadLetterConfig: bus.deadLetterArn === undefined ? undefined : { Arn: bus.deadLetterArn },
    LogConfig: bus.logConfig,
  };
}

/** What DescribeEventBus and ListEventBuses have in common. Times go out in seconds. */
export function busSummary(bus: EventBus): object {
  return {
    Name: bus.name,
    Arn: bus.arn,
    CreationTime: bus.createdAt / MILLISECONDS,
    LastModifiedTime: bus.modifiedAt / MILLISECONDS,
    Description: bus.description,
    Policy: bus.policy,
  };
}
