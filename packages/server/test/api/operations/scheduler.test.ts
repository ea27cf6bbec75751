// The Scheduler by Amazon's own client, on a daemon whose clock the test moves.
import assert from 'node:assert/strict';
import { after, describe, it, test } from 'node:test';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { ACCOUNT, queueArn, refused, ROLE, schedulerKit, wish } from './scheduler-kit.ts';

const kit = await schedulerKit();
after(() => kit.stop());
const { client, aws, clock, minutes, place, receive } = kit;

const local = (instant: number): string => new Date(instant).toISOString().slice(0, 19);

describe('schedules', () => {
  it('are read back with their defaults filled in', async () => {
    const { name, queue } = await place();
    const { ScheduleArn } = await client.send(new CreateScheduleCommand(wish(name, queue)));
    assert.equal(ScheduleArn, `arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule/default/${name}`);
    const { $metadata, CreationDate, LastModificationDate, ...read } = await client.send(
      new GetScheduleCommand({ Name: name }),
    );
    assert.equal($metadata.httpStatusCode, 200);
    assert.ok(CreationDate instanceof Date && LastModificationDate instanceof Date);
    assert.deepEqual(read, {
      ActionAfterCompletion: 'NONE',
      Arn: ScheduleArn,
      FlexibleTimeWindow: { Mode: 'OFF' },
      GroupName: 'default',
      Name: name,
      ScheduleExpression: 'rate(1 hour)',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      Target: {
        Arn: queue,
        Input: 'tick',
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        RoleArn: ROLE,
      },
    });
  });

  it('a rate fires at once and then every period', async () => {
    const { name, queue } = await place();
    await client.send(new CreateScheduleCommand(wish(name, queue)));
    await minutes(1);
    assert.deepEqual(
      (await receive(name)).map(({ Body }) => Body),
      ['tick'],
    );
    await minutes(120);
    assert.equal((await receive(name)).length, 2);
  });

  it('`at` fires once, in its zone; the schedule stays', async () => {
    const { name, queue } = await place();
    const now = await clock();
    // Tokyo is nine hours ahead, always.
    const at = local(now + 9 * 3_600_000 + 60_000).slice(0, 16);
    await client.send(
      new CreateScheduleCommand(
        wish(name, queue, { ScheduleExpression: `at(${at})`, ScheduleExpressionTimezone: 'Asia/Tokyo' }),
      ),
    );
    await minutes(3);
    assert.equal((await receive(name)).length, 1);
    await minutes(60);
    assert.equal((await receive(name)).length, 0);
    assert.equal((await client.send(new GetScheduleCommand({ Name: name }))).State, 'ENABLED');
  });

  it('without an input the target gets the scheduled event, whose detail is a text', async () => {
    const { name, queue } = await place();
    await client.send(
      new CreateScheduleCommand(wish(name, queue, { Target: { Arn: queue, RoleArn: ROLE } })),
    );
    await minutes(1);
    const [message] = await receive(name);
    const { id, time, ...event } = JSON.parse(message!.Body) as Record<string, string>;
    assert.match(id!, /^[0-9a-f-]{36}$/);
    assert.match(time!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(event, {
      version: '0',
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: ACCOUNT,
      region: 'us-east-1',
      resources: [`arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule/default/${name}`],
      detail: '{}',
    });
  });

  it('context attributes are filled in; other text in angle brackets stays', async () => {
    const { name, queue } = await place();
    const Input =
      '{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>","id":"<aws.scheduler.execution-id>",' +
      '"n":<aws.scheduler.attempt-number>,"other":"<aws.scheduler.nothing> <b>"}';
    await client.send(
      new CreateScheduleCommand(wish(name, queue, { Target: { Arn: queue, RoleArn: ROLE, Input } })),
    );
    await minutes(1);
    const [message] = await receive(name);
    const { at, id, ...rest } = JSON.parse(message!.Body) as Record<string, string>;
    assert.match(at!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.match(id!, /^[0-9a-f]{16}$/);
    assert.deepEqual(rest, {
      arn: `arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule/default/${name}`,
      n: 1,
      other: '<aws.scheduler.nothing> <b>',
    });
  });

  it('disabled, they do not fire; an update replaces everything', async () => {
    const { name, queue } = await place();
    await client.send(
      new CreateScheduleCommand(wish(name, queue, { Description: 'before', State: 'DISABLED' })),
    );
    await minutes(180);
    assert.equal((await receive(name)).length, 0);
    await client.send(
      new UpdateScheduleCommand(wish(name, queue, { ScheduleExpression: 'rate(30 minutes)' })),
    );
    const read = await client.send(new GetScheduleCommand({ Name: name }));
    assert.deepEqual([read.Description, read.State], [undefined, 'ENABLED']);
    await minutes(61);
    assert.equal((await receive(name)).length, 3);
  });

  it('fire between start and end, and go once they are completed, when asked to', async () => {
    const { name, queue } = await place();
    const now = await clock();
    await client.send(
      new CreateScheduleCommand(
        wish(name, queue, {
          ScheduleExpression: 'rate(10 minutes)',
          StartDate: new Date(now + 60 * 60_000),
          EndDate: new Date(now + 85 * 60_000),
          ActionAfterCompletion: 'DELETE',
        }),
      ),
    );
    await minutes(59);
    assert.equal((await receive(name)).length, 0);
    await minutes(22);
    assert.equal((await receive(name)).length, 3);
    await minutes(30);
    assert.equal((await receive(name)).length, 0);
    await refused(client.send(new GetScheduleCommand({ Name: name })), 'ResourceNotFoundException', 404);
  });

  it('with a flexible window they fire within it, and tell when it began', async () => {
    const { name, queue } = await place();
    const Input = '<aws.scheduler.scheduled-time>';
    await client.send(
      new CreateScheduleCommand(
        wish(name, queue, {
          ScheduleExpression: 'cron(0 * * * ? *)',
          FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 30 },
          Target: { Arn: queue, RoleArn: ROLE, Input },
        }),
      ),
    );
    await minutes(24 * 60);
    const times = (await receive(name)).map(({ Body }) => Body);
    assert.ok(times.length >= 23 && times.length <= 25, String(times.length));
    assert.ok(times.every((time) => /T\d\d:00:00Z$/.test(time)));
    assert.equal(new Set(times).size, times.length);
  });

  it('deleted, they fire no more', async () => {
    const { name, queue } = await place();
    await client.send(new CreateScheduleCommand(wish(name, queue)));
    await minutes(1);
    await client.send(new DeleteScheduleCommand({ Name: name }));
    await minutes(300);
    assert.equal((await receive(name)).length, 1);
    await refused(client.send(new DeleteScheduleCommand({ Name: name })), 'ResourceNotFoundException', 404);
  });
});

describe('targets', () => {
  it('a missing queue goes to the dead-letter queue at once, with the documented attributes', async () => {
    const { name, queue } = await place();
    const Target = {
      Arn: queueArn('missing'),
      RoleArn: ROLE,
      Input: 'at <aws.scheduler.scheduled-time>',
      DeadLetterConfig: { Arn: queue },
    };
    await client.send(
      new CreateScheduleCommand(wish(name, queue, { Target, ScheduleExpression: 'rate(1 day)' })),
    );
    await minutes(5);
    const [message] = await receive(name);
    const { ERROR_MESSAGE, EXECUTION_ID, SCHEDULED_TIME, ...rest } = Object.fromEntries(
      Object.entries(message!.MessageAttributes!).map(([key, { StringValue }]) => [key, StringValue]),
    );
    assert.equal(message!.Body, `at ${SCHEDULED_TIME}`);
    assert.ok(ERROR_MESSAGE);
    assert.match(EXECUTION_ID!, /^[0-9a-f]{16}$/);
    assert.deepEqual(rest, {
      ERROR_CODE: 'AWS.SimpleQueueService.NonExistentQueue',
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: '0',
      SCHEDULE_ARN: `arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule/default/${name}`,
      TARGET_ARN: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
    });
  });

  it('an event bus gets an event of the given source and type', async () => {
    const { name, queue } = await place();
    await aws.must('events', 'PutRule', {
      Name: name,
      EventPattern: JSON.stringify({ source: [`app.${name}`] }),
    });
    await aws.must('events', 'PutTargets', { Rule: name, Targets: [{ Id: 'q', Arn: queue }] });
    const bus = `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/default`;
    const EventBridgeParameters = { Source: `app.${name}`, DetailType: 'Tick' };
    const Target = { Arn: bus, RoleArn: ROLE, Input: '{"n":1}', EventBridgeParameters };
    await client.send(
      new CreateScheduleCommand(wish(name, queue, { Target, ScheduleExpression: 'rate(1 day)' })),
    );
    const universal = {
      Arn: 'arn:aws:scheduler:::aws-sdk:eventbridge:putEvents',
      RoleArn: ROLE,
      Input: JSON.stringify({
        Entries: [{ Source: `app.${name}`, DetailType: 'Universal', Detail: '{"n":2}' }],
      }),
    };
    const Name = `${name}-universal`;
    await client.send(
      new CreateScheduleCommand(wish(Name, queue, { Target: universal, ScheduleExpression: 'rate(1 day)' })),
    );
    await minutes(2);
    const events = (await receive(name)).map(({ Body }) => JSON.parse(Body) as Record<string, unknown>);
    assert.deepEqual(events.map((event) => JSON.stringify([event['detail-type'], event['detail']])).sort(), [
      '["Tick",{"n":1}]',
      '["Universal",{"n":2}]',
    ]);
  });

  it('universal sqs:sendMessage', async () => {
    const { name, queue } = await place();
    const Input = JSON.stringify({
      QueueUrl: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/${name}`,
      MessageBody: 'hi',
    });
    const Target = { Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage', RoleArn: ROLE, Input };
    await client.send(new CreateScheduleCommand(wish(name, queue, { Target })));
    await minutes(1);
    assert.deepEqual(
      (await receive(name)).map(({ Body }) => Body),
      ['hi'],
    );
  });
});

test('groups: made, tagged, listed, and deleted with all their schedules', async () => {
  const { name, queue } = await place();
  const GroupName = `group-${name}`;
  const made = await client.send(
    new CreateScheduleGroupCommand({ Name: GroupName, Tags: [{ Key: 'team', Value: 'a' }] }),
  );
  const ResourceArn = made.ScheduleGroupArn!;
  assert.equal(ResourceArn, `arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule-group/${GroupName}`);
  await refused(
    client.send(new CreateScheduleGroupCommand({ Name: GroupName })),
    'ConflictException',
    409,
    `Schedule group ${GroupName} already exists.`,
  );
  const forbidden = 'This operation cannot be performed on schedule group default.';
  await refused(
    client.send(new CreateScheduleGroupCommand({ Name: 'default' })),
    'ValidationException',
    400,
    forbidden,
  );
  await refused(
    client.send(new DeleteScheduleGroupCommand({ Name: 'default' })),
    'ValidationException',
    400,
    forbidden,
  );
  await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'stage', Value: 'test' }] }));
  await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['team'] }));
  const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn }));
  assert.deepEqual(Tags, [{ Key: 'stage', Value: 'test' }]);
  await refused(
    client.send(new ListTagsForResourceCommand({ ResourceArn: ResourceArn.replace(GroupName, 'nope') })),
    'ResourceNotFoundException',
    404,
  );
  const schedule = ResourceArn.replace('schedule-group/', 'schedule/default/');
  await refused(
    client.send(new ListTagsForResourceCommand({ ResourceArn: schedule })),
    'ValidationException',
    400,
    /failed to satisfy constraint/,
  );
  for (const Name of ['a1', 'a2', 'b1'])
    await client.send(new CreateScheduleCommand(wish(Name, queue, { GroupName })));
  const groups = await client.send(new ListScheduleGroupsCommand({ NamePrefix: 'group-' }));
  assert.deepEqual(
    groups.ScheduleGroups!.map(({ Name, State }) => [Name, State]),
    [[GroupName, 'ACTIVE']],
  );
  await minutes(1);
  assert.equal((await receive(name)).length, 3);
  await client.send(new DeleteScheduleGroupCommand({ Name: GroupName }));
  await minutes(120);
  await refused(
    client.send(new GetScheduleGroupCommand({ Name: GroupName })),
    'ResourceNotFoundException',
    404,
  );
  assert.equal((await receive(name)).length, 0);
  await client.send(new CreateScheduleGroupCommand({ Name: GroupName }));
  const { Schedules } = await client.send(new ListSchedulesCommand({ GroupName }));
  assert.deepEqual(Schedules, []);
});

test('lists: prefix, state, pages', async () => {
  const { name, queue } = await place();
  const GroupName = `list-${name}`;
  await client.send(new CreateScheduleGroupCommand({ Name: GroupName }));
  const names = Array.from({ length: 7 }, (_, n) => `x${n}`);
  for (const [n, Name] of names.entries()) {
    const State = n % 2 === 0 ? 'ENABLED' : 'DISABLED';
    await client.send(new CreateScheduleCommand(wish(Name, queue, { GroupName, State })));
  }
  await client.send(new CreateScheduleCommand(wish('y0', queue, { GroupName, State: 'DISABLED' })));
  const listed = async (query: object): Promise<string[]> => {
    const found: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new ListSchedulesCommand({ ...query, NextToken }));
      found.push(...page.Schedules!.map(({ Name }) => Name!));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    return found;
  };
  assert.deepEqual(await listed({ GroupName, NamePrefix: 'x', MaxResults: 2 }), names);
  assert.deepEqual(await listed({ GroupName, State: 'DISABLED', MaxResults: 1 }), ['x1', 'x3', 'x5', 'y0']);
  assert.ok((await listed({ MaxResults: 3 })).length >= 8);
  const { Schedules } = await client.send(new ListSchedulesCommand({ GroupName, MaxResults: 1 }));
  assert.deepEqual(Object.keys(Schedules![0]!).sort(), [
    'Arn',
    'CreationDate',
    'GroupName',
    'LastModificationDate',
    'Name',
    'State',
    'Target',
  ]);
  await refused(client.send(new ListSchedulesCommand({ NextToken: 'bm9uZQ' })), 'ValidationException', 400);
});
