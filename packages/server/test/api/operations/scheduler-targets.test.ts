// What the targets of schedules get: templated ones outside, and universal calls within the daemon.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateScheduleCommand, GetScheduleCommand, type Target } from '@aws-sdk/client-scheduler';
import { busbar } from '../../cli/busbar-command.ts';
import { startBetween, type Between } from '../../targets/aws/between.ts';
import { ACCOUNT, ROLE, schedulerKit, wish } from './scheduler-kit.ts';

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;

interface Template {
  readonly target: Omit<Target, 'RoleArn'>;
  /** What `X-Amz-Target`, the form's `Action` or the path ends with. */
  readonly operation: string;
  /** Stands in the body of the request. */
  readonly members: object | string;
}

const INPUT = '{"n":1}';
const base64 = Buffer.from(INPUT).toString('base64');

const TEMPLATES: readonly Template[] = [
  {
    target: { Arn: arn('lambda', 'function:f'), Input: INPUT },
    operation: '/2015-03-31/functions/f/invocations',
    members: { n: 1 },
  },
  {
    target: { Arn: arn('sns', 'topic'), Input: INPUT },
    operation: 'PublishBatch',
    members: `PublishBatchRequestEntries.member.1.Message=${encodeURIComponent(INPUT)}`,
  },
  {
    target: { Arn: arn('kinesis', 'stream/s'), Input: INPUT, KinesisParameters: { PartitionKey: 'key' } },
    operation: 'PutRecords',
    members: { StreamName: 's', Records: [{ Data: base64, PartitionKey: 'key' }] },
  },
  {
    target: { Arn: arn('firehose', 'deliverystream/d'), Input: INPUT },
    operation: 'PutRecordBatch',
    members: { DeliveryStreamName: 'd', Records: [{ Data: base64 }] },
  },
  {
    target: { Arn: arn('states', 'stateMachine:m'), Input: INPUT },
    operation: 'StartExecution',
    members: { stateMachineArn: arn('states', 'stateMachine:m'), input: INPUT },
  },
  {
    target: {
      Arn: arn('ecs', 'cluster/c'),
      Input: '{"containerOverrides":[{"name":"app","command":["run"]}]}',
      EcsParameters: {
        TaskDefinitionArn: arn('ecs', 'task-definition/t'),
        TaskCount: 2,
        LaunchType: 'FARGATE',
        NetworkConfiguration: { awsvpcConfiguration: { Subnets: ['s-1'], AssignPublicIp: 'ENABLED' } },
        PropagateTags: 'TASK_DEFINITION',
        Tags: [{ Key: 'k', Value: 'v' }],
      },
    },
    operation: 'RunTask',
    members: {
      cluster: arn('ecs', 'cluster/c'),
      count: 2,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['s-1'], assignPublicIp: 'ENABLED' } },
      overrides: { containerOverrides: [{ name: 'app', command: ['run'] }] },
      propagateTags: 'TASK_DEFINITION',
      tags: [{ key: 'k', value: 'v' }],
      taskDefinition: arn('ecs', 'task-definition/t'),
    },
  },
  {
    target: { Arn: arn('codebuild', 'project/site') },
    operation: 'StartBuild',
    members: { projectName: 'site' },
  },
  {
    target: { Arn: arn('codepipeline', 'line') },
    operation: 'StartPipelineExecution',
    members: { name: 'line' },
  },
  {
    target: { Arn: arn('inspector', 'target/0-a/template/0-b') },
    operation: 'StartAssessmentRun',
    members: { assessmentTemplateArn: arn('inspector', 'target/0-a/template/0-b') },
  },
  {
    target: {
      Arn: arn('sagemaker', 'pipeline/train'),
      SageMakerPipelineParameters: { PipelineParameterList: [{ Name: 'depth', Value: '3' }] },
    },
    operation: 'StartPipelineExecution',
    members: { PipelineName: 'train', PipelineParameters: [{ Name: 'depth', Value: '3' }] },
  },
];

/** Creates a schedule that fires once, at once. */
async function fireOnce(
  kit: Awaited<ReturnType<typeof schedulerKit>>,
  name: string,
  target: Omit<Target, 'RoleArn'>,
) {
  const Target = { RoleArn: ROLE, ...target } as Target;
  await kit.client.send(
    new CreateScheduleCommand(wish(name, '', { Target, ScheduleExpression: 'rate(100 days)' })),
  );
}

describe('templated targets', () => {
  let server: Between;
  let kit: Awaited<ReturnType<typeof schedulerKit>>;

  before(async () => {
    server = await startBetween();
    const entry = { url: server.url, accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
    kit = await schedulerKit({ services: { aws: entry } });
  });
  after(async () => {
    await kit.stop();
    await server.close();
  });

  for (const [index, { target, operation, members }] of TEMPLATES.entries()) {
    it(`${target.Arn!.split(':')[2]}: ${operation}`, async () => {
      server.requests.length = 0;
      await fireOnce(kit, `template-${index}`, target);
      await kit.minutes(1);
      const sent = server.requests.find(
        ({ headers, url, body }) =>
          headers['x-amz-target']?.endsWith(`.${operation}`) ||
          url.endsWith(operation) ||
          body.startsWith(`Action=${operation}&`),
      );
      assert.ok(sent, JSON.stringify(server.requests));
      if (typeof members === 'string') assert.ok(sent.body.includes(members), sent.body);
      else assert.partialDeepStrictEqual(JSON.parse(sent.body), members);
    });
  }
});

describe('universal calls within the daemon', () => {
  let folder: string;
  let kit: Awaited<ReturnType<typeof schedulerKit>>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'busbar-universal-'));
    writeFileSync(
      join(folder, 'note.mjs'),
      `import { appendFileSync } from 'node:fs';
       export const handler = (event) => appendFileSync(${JSON.stringify(join(folder, 'noted'))}, JSON.stringify(event));`,
    );
    kit = await schedulerKit({ functionsFolder: folder });
  });
  after(async () => {
    await kit.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = async (name: string, action: string, input: object): Promise<void> => {
    const Input = JSON.stringify(input);
    await fireOnce(kit, name, { Arn: `arn:aws:scheduler:::aws-sdk:${action}`, Input });
    await kit.minutes(1);
  };

  it('eventbridge:disableRule', async () => {
    await kit.aws.must('events', 'PutRule', { Name: 'nightly', ScheduleExpression: 'rate(1 day)' });
    await call('off', 'eventbridge:disableRule', { Name: 'nightly' });
    assert.equal((await kit.aws.must('events', 'DescribeRule', { Name: 'nightly' }))['State'], 'DISABLED');
  });

  it('sqs:sendMessage with attributes, and sqs:purgeQueue', async () => {
    const { name } = await kit.place();
    const QueueUrl = `${kit.url}/${ACCOUNT}/${name}`;
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'tick' } };
    await call(`${name}-send`, 'sqs:sendMessage', { QueueUrl, MessageBody: 'm', MessageAttributes });
    const [message] = await kit.receive(name);
    assert.equal(message?.MessageAttributes?.['kind']?.StringValue, 'tick');
    await kit.aws.must('sqs', 'SendMessage', { QueueUrl, MessageBody: 'more' });
    await call(`${name}-purge`, 'sqs:purgeQueue', { QueueUrl });
    assert.deepEqual(await kit.receive(name), []);
  });

  it('cloudwatchlogs:createLogGroup, in Pascal case as in the own', async () => {
    await call('group-1', 'cloudwatchlogs:createLogGroup', {
      LogGroupName: '/jobs/one',
      Tags: { Team: 'a' },
    });
    await call('group-2', 'cloudwatchlogs:createLogGroup', { logGroupName: '/jobs/two' });
    const answer = await fetch(kit.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.DescribeLogGroups',
      },
      body: JSON.stringify({ logGroupNamePrefix: '/jobs/' }),
    });
    const { logGroups } = (await answer.json()) as { logGroups: { logGroupName: string }[] };
    const names = logGroups.map(({ logGroupName }) => logGroupName);
    assert.deepEqual(names, ['/jobs/one', '/jobs/two']);
  });

  it('scheduler:deleteSchedule, also of itself', async () => {
    await call('fleeting', 'scheduler:deleteSchedule', { Name: 'fleeting' });
    await assert.rejects(kit.client.send(new GetScheduleCommand({ Name: 'fleeting' })), /does not exist/);
  });

  it('lambda:invoke of a local function', async () => {
    await call('invoke', 'lambda:invoke', {
      FunctionName: arn('lambda', 'function:note'),
      Payload: '{"n":7}',
    });
    // A process of its own has to start first.
    const noted = join(folder, 'noted');
    for (let left = 600; !existsSync(noted) && left > 0; left--) await pause(50);
    assert.equal(readFileSync(noted, 'utf8'), '{"n":7}');
  });

  it('what an API refuses is a dead letter at once, under the name of its own error; it can be redriven', async () => {
    const { name, queue } = await kit.place();
    const Arn = 'arn:aws:scheduler:::aws-sdk:eventbridge:disableRule';
    await fireOnce(kit, name, { Arn, Input: '{"Name":"absent"}', DeadLetterConfig: { Arn: queue } });
    await kit.minutes(1);
    const [message] = await kit.receive(name);
    assert.equal(message?.Body, '{"Name":"absent"}');
    const attributes = Object.entries(message.MessageAttributes!).map(([key, { StringValue }]) => [
      key,
      StringValue,
    ]);
    const { ERROR_CODE, RETRY_ATTEMPTS, TARGET_ARN, ...rest } = Object.fromEntries(attributes) as Record<
      string,
      string
    >;
    assert.deepEqual([ERROR_CODE, RETRY_ATTEMPTS, TARGET_ARN], ['ResourceNotFoundException', '0', Arn]);
    assert.equal(rest['EXHAUSTED_RETRY_CONDITION'], undefined);
    await kit.aws.must('events', 'PutRule', { Name: 'absent', ScheduleExpression: 'rate(1 day)' });
    const redriven = await busbar(['dead-letters', 'redrive', '--all'], { url: kit.url });
    assert.equal(redriven.code, 0, redriven.err);
    await kit.minutes(1);
    assert.equal((await kit.aws.must('events', 'DescribeRule', { Name: 'absent' }))['State'], 'DISABLED');
  });
});
