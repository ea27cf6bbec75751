import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BUS_ARN,
  checkErrorRow,
  DEFAULT_ARN,
  Fixture,
  NOW,
  OTHER,
  PATTERN,
  QUEUE_ARN,
  type ErrorRow,
} from './fixture.ts';

const BUS = ['CreateEventBus', { Name: 'my-bus' }] as const;

const ERRORS: readonly ErrorRow[] = [
  {
    name: 'creating the default bus',
    call: ['CreateEventBus', { Name: 'default' }],
    error: 'ResourceAlreadyExistsException: Event bus default already exists.',
  },
  {
    name: 'creating a bus twice',
    before: [BUS],
    call: BUS,
    error: 'ResourceAlreadyExistsException: Event bus my-bus already exists.',
  },
  {
    name: 'a slash in a custom name',
    call: ['CreateEventBus', { Name: 'a/b' }],
    error: "ValidationException: Event bus name must not contain '/'.",
  },
  {
    name: 'a partner bus without its source',
    call: ['CreateEventBus', { Name: 'aws.partner/x/y', EventSourceName: 'aws.partner/x/y' }],
    error: 'ResourceNotFoundException: Event source aws.partner/x/y does not exist.',
  },
  {
    name: 'one bus too many',
    quotas: { eventBuses: 1 },
    before: [BUS],
    call: ['CreateEventBus', { Name: 'second' }],
    error: 'LimitExceededException: The requested resource exceeds the maximum number allowed.',
  },
  {
    name: 'tag keys given twice',
    call: [
      'CreateEventBus',
      {
        Name: 'b',
        Tags: [
          { Key: 'k', Value: '1' },
          { Key: 'k', Value: '2' },
        ],
      },
    ],
    error: 'ValidationException: Invalid parameter: Duplicated keys are not allowed.',
  },
  {
    name: 'a dead-letter queue that is none',
    call: ['CreateEventBus', { Name: 'b', DeadLetterConfig: { Arn: 'queue' } }],
    error:
      'ValidationException: Parameter queue is not valid. Reason: Provided Arn is not in correct format.',
  },
  {
    name: 'describing a bus that does not exist',
    call: ['DescribeEventBus', { Name: 'nope' }],
    error: 'ResourceNotFoundException: Event bus nope does not exist.',
  },
  {
    name: 'describing a bus of another region',
    call: ['DescribeEventBus', { Name: BUS_ARN.replace('us-east-1', 'eu-west-1') }],
    error: 'ValidationException: Cross-region API call is not allowed.',
  },
  {
    name: 'describing a bus of another account',
    before: [BUS],
    account: OTHER,
    call: ['DescribeEventBus', { Name: BUS_ARN }],
    error:
      'AccessDeniedException: User: arn:aws:iam::222222222222:root is not authorized to perform: events:DescribeEventBus on ' +
      `resource: ${BUS_ARN} because no resource-based policy allows the events:DescribeEventBus action`,
  },
  {
    name: 'updating a bus that does not exist',
    call: ['UpdateEventBus', { Name: 'nope', Description: 'x' }],
    error: 'ResourceNotFoundException: Event bus nope does not exist.',
  },
  {
    name: 'deleting the default bus',
    call: ['DeleteEventBus', { Name: 'default' }],
    error: 'ValidationException: Cannot delete event bus default.',
  },
  {
    name: 'deleting a bus with rules',
    before: [BUS, ['PutRule', { Name: 'r', EventBusName: 'my-bus', EventPattern: PATTERN }]],
    call: ['DeleteEventBus', { Name: 'my-bus' }],
    error: "ValidationException: EventBus can't be deleted since it has rules.",
  },
  {
    name: 'a token that nobody gave out',
    call: ['ListEventBuses', { NextToken: 'garbage' }],
    error: 'InvalidToken: The pagination token is not valid.',
  },
];

for (const row of ERRORS) test(`error: ${row.name}`, () => checkErrorRow(row));

test('a new bus answers its ARN and the settings that were given', async () => {
  const fixture = await Fixture.open();
  assert.deepEqual(await fixture.call('CreateEventBus', { Name: 'plain' }), {
    EventBusArn: 'arn:aws:events:us-east-1:111111111111:event-bus/plain',
  });
  const settings = {
    Description: 'orders',
    KmsKeyIdentifier: 'alias/key',
    DeadLetterConfig: { Arn: QUEUE_ARN },
    LogConfig: { Level: 'INFO', IncludeDetail: 'FULL' },
  };
  assert.deepEqual(await fixture.call('CreateEventBus', { Name: 'my-bus', ...settings }), {
    EventBusArn: BUS_ARN,
    ...settings,
  });
  assert.deepEqual(await fixture.call('DescribeEventBus', { Name: BUS_ARN }), {
    Arn: BUS_ARN,
    Name: 'my-bus',
    CreationTime: NOW / 1_000,
    LastModifiedTime: NOW / 1_000,
    ...settings,
  });
});

test('the default bus is there without being created', async () => {
  const fixture = await Fixture.open();
  const expected = {
    Arn: DEFAULT_ARN,
    Name: 'default',
    CreationTime: NOW / 1_000,
    LastModifiedTime: NOW / 1_000,
  };
  assert.deepEqual(await fixture.call('DescribeEventBus'), expected);
  assert.deepEqual(await fixture.call('DescribeEventBus', { Name: DEFAULT_ARN }), expected);
});

test('an update leaves alone what it does not name, except the key', async () => {
  const fixture = await Fixture.open();
  await fixture.call('CreateEventBus', {
    Name: 'my-bus',
    Description: 'one',
    KmsKeyIdentifier: 'k',
    DeadLetterConfig: { Arn: QUEUE_ARN },
  });
  fixture.now += 10_000;
  assert.deepEqual(await fixture.call('UpdateEventBus', { Name: 'my-bus', LogConfig: { Level: 'OFF' } }), {
    Arn: BUS_ARN,
    Name: 'my-bus',
    Description: 'one',
    DeadLetterConfig: { Arn: QUEUE_ARN },
    LogConfig: { Level: 'OFF' },
  });
  const bus = await fixture.call('DescribeEventBus', { Name: 'my-bus' });
  assert.equal(bus['CreationTime'], NOW / 1_000);
  assert.equal(bus['LastModifiedTime'], NOW / 1_000 + 10);
  await fixture.call('UpdateEventBus', {
    Name: 'my-bus',
    Description: '',
    DeadLetterConfig: {},
    KmsKeyIdentifier: 'k2',
  });
  const cleared = await fixture.call('DescribeEventBus', { Name: 'my-bus' });
  assert.deepEqual(
    [cleared['Description'], cleared['DeadLetterConfig'], cleared['KmsKeyIdentifier']],
    [undefined, undefined, 'k2'],
  );
});

test('an update without a name is about the default bus', async () => {
  const fixture = await Fixture.open();
  assert.deepEqual(await fixture.call('UpdateEventBus', { Description: 'd' }), {
    Arn: DEFAULT_ARN,
    Name: 'default',
    Description: 'd',
  });
});

test('deleting is done once there are no rules, and again without complaint', async () => {
  const fixture = await Fixture.open();
  assert.deepEqual(await fixture.call('DeleteEventBus', { Name: 'never-was' }), {});
  await fixture.call('CreateEventBus', { Name: 'my-bus' });
  await fixture.call('PutRule', { Name: 'r', EventBusName: 'my-bus', EventPattern: PATTERN });
  await fixture.call('DeleteRule', { Name: 'r', EventBusName: 'my-bus' });
  await fixture.call('DeleteEventBus', { Name: 'my-bus' });
  assert.match(await fixture.error('DescribeEventBus', { Name: 'my-bus' }), /does not exist/);
  await fixture.call('CreateEventBus', { Name: 'my-bus' });
});

test('lists go by name and by pages; a token is good for its own question only', async () => {
  const fixture = await Fixture.open();
  for (const name of ['c', 'a', 'ab', 'b']) await fixture.call('CreateEventBus', { Name: name });
  const namesOf = (page: Record<string, unknown>): unknown[] =>
    (page['EventBuses'] as { Name: string }[]).map(({ Name }) => Name);
  const all = await fixture.call('ListEventBuses');
  assert.deepEqual(namesOf(all), ['a', 'ab', 'b', 'c', 'default']);
  assert.equal(all['NextToken'], undefined);
  const first = await fixture.call('ListEventBuses', { Limit: 2 });
  assert.deepEqual(namesOf(first), ['a', 'ab']);
  await fixture.call('DeleteEventBus', { Name: 'ab' });
  const second = await fixture.call('ListEventBuses', { Limit: 2, NextToken: first['NextToken'] });
  assert.deepEqual(namesOf(second), ['b', 'c']);
  const third = await fixture.call('ListEventBuses', { Limit: 2, NextToken: second['NextToken'] });
  assert.deepEqual([namesOf(third), third['NextToken']], [['default'], undefined]);
  assert.deepEqual(namesOf(await fixture.call('ListEventBuses', { NamePrefix: 'a' })), ['a']);
  const token = { NextToken: first['NextToken'], NamePrefix: 'a' };
  assert.match(await fixture.error('ListEventBuses', token), /^InvalidToken/);
});

test('requests at the same time do not exceed the quota together', async () => {
  const fixture = await Fixture.open({ quotas: { eventBuses: 3 } });
  const results = await Promise.allSettled(
    ['a', 'b', 'c', 'd', 'e'].map((Name) => fixture.call('CreateEventBus', { Name })),
  );
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 3);
});
