// What the operations of the Scheduler refuse, and in which words.
import { after, describe, it, test } from 'node:test';
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListSchedulesCommand,
  UpdateScheduleCommand,
  type CreateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { ACCOUNT, queueArn, refused, ROLE, schedulerKit, wish } from './scheduler-kit.ts';

const kit = await schedulerKit();
after(() => kit.stop());
const { client, place } = kit;

const SQS = queueArn('q');
const UNIVERSAL = 'arn:aws:scheduler:::aws-sdk:';
const target = (Arn: string, more: object = {}) => ({ Target: { Arn, RoleArn: ROLE, ...more } });

/** What is wrong with a new schedule, and what is said about it. */
const INVALID: readonly (readonly [Partial<CreateScheduleCommandInput>, string | RegExp])[] = [
  [{ ScheduleExpression: 'rate(5 eons)' }, 'Invalid Schedule Expression rate(5 eons).'],
  [{ ScheduleExpression: 'cron(0 0 1 1 ? 2001)' }, /never schedule/],
  [
    { ScheduleExpressionTimezone: 'Europe/Atlantis' },
    'Invalid Schedule Expression Timezone Europe/Atlantis.',
  ],
  [{ ScheduleExpressionTimezone: '+02:00' }, /Invalid Schedule Expression Timezone/],
  [
    { FlexibleTimeWindow: { Mode: 'OFF', MaximumWindowInMinutes: 5 } },
    'MaximumWindowInMinutes must not be provided when FlexibleTimeWindowMode is set to OFF.',
  ],
  [
    { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } },
    'MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEXIBLE.',
  ],
  [
    { StartDate: new Date('2190-01-02'), EndDate: new Date('2190-01-01') },
    'The StartDate you specify must come before the EndDate.',
  ],
  [{ StartDate: new Date('2020-01-01') }, 'The StartDate you specify cannot be earlier than 5 minutes ago.'],
  [target('arn:aws:s3:::bucket'), 's3 is not a supported service for a target'],
  [
    target(`arn:aws:sqs:eu-west-1:${ACCOUNT}:q`),
    'The target ARN provided does not match the current region us-east-1.',
  ],
  [
    target(SQS, { KinesisParameters: { PartitionKey: 'k' } }),
    'Parameters KinesisParameters not supported for the target.',
  ],
  [target(`${SQS}.fifo`), 'Parameters SqsParameters must be specified'],
  [
    target(SQS, { SqsParameters: { MessageGroupId: 'g' } }),
    'Parameters MessageGroupId not valid for the target',
  ],
  [target(`arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/s`), 'Parameters KinesisParameters must be specified'],
  [
    target(`arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`, { Input: '{' }),
    'JSON syntax error in input for the target',
  ],
  [
    target(`arn:aws:events:us-east-1:${ACCOUNT}:event-bus/b`, {
      Input: '[]',
      EventBridgeParameters: { Source: 's', DetailType: 'd' },
    }),
    'JSON syntax error in input for the target',
  ],
  [
    target(`arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/c`, {
      EcsParameters: { TaskDefinitionArn: 't', LaunchType: 'FARGATE' },
    }),
    'Parameter NetworkConfiguration must be specified for the target when launch type is FARGATE',
  ],
  [target(`${UNIVERSAL}sqs:receiveMessage`, { Input: '{}' }), 'receiveMessage API is not supported.'],
  [target(`${UNIVERSAL}sqs:sendMessage`), 'You must provide an input to set this target for your schedule'],
  [target(`${UNIVERSAL}sqs:sendMessage`, { Input: 'x' }), 'JSON syntax error in input for the target'],
  [
    target('arn:aws:scheduler:us-east-1:000000000000:aws-sdk:sqs:sendMessage', { Input: '{}' }),
    'scheduler is not a supported service for a target',
  ],
  [target(`${UNIVERSAL}sqs:sendMesage`, { Input: '{}' }), 'sendMesage API is not supported.'],
  [target(`${UNIVERSAL}sqs:sendMessage`, { Input: '[]' }), 'JSON syntax error in input for the target'],
  [
    target(`${UNIVERSAL}nothing:sendMessage`, { Input: '{}' }),
    'nothing is not a supported service for a target',
  ],
  [target(`${UNIVERSAL}s3:putObject`, { Input: '{}' }), 'Busbar does not call s3 for schedules yet.'],
  [
    target(`${UNIVERSAL}ec2:stopInstances`, { Input: '{}' }),
    'Busbar does not know where ec2 is: write "services": { "ec2": "aws" } into its configuration, or a URL for "aws".',
  ],
  [{ Name: 'bad name' }, /failed to satisfy constraint/],
  [target(SQS, { RoleArn: 'role' }), /failed to satisfy constraint/],
  [target(SQS, { RetryPolicy: { MaximumRetryAttempts: 186 } }), /failed to satisfy constraint/],
];

describe('what CreateSchedule refuses', () => {
  for (const [more, message] of INVALID) {
    it(`${JSON.stringify(more).slice(0, 90)}: ${String(message).slice(0, 60)}`, () =>
      refused(
        client.send(new CreateScheduleCommand(wish('bad', SQS, more))),
        'ValidationException',
        400,
        message,
      ));
  }
});

test('names, tokens and groups: what exists, what does not', async () => {
  const { name, queue } = await place();
  const first = wish(name, queue, { ClientToken: 'token-1' });
  await client.send(new CreateScheduleCommand(first));
  await client.send(new CreateScheduleCommand(first));
  await refused(
    client.send(new CreateScheduleCommand({ ...first, Description: 'x' })),
    'ConflictException',
    409,
  );
  await refused(
    client.send(new CreateScheduleCommand(wish(name, queue))),
    'ConflictException',
    409,
    `Schedule ${name} already exists.`,
  );
  const unknown = `Schedule ${name}-x does not exist.`;
  const Name = `${name}-x`;
  await refused(client.send(new GetScheduleCommand({ Name })), 'ResourceNotFoundException', 404, unknown);
  await refused(
    client.send(new UpdateScheduleCommand(wish(Name, queue))),
    'ResourceNotFoundException',
    404,
    unknown,
  );
  const noGroup = 'Schedule group nope does not exist.';
  for (const send of [
    () => client.send(new CreateScheduleCommand(wish(name, queue, { GroupName: 'nope' }))),
    () => client.send(new GetScheduleCommand({ Name: name, GroupName: 'nope' })),
    () => client.send(new ListSchedulesCommand({ GroupName: 'nope' })),
    () => client.send(new GetScheduleGroupCommand({ Name: 'nope' })),
    () => client.send(new DeleteScheduleGroupCommand({ Name: 'nope' })),
  ]) {
    await refused(send(), 'ResourceNotFoundException', 404, noGroup);
  }
  const deletion = { Name: name, ClientToken: 'token-2' };
  await client.send(new DeleteScheduleCommand(deletion));
  await client.send(new DeleteScheduleCommand(deletion));
});
