// Services that start work, against moto: what they say afterwards that they were asked for.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DELIVERED } from '../../../src/engine/ports/connector.ts';
import { delivery } from '../target-suite.ts';
import { noMoto, startAwsSide, type AwsSide } from './aws-side.ts';
import { startBetween, type Between } from './between.ts';
import { ACCOUNT, allAt, sendOne } from './targets.ts';

let side: AwsSide;
let between: Between;

const ROLE = `arn:aws:iam::${ACCOUNT}:role/work`;
const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;

type Target = Parameters<typeof sendOne>[0];

const send = (target: Target, payload?: unknown) =>
  sendOne(target, allAt(between.url), payload === undefined ? {} : { payload: JSON.stringify(payload) });

async function delivers(target: Target, payload?: unknown): Promise<void> {
  assert.deepEqual(await send(target, payload), DELIVERED);
}

const { deliveryId, eventId } = delivery(1);

describe('services that start work', { skip: noMoto }, () => {
  before(async () => {
    side = await startAwsSide();
    between = await startBetween(side.url);
  });
  after(async () => {
    await between?.close();
    await side?.close();
  });

  test('ECS: tasks with their overrides, tags and network', async () => {
    await side.call('ecs', 'create_cluster', { clusterName: 'workers' });
    const { taskDefinition } = await side.call<{ taskDefinition: { taskDefinitionArn: string } }>(
      'ecs',
      'register_task_definition',
      {
        family: 'resize',
        containerDefinitions: [{ name: 'app', image: 'resize', memory: 64 }],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        requiresCompatibilities: ['FARGATE'],
      },
    );
    const { Subnets } = await side.call<{ Subnets: { SubnetId: string }[] }>('ec2', 'describe_subnets');
    const { SecurityGroups } = await side.call<{ SecurityGroups: { GroupId: string }[] }>(
      'ec2',
      'describe_security_groups',
    );
    const overrides = { containerOverrides: [{ name: 'app', command: ['resize', 'a.png'] }] };
    const target = {
      Arn: arn('ecs', 'cluster/workers'),
      EcsParameters: {
        TaskDefinitionArn: taskDefinition.taskDefinitionArn,
        TaskCount: 2,
        LaunchType: 'FARGATE',
        Group: '$.source',
        NetworkConfiguration: {
          awsvpcConfiguration: {
            Subnets: [Subnets[0]!.SubnetId],
            SecurityGroups: [SecurityGroups[0]!.GroupId],
          },
        },
        Tags: [{ Key: 'order', Value: '$.detail.index' }],
      },
    };
    await delivers(target, { ...overrides, unknown: true });
    const { taskArns } = await side.call<{ taskArns: string[] }>('ecs', 'list_tasks', { cluster: 'workers' });
    const { tasks } = await side.call<{ tasks: Record<string, unknown>[] }>('ecs', 'describe_tasks', {
      cluster: 'workers',
      tasks: taskArns,
      include: ['TAGS'],
    });
    assert.deepEqual(
      tasks.map(({ overrides: given, group, launchType, tags }) => ({ given, group, launchType, tags })),
      Array.from({ length: 2 }, () => ({
        given: overrides,
        group: 'shop.orders',
        launchType: 'FARGATE',
        tags: [{ key: 'order', value: '1' }],
      })),
    );
    const missing = await send({ ...target, Arn: arn('ecs', 'cluster/nobody') });
    assert.equal(missing.status === 'reject' && missing.code, 'NO_RESOURCE');
  });

  test('Batch: the job with its overrides and parameters', async () => {
    const { Vpcs } = await side.call<{ Vpcs: { VpcId: string }[] }>('ec2', 'describe_vpcs');
    const { Subnets } = await side.call<{ Subnets: { SubnetId: string }[] }>('ec2', 'describe_subnets');
    const { GroupId } = await side.call<{ GroupId: string }>('ec2', 'create_security_group', {
      GroupName: 'batch',
      Description: 'batch',
      VpcId: Vpcs[0]!.VpcId,
    });
    const { Role } = await side.call<{ Role: { Arn: string } }>('iam', 'create_role', {
      RoleName: 'batch',
      AssumeRolePolicyDocument: '{}',
    });
    const { computeEnvironmentArn } = await side.call<{ computeEnvironmentArn: string }>(
      'batch',
      'create_compute_environment',
      {
        computeEnvironmentName: 'compute',
        type: 'MANAGED',
        serviceRole: Role.Arn,
        computeResources: {
          type: 'FARGATE',
          maxvCpus: 4,
          subnets: [Subnets[0]!.SubnetId],
          securityGroupIds: [GroupId],
        },
      },
    );
    await side.call('batch', 'create_job_queue', {
      jobQueueName: 'nightly',
      state: 'ENABLED',
      priority: 1,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironmentArn }],
    });
    await side.call('batch', 'register_job_definition', {
      jobDefinitionName: 'resize',
      type: 'container',
      containerProperties: { image: 'resize', vcpus: 1, memory: 64, command: ['resize'] },
    });
    const target = {
      Arn: arn('batch', 'job-queue/nightly'),
      BatchParameters: { JobDefinition: 'resize', JobName: 'resize-photos' },
    };
    await delivers(target, {
      ContainerOverrides: {
        Command: ['resize', '--fast'],
        Environment: [{ Name: 'BUCKET', Value: 'photos' }],
      },
      Parameters: { size: 'big' },
    });
    const { jobId } = JSON.parse(between.answers.at(-1)!) as { jobId: string };
    const { jobs } = await side.call<{
      jobs: { jobName: string; parameters: object; container: Container }[];
    }>('batch', 'describe_jobs', { jobs: [jobId] });
    assert.equal(jobs[0]!.jobName, 'resize-photos');
    assert.deepEqual(jobs[0]!.parameters, { size: 'big' });
    assert.deepEqual(jobs[0]!.container.command, ['resize', '--fast']);
    const { environment } = jobs[0]!.container;
    assert.deepEqual(
      environment.filter(({ name }) => name === 'BUCKET'),
      [{ name: 'BUCKET', value: 'photos' }],
    );
  });

  interface Container {
    readonly command: string[];
    readonly environment: { readonly name: string; readonly value: string }[];
  }

  test('CodeBuild: the build with its version', async () => {
    await side.call('codebuild', 'create_project', {
      name: 'site',
      source: { type: 'S3', location: 'bucket/site.zip' },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: { type: 'LINUX_CONTAINER', image: 'node:24', computeType: 'BUILD_GENERAL1_SMALL' },
      serviceRole: ROLE,
    });
    await delivers({ Arn: arn('codebuild', 'project/site') }, { sourceVersion: 'v2' });
    const { ids } = await side.call<{ ids: string[] }>('codebuild', 'list_builds_for_project', {
      projectName: 'site',
    });
    const { builds } = await side.call<{ builds: { sourceVersion: string }[] }>(
      'codebuild',
      'batch_get_builds',
      {
        ids,
      },
    );
    assert.deepEqual(
      builds.map(({ sourceVersion }) => sourceVersion),
      ['v2'],
    );
    const missing = await send({ Arn: arn('codebuild', 'project/nobody') });
    assert.equal(missing.status === 'reject' && missing.code, 'NO_RESOURCE');
  });

  test('Redshift: the statement', async () => {
    await delivers({
      Arn: arn('redshift', 'cluster:warehouse'),
      RedshiftDataParameters: { Database: 'dev', DbUser: '$.source', Sql: "CALL load('$.detail.index')" },
    });
    const { Id } = JSON.parse(between.answers.at(-1)!) as { Id: string };
    const found = await side.call<Record<string, unknown>>('redshift-data', 'describe_statement', { Id });
    assert.deepEqual(
      [found['ClusterIdentifier'], found['Database'], found['DbUser'], found['QueryString']],
      ['warehouse', 'dev', 'shop.orders', "CALL load('$.detail.index')"],
    );
  });

  test('SageMaker: the execution with its parameters', async () => {
    await side.call('sagemaker', 'create_pipeline', {
      PipelineName: 'train',
      PipelineDefinition: '{}',
      ClientRequestToken: 'x'.repeat(32),
      RoleArn: ROLE,
    });
    await delivers({
      Arn: arn('sagemaker', 'pipeline/train'),
      SageMakerPipelineParameters: { PipelineParameterList: [{ Name: 'Order', Value: '$.detail.index' }] },
    });
    const { PipelineExecutionSummaries } = await side.call<{
      PipelineExecutionSummaries: { PipelineExecutionArn: string }[];
    }>('sagemaker', 'list_pipeline_executions', { PipelineName: 'train' });
    const { PipelineExecutionArn } = PipelineExecutionSummaries[0]!;
    const found = await side.call('sagemaker', 'list_pipeline_parameters_for_execution', {
      PipelineExecutionArn,
    });
    assert.deepEqual(found, { PipelineParameters: [{ Name: 'Order', Value: '1' }] });
  });

  test("Glue: the run with the event's id", async () => {
    await side.call('glue', 'create_workflow', { Name: 'nightly' });
    await delivers({ Arn: arn('glue', 'workflow/nightly') });
    const { Runs } = await side.call<{ Runs: { WorkflowRunProperties: object }[] }>(
      'glue',
      'get_workflow_runs',
      {
        Name: 'nightly',
      },
    );
    assert.deepEqual(
      Runs.map(({ WorkflowRunProperties }) => WorkflowRunProperties),
      [{ 'aws:eventIds': `[${eventId}]` }],
    );
    const missing = await send({ Arn: arn('glue', 'workflow/nobody') });
    assert.equal(missing.status === 'reject' && missing.code, 'NO_RESOURCE');
  });

  test('SSM Run Command: the command with its machines and parameters', async () => {
    const machines = [{ Key: 'tag:env', Values: ['prod'] }];
    await delivers(
      {
        Arn: 'arn:aws:ssm:us-east-1::document/AWS-RunShellScript',
        RunCommandParameters: { RunCommandTargets: machines },
        Input: 'given',
      },
      { commands: ['date'] },
    );
    const { Commands } = await side.call<{ Commands: Record<string, unknown>[] }>('ssm', 'list_commands');
    assert.deepEqual(
      Commands.map((command) => [command['DocumentName'], command['Targets'], command['Parameters']]),
      [['AWS-RunShellScript', machines, { commands: ['date'] }]],
    );
  });

  test('EC2: a snapshot, and an instance that stops, reboots and ends', async () => {
    const { VolumeId } = await side.call<{ VolumeId: string }>('ec2', 'create_volume', {
      AvailabilityZone: 'us-east-1a',
      Size: 1,
    });
    const { Images } = await side.call<{ Images: { ImageId: string }[] }>('ec2', 'describe_images');
    const { Instances } = await side.call<{ Instances: { InstanceId: string }[] }>('ec2', 'run_instances', {
      ImageId: Images[0]!.ImageId,
      MinCount: 1,
      MaxCount: 1,
    });
    const { InstanceId } = Instances[0]!;
    const act = (action: string, id: unknown) =>
      delivers({ Arn: arn('events', `target/${action}`), InputPath: '$.detail' }, id);
    const state = async (): Promise<string> => {
      const { Reservations } = await side.call<{
        Reservations: { Instances: { State: { Name: string } }[] }[];
      }>('ec2', 'describe_instances', { InstanceIds: [InstanceId] });
      return Reservations[0]!.Instances[0]!.State.Name;
    };
    await act('create-snapshot', VolumeId);
    const { Snapshots } = await side.call<{ Snapshots: object[] }>('ec2', 'describe_snapshots', {
      Filters: [{ Name: 'volume-id', Values: [VolumeId] }],
    });
    assert.equal(Snapshots.length, 1);
    await act('reboot-instance', InstanceId);
    assert.equal(await state(), 'running');
    await act('stop-instance', [InstanceId]);
    assert.equal(await state(), 'stopped');
    await act('terminate-instance', InstanceId);
    assert.equal(await state(), 'terminated');
    const gone = await send(
      { Arn: arn('events', 'target/stop-instance'), InputPath: '$.detail' },
      'i-00000000',
    );
    assert.equal(gone.status === 'reject' && gone.code, 'NO_RESOURCE');
  });

  test('Step Functions: a repeated attempt starts nothing, even when the execution has ended', async () => {
    const stateMachineArn = arn('states', 'stateMachine:once');
    await side.call('stepfunctions', 'create_state_machine', {
      name: 'once',
      definition: '{}',
      roleArn: ROLE,
    });
    await delivers({ Arn: stateMachineArn }, { order: 1 });
    const { executionArn } = JSON.parse(between.answers.at(-1)!) as { executionArn: string };
    assert.ok(executionArn.endsWith(`:${eventId}_${deliveryId}`), executionArn);
    await side.call('stepfunctions', 'stop_execution', { executionArn });
    await delivers({ Arn: stateMachineArn }, { order: 1 });
    assert.match(between.answers.at(-1)!, /ExecutionAlreadyExists/);
    const { executions } = await side.call<{ executions: object[] }>('stepfunctions', 'list_executions', {
      stateMachineArn,
    });
    assert.equal(executions.length, 1);
  });
});
