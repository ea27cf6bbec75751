import { camelCased, membersOf, objectIn, pick, type Members } from '../payload.ts';
import { field, type AwsRow, type Opening } from '../row.ts';
import { oneCallEach } from '../single.ts';

const BLOCK = 'BatchParameters';

interface BatchParameters {
  readonly JobDefinition: string;
  readonly JobName: string;
  readonly ArrayProperties?: { readonly Size?: number };
  readonly RetryStrategy?: { readonly Attempts?: number };
}

const CONTAINER = ['command', 'environment', 'instanceType', 'memory', 'resourceRequirements', 'vcpus'];

export const batchJobQueue: AwsRow = {
  kind: 'batch-job',
  description: 'A job queue of AWS Batch: one SubmitJob a delivery.',
  docs: {
    title: 'Batch job queue',
    arnForm: 'arn:aws:batch:<region>:<account>:job-queue/<queue>',
    arnExample: 'arn:aws:batch:us-east-1:000000000000:job-queue/nightly',
    testedAgainst: 'moto 5.2.1: the jobs that DescribeJobs gives',
    notes:
      'Of the payload, `ContainerOverrides` (command, environment, memory, vcpus …), `DependsOn` and `Parameters` become ' +
      'those of the job. Batch knows no client token: an attempt whose answer was lost submits the job again.',
  },
  parameters: {
    block: BLOCK,
    fields: [
      field('JobDefinition', 'string', 'The job definition: its ARN, or its name.', 'resize:3', {
        required: true,
      }),
      field('JobName', 'string', 'The name of every job.', 'resize', { required: true }),
      field('ArrayProperties', 'structure', 'The size of an array job, 2 to 10,000.', { Size: 10 }),
      field('RetryStrategy', 'structure', 'How often Batch itself tries a job that fails, 1 to 10.', {
        Attempts: 3,
      }),
    ],
  },
  service: 'batch',
  arnService: 'batch',
  resource: /^job-queue\/[a-zA-Z0-9_-]{1,128}$/,
  maxBatch: 1,
  open: openQueue,
};

function openQueue(opening: Opening) {
  const { arn, target } = opening;
  const { JobDefinition, JobName, ArrayProperties, RetryStrategy } = (target[BLOCK] ?? {}) as BatchParameters;
  const job = {
    jobName: JobName,
    jobQueue: arn.text,
    jobDefinition: JobDefinition,
    ...(ArrayProperties ? { arrayProperties: camelCased(ArrayProperties) } : {}),
    ...(RetryStrategy ? { retryStrategy: camelCased(RetryStrategy) } : {}),
  };
  return oneCallEach(opening, 'batch', ({ payload }) => ({
    operation: 'SubmitJob',
    input: { ...job, ...overridesOf(membersOf(payload)) },
  }));
}

function overridesOf(payload: Members): Members {
  const container = camelCased(objectIn(payload, 'ContainerOverrides')) as Members | undefined;
  const dependsOn = payload['DependsOn'];
  const parameters = objectIn(payload, 'Parameters');
  return {
    ...(container ? { containerOverrides: pick(container, CONTAINER) } : {}),
    ...(Array.isArray(dependsOn) ? { dependsOn: camelCased(dependsOn) } : {}),
    ...(parameters ? { parameters } : {}),
  };
}
