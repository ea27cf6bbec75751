import type { TargetSettings } from '../model/resources.ts';

/** The members of a target that belong to one kind of target each. */
const BLOCKS = [
  'AppSyncParameters',
  'BatchParameters',
  'EcsParameters',
  'HttpParameters',
  'KinesisParameters',
  'RedshiftDataParameters',
  'RunCommandParameters',
  'SageMakerPipelineParameters',
  'SqsParameters',
] as const;

/** The service's complaint about a parameter block that belongs to another kind of target; undefined when there is none. */
export function foreignBlock(target: TargetSettings, own: string | undefined): string | undefined {
  const block = BLOCKS.find((name) => name !== own && target[name] !== undefined);
  // The text is the service's own, without the space that one would expect.
  return block && `Parameter ${block} is not valid for target${target.Id}.`;
}

export function missingBlock(target: TargetSettings, block: string): string {
  return `Parameter(s) ${block} must be specified for target: ${target.Id}.`;
}
