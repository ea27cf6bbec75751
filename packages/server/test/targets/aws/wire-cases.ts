import { arn, type WireCase } from './wire-case.ts';
import { builtIns, systemsManager } from './wire-cases-operations.ts';

const TASK = 'arn:aws:ecs:us-east-1:123456789012:task-definition/resize:1';

const messages: WireCase[] = [
  {
    name: 'SNS topic',
    target: { Arn: arn('sns', 'orders') },
    change: { payload: '"grüße & 🚌 <b>"' },
    service: 'sns',
    operation: 'PublishBatch',
    params: ({ payload }) => ({
      TopicArn: arn('sns', 'orders'),
      PublishBatchRequestEntries: [{ Id: '0', Message: payload }],
    }),
  },
  {
    name: 'SNS FIFO topic, grouped by a member of the event',
    target: { Arn: arn('sns', 'orders.fifo'), BusbarParameters: { MessageGroupId: '$.detail.index' } },
    service: 'sns',
    operation: 'PublishBatch',
    params: ({ payload, deliveryId }) => ({
      TopicArn: arn('sns', 'orders.fifo'),
      PublishBatchRequestEntries: [
        { Id: '0', Message: payload, MessageGroupId: '1', MessageDeduplicationId: deliveryId },
      ],
    }),
  },
  {
    name: 'SQS queue',
    target: { Arn: arn('sqs', 'orders.fifo'), SqsParameters: { MessageGroupId: '$.source' } },
    change: { traceHeader: 'Root=1-2-3' },
    service: 'sqs',
    operation: 'SendMessageBatch',
    params: ({ payload, deliveryId }, url) => ({
      QueueUrl: `${url}/123456789012/orders.fifo`,
      Entries: [
        {
          Id: '0',
          MessageBody: payload,
          MessageGroupId: 'shop.orders',
          MessageDeduplicationId: deliveryId,
          MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-2-3' } },
        },
      ],
    }),
  },
  {
    name: 'Kinesis stream, keyed by a member of the event',
    target: {
      Arn: arn('kinesis', 'stream/clicks'),
      KinesisParameters: { PartitionKeyPath: "$['detail-type']" },
    },
    service: 'kinesis',
    operation: 'PutRecords',
    params: ({ payload }) => ({
      StreamName: 'clicks',
      StreamARN: arn('kinesis', 'stream/clicks'),
      Records: [{ Data: payload, PartitionKey: 'Order' }],
    }),
  },
  {
    name: 'Firehose delivery stream',
    target: { Arn: arn('firehose', 'deliverystream/lake') },
    service: 'firehose',
    operation: 'PutRecordBatch',
    params: ({ payload }) => ({ DeliveryStreamName: 'lake', Records: [{ Data: payload }] }),
  },
  {
    name: 'CloudWatch Logs group',
    target: { Arn: arn('logs', 'log-group:/aws/events/orders') },
    service: 'logs',
    operation: 'PutLogEvents',
    params: ({ payload }) => ({
      logGroupName: '/aws/events/orders',
      logStreamName: '0558a6e5-5e6c-faf4-1ecf-3dc2670cff1a',
      logEvents: [{ timestamp: Date.parse('2026-01-01T00:00:00Z'), message: payload }],
    }),
  },
];

const work: WireCase[] = [
  {
    name: 'Step Functions state machine',
    target: { Arn: arn('states', 'stateMachine:refund') },
    change: { traceHeader: 'Root=1-2-3' },
    service: 'stepfunctions',
    operation: 'StartExecution',
    params: ({ payload, eventId, deliveryId }) => ({
      stateMachineArn: arn('states', 'stateMachine:refund'),
      name: `${eventId}_${deliveryId}`,
      input: payload,
      traceHeader: 'Root=1-2-3',
    }),
  },
  {
    name: 'ECS task with everything',
    target: {
      Arn: arn('ecs', 'cluster/workers'),
      EcsParameters: {
        TaskDefinitionArn: TASK,
        TaskCount: 2,
        LaunchType: 'FARGATE',
        PlatformVersion: 'LATEST',
        Group: '$.source',
        EnableECSManagedTags: true,
        EnableExecuteCommand: false,
        PropagateTags: 'TASK_DEFINITION',
        ReferenceId: '$.detail.index',
        NetworkConfiguration: {
          awsvpcConfiguration: {
            Subnets: ['$.detail-type'],
            SecurityGroups: ['sg-1'],
            AssignPublicIp: 'ENABLED',
          },
        },
        CapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
        PlacementConstraints: [{ type: 'memberOf', expression: 'attribute:zone == a' }],
        PlacementStrategy: [{ type: 'spread', field: 'instanceId' }],
        Tags: [{ Key: 'order', Value: '$.detail.index' }],
      },
    },
    change: { payload: '{"containerOverrides":[{"name":"app","command":["run"]}],"cpu":"256","other":1}' },
    service: 'ecs',
    operation: 'RunTask',
    params: ({ deliveryId }) => ({
      cluster: arn('ecs', 'cluster/workers'),
      taskDefinition: TASK,
      count: 2,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      group: 'shop.orders',
      enableECSManagedTags: true,
      enableExecuteCommand: false,
      propagateTags: 'TASK_DEFINITION',
      referenceId: '1',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['Order'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' },
      },
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:zone == a' }],
      placementStrategy: [{ type: 'spread', field: 'instanceId' }],
      tags: [{ key: 'order', value: '1' }],
      overrides: { containerOverrides: [{ name: 'app', command: ['run'] }], cpu: '256' },
      clientToken: deliveryId,
    }),
  },
  {
    name: 'ECS task of a plain event',
    target: { Arn: arn('ecs', 'cluster/workers'), EcsParameters: { TaskDefinitionArn: TASK } },
    service: 'ecs',
    operation: 'RunTask',
    params: ({ deliveryId }) => ({
      cluster: arn('ecs', 'cluster/workers'),
      taskDefinition: TASK,
      count: 1,
      clientToken: deliveryId,
    }),
  },
  {
    name: 'Batch job with overrides',
    target: {
      Arn: arn('batch', 'job-queue/nightly'),
      BatchParameters: {
        JobDefinition: 'resize:3',
        JobName: 'resize',
        ArrayProperties: { Size: 10 },
        RetryStrategy: { Attempts: 3 },
      },
    },
    change: {
      payload: JSON.stringify({
        ContainerOverrides: {
          Command: ['resize', '--fast'],
          Environment: [{ Name: 'BUCKET', Value: 'photos' }],
          Memory: 512,
          Vcpus: 2,
        },
        DependsOn: [{ JobId: 'j-1' }],
        Parameters: { Bucket: 'photos' },
      }),
    },
    service: 'batch',
    operation: 'SubmitJob',
    params: () => ({
      jobName: 'resize',
      jobQueue: arn('batch', 'job-queue/nightly'),
      jobDefinition: 'resize:3',
      arrayProperties: { size: 10 },
      retryStrategy: { attempts: 3 },
      containerOverrides: {
        command: ['resize', '--fast'],
        environment: [{ name: 'BUCKET', value: 'photos' }],
        memory: 512,
        vcpus: 2,
      },
      dependsOn: [{ jobId: 'j-1' }],
      parameters: { Bucket: 'photos' },
    }),
  },
  {
    name: 'CodeBuild project of a plain event',
    target: { Arn: arn('codebuild', 'project/site') },
    service: 'codebuild',
    operation: 'StartBuild',
    params: ({ deliveryId }) => ({ projectName: 'site', idempotencyToken: deliveryId }),
  },
  {
    name: 'CodeBuild batch build',
    target: { Arn: arn('codebuild', 'project/site') },
    change: {
      payload: '{"buildType":"BATCH","sourceVersion":"v2","projectName":"other","imageOverride":"node:24"}',
    },
    service: 'codebuild',
    operation: 'StartBuildBatch',
    params: ({ deliveryId }) => ({
      projectName: 'site',
      sourceVersion: 'v2',
      imageOverride: 'node:24',
      idempotencyToken: deliveryId,
    }),
  },
  {
    name: 'CodePipeline',
    target: { Arn: arn('codepipeline', 'release') },
    change: { payload: '{"variables":[{"name":"stage","value":"prod"}],"name":"other"}' },
    service: 'codepipeline',
    operation: 'StartPipelineExecution',
    params: ({ deliveryId }) => ({
      name: 'release',
      variables: [{ name: 'stage', value: 'prod' }],
      clientRequestToken: deliveryId,
    }),
  },
  {
    name: 'Redshift cluster, one statement',
    target: {
      Arn: arn('redshift', 'cluster:warehouse'),
      RedshiftDataParameters: {
        Database: 'dev',
        DbUser: '$.source',
        Sql: 'CALL load()',
        StatementName: 'on-order',
        WithEvent: true,
      },
    },
    service: 'redshift-data',
    operation: 'ExecuteStatement',
    params: ({ deliveryId }) => ({
      ClusterIdentifier: 'warehouse',
      Database: 'dev',
      DbUser: 'shop.orders',
      Sql: 'CALL load()',
      StatementName: 'on-order',
      WithEvent: true,
      ClientToken: deliveryId,
    }),
  },
  {
    name: 'Redshift Serverless workgroup, several statements',
    target: {
      Arn: arn('redshift-serverless', 'workgroup/0a1b2c3d-0000-4000-8000-000000000000'),
      RedshiftDataParameters: {
        Database: 'dev',
        Sqls: ['CALL load()', '$.detail-type'],
        SecretManagerArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse',
      },
    },
    service: 'redshift-data',
    operation: 'BatchExecuteStatement',
    params: ({ deliveryId }) => ({
      WorkgroupName: arn('redshift-serverless', 'workgroup/0a1b2c3d-0000-4000-8000-000000000000'),
      Database: 'dev',
      Sqls: ['CALL load()', 'Order'],
      SecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse',
      ClientToken: deliveryId,
    }),
  },
  {
    name: 'SageMaker pipeline',
    target: {
      Arn: arn('sagemaker', 'pipeline/train'),
      SageMakerPipelineParameters: { PipelineParameterList: [{ Name: 'Input', Value: '$.detail.index' }] },
    },
    service: 'sagemaker',
    operation: 'StartPipelineExecution',
    params: ({ deliveryId }) => ({
      PipelineName: 'train',
      PipelineParameters: [{ Name: 'Input', Value: '1' }],
      ClientRequestToken: deliveryId,
    }),
  },
  {
    name: 'Glue workflow',
    target: { Arn: arn('glue', 'workflow/nightly') },
    service: 'glue',
    operation: 'StartWorkflowRun',
    params: ({ eventId }) => ({ Name: 'nightly', RunProperties: { 'aws:eventIds': `[${eventId}]` } }),
  },
  {
    name: 'Inspector template',
    target: { Arn: arn('inspector', 'target/0-abc/template/0-def') },
    service: 'inspector',
    operation: 'StartAssessmentRun',
    params: () => ({ assessmentTemplateArn: arn('inspector', 'target/0-abc/template/0-def') }),
  },
  {
    name: 'Image Builder pipeline',
    target: { Arn: arn('imagebuilder', 'image-pipeline/base') },
    service: 'imagebuilder',
    operation: 'StartImagePipelineExecution',
    params: ({ deliveryId }) => ({
      imagePipelineArn: arn('imagebuilder', 'image-pipeline/base'),
      clientToken: deliveryId,
    }),
  },
];

export const cases: readonly WireCase[] = [...messages, ...work, ...systemsManager, ...builtIns];
