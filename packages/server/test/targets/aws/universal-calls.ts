/** Calls that schedules may name: what is given, and the same for botocore, which writes the request it is compared with. */
export interface UniversalCase {
  readonly call: string;
  readonly input: object;
  /** The API in botocore's name, where it is another than the call's. */
  readonly service?: string;
  /** In the API's own spelling, where that is not the input's. */
  readonly params?: object;
}

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:orders';
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:refund';
const INSTANT = '2026-03-01T05:48:46Z';

export const universalCases: readonly UniversalCase[] = [
  {
    call: 'sns:publish',
    input: {
      TopicArn: TOPIC,
      Message: 'grüße & <b>',
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'tick' },
        raw: { DataType: 'Binary', BinaryValue: 'bytes' },
      },
    },
  },
  {
    call: 'sns:createTopic',
    input: { Name: 'n', Tags: [{ Key: 'a', Value: '1' }], Attributes: { DisplayName: 'x' } },
  },
  {
    call: 'sfn:startExecution',
    service: 'stepfunctions',
    input: { stateMachineArn: MACHINE, name: 'n', input: '{}' },
  },
  {
    call: 'sfn:startExecution',
    service: 'stepfunctions',
    input: { StateMachineArn: MACHINE, Name: 'n', Input: '{"A":1}' },
    params: { stateMachineArn: MACHINE, name: 'n', input: '{"A":1}' },
  },
  { call: 'kinesis:putRecord', input: { StreamName: 's', PartitionKey: 'p', Data: '{"n":1}' } },
  { call: 'kinesis:putRecords', input: { StreamName: 's', Records: [{ PartitionKey: 'p', Data: 'ü' }] } },
  {
    call: 'dynamodb:putItem',
    input: {
      TableName: 't',
      Item: { id: { S: '1' }, raw: { B: 'bytes' }, deep: { M: { inner: { L: [{ B: 'x' }, { N: '1' }] } } } },
    },
  },
  {
    call: 'ecs:runTask',
    input: {
      Cluster: 'c',
      TaskDefinition: 'd',
      ClientToken: 'token',
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['s-1'], AssignPublicIp: 'ENABLED' } },
      Overrides: { ContainerOverrides: [{ Name: 'app', Environment: [{ Name: 'A', Value: 'b' }] }] },
      Tags: [{ Key: 'k', Value: 'v' }],
    },
    params: {
      cluster: 'c',
      taskDefinition: 'd',
      clientToken: 'token',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['s-1'], assignPublicIp: 'ENABLED' } },
      overrides: { containerOverrides: [{ name: 'app', environment: [{ name: 'A', value: 'b' }] }] },
      tags: [{ key: 'k', value: 'v' }],
    },
  },
  { call: 'ec2:stopInstances', input: { InstanceIds: ['i-1', 'i-2'], Force: true, DryRun: false } },
  {
    call: 'ec2:runInstances',
    input: {
      ImageId: 'ami-1',
      MinCount: 1,
      MaxCount: 2,
      ClientToken: 'token',
      BlockDeviceMappings: [{ DeviceName: '/dev/sda', Ebs: { VolumeSize: 8, DeleteOnTermination: true } }],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'k', Value: 'v' }] }],
      IamInstanceProfile: { Name: 'p' },
    },
  },
  { call: 'rds:stopDBInstance', input: { DBInstanceIdentifier: 'db' } },
  {
    call: 'rds:createDBSnapshot',
    input: { DBSnapshotIdentifier: 's', DBInstanceIdentifier: 'db', Tags: [{ Key: 'k', Value: 'v' }] },
  },
  { call: 'autoscaling:setDesiredCapacity', input: { AutoScalingGroupName: 'g', DesiredCapacity: 3 } },
  {
    call: 'cloudformation:createStack',
    input: {
      StackName: 's',
      TemplateBody: '{}',
      Capabilities: ['CAPABILITY_IAM'],
      Parameters: [{ ParameterKey: 'k', ParameterValue: 'v' }],
    },
  },
  {
    call: 'lambda:invoke',
    input: { FunctionName: 'f', InvocationType: 'Event', Qualifier: 'live', Payload: '{"a":1}' },
  },
  { call: 'lambda:putFunctionConcurrency', input: { FunctionName: 'f', ReservedConcurrentExecutions: 5 } },
  {
    call: 'batch:submitJob',
    input: { JobName: 'j', JobQueue: 'q', JobDefinition: 'd', Parameters: { Key: 'v' }, Tags: { Team: 'a' } },
    params: {
      jobName: 'j',
      jobQueue: 'q',
      jobDefinition: 'd',
      parameters: { Key: 'v' },
      tags: { Team: 'a' },
    },
  },
  {
    call: 'emrserverless:startJobRun',
    service: 'emr-serverless',
    input: {
      ApplicationId: 'a1',
      ClientToken: 'token',
      ExecutionRoleArn: 'arn:aws:iam::123456789012:role/job-role',
      JobDriver: { SparkSubmit: { EntryPoint: 's3://b/k', EntryPointArguments: ['x'] } },
    },
    params: {
      applicationId: 'a1',
      clientToken: 'token',
      executionRoleArn: 'arn:aws:iam::123456789012:role/job-role',
      jobDriver: { sparkSubmit: { entryPoint: 's3://b/k', entryPointArguments: ['x'] } },
    },
  },
  {
    call: 'iotdataplane:publish',
    service: 'iot-data',
    input: { Topic: 'a/b', Qos: 1, Payload: '{"on":true}' },
    params: { topic: 'a/b', qos: 1, payload: '{"on":true}' },
  },
  {
    call: 'sesv2:sendEmail',
    input: {
      FromEmailAddress: 'a@example.com',
      Destination: { ToAddresses: ['b@example.com'] },
      Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
    },
  },
  {
    call: 'eks:updateNodegroupConfig',
    input: {
      ClusterName: 'c',
      NodegroupName: 'n',
      ClientRequestToken: 't',
      ScalingConfig: { DesiredSize: 0 },
    },
    params: {
      clusterName: 'c',
      nodegroupName: 'n',
      clientRequestToken: 't',
      scalingConfig: { desiredSize: 0 },
    },
  },
  { call: 'glue:startJobRun', input: { JobName: 'j', Arguments: { '--day': '1' } } },
  {
    call: 'ssm:sendCommand',
    input: { DocumentName: 'd', InstanceIds: ['i-0123456789abcdef0'], Parameters: { commands: ['ls'] } },
  },
  { call: 'secretsmanager:rotateSecret', input: { SecretId: 's', ClientRequestToken: 'a'.repeat(32) } },
  {
    call: 'athena:startQueryExecution',
    input: { QueryString: 'SELECT 1', ClientRequestToken: 'a'.repeat(32) },
  },
  {
    call: 'redshiftdata:executeStatement',
    service: 'redshift-data',
    input: { Sql: 'SELECT 1', ClusterIdentifier: 'c', ClientToken: 't' },
  },
  { call: 'firehose:putRecord', input: { DeliveryStreamName: 'd', Record: { Data: 'x' } } },
  {
    call: 'codebuild:startBuild',
    input: { ProjectName: 'p', IdempotencyToken: 't' },
    params: { projectName: 'p', idempotencyToken: 't' },
  },
  { call: 'kms:encrypt', input: { KeyId: 'k', Plaintext: 'secret', EncryptionContext: { Purpose: 'x' } } },
  {
    call: 'cloudtrail:putEventSelectors',
    input: { TrailName: 't', EventSelectors: [{ ReadWriteType: 'All' }] },
  },
  {
    call: 'kinesis:subscribeToShard',
    input: {
      ConsumerARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1',
      ShardId: 'shardId-0',
      StartingPosition: { Type: 'AT_TIMESTAMP', Timestamp: INSTANT },
    },
  },
];
