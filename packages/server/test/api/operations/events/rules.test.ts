import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUS_ARN, checkErrorRow, Fixture, PATTERN, QUEUE_ARN, type ErrorRow, type Step } from './fixture.ts';
import type { Rule } from '../../../../src/model/resources.ts';

const BUS: Step = ['CreateEventBus', { Name: 'my-bus' }];
const RULE: Step = ['PutRule', { Name: 'r', EventPattern: PATTERN }];
const TARGET: Step = ['PutTargets', { Rule: 'r', Targets: [{ Id: 't', Arn: QUEUE_ARN }] }];
const WILDCARD = '{"source":[{"wildcard":"com.*"}]}';
const LIMIT = 'LimitExceededException: The requested resource exceeds the maximum number allowed.';

const ERRORS: readonly ErrorRow[] = [
  {
    name: 'neither pattern nor schedule',
    call: ['PutRule', { Name: 'r' }],
    error: 'ValidationException: Parameter(s) EventPattern or ScheduleExpression must be specified.',
  },
  {
    name: 'a bad schedule',
    call: ['PutRule', { Name: 'r', ScheduleExpression: 'rate(1 minutes)' }],
    error: 'ValidationException: Parameter ScheduleExpression is not valid.',
  },
  {
    name: 'a schedule on another bus',
    before: [BUS],
    call: ['PutRule', { Name: 'r', ScheduleExpression: 'rate(1 minute)', EventBusName: 'my-bus' }],
    error: 'ValidationException: ScheduleExpression is supported only on the default event bus.',
  },
  {
    name: 'management events with a schedule',
    call: [
      'PutRule',
      {
        Name: 'r',
        ScheduleExpression: 'rate(1 minute)',
        State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
      },
    ],
    error:
      'ValidationException: ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS rule state is not supported with scheduled rule expressions.',
  },
  {
    name: 'a bad pattern, with its place',
    call: ['PutRule', { Name: 'r', EventPattern: '{"int": 42}' }],
    error:
      'InvalidEventPatternException: Event pattern is not valid. Reason: "int" must be an object or an array\n' +
      ' at [Source: (String)"{"int": 42}"; line: 1, column: 11]',
  },
  {
    name: 'a pattern over the quota',
    call: ['PutRule', { Name: 'r', EventPattern: `{"source":["${'x'.repeat(2_048)}"]}` }],
    error: LIMIT,
  },
  {
    name: 'a bus that does not exist',
    call: ['PutRule', { ...RULE[1], EventBusName: 'nope' }],
    error: 'ResourceNotFoundException: Event bus nope does not exist.',
  },
  {
    name: 'a bus of another region',
    call: ['PutRule', { ...RULE[1], EventBusName: BUS_ARN.replace('us-east-1', 'eu-west-1') }],
    error: 'ValidationException: Cross-region API call is not allowed.',
  },
  {
    name: 'one rule too many',
    quotas: { rulesPerBus: 1 },
    before: [RULE],
    call: ['PutRule', { Name: 'second', EventPattern: PATTERN }],
    error: LIMIT,
  },
  {
    name: 'one rule with a wildcard too many',
    quotas: { wildcardRulesPerBus: 1 },
    before: [['PutRule', { Name: 'w', EventPattern: WILDCARD }], RULE],
    call: ['PutRule', { Name: 'r', EventPattern: WILDCARD }],
    error: LIMIT,
  },
  ...['DescribeRule', 'EnableRule', 'DisableRule'].flatMap((operation): ErrorRow[] => [
    {
      name: `${operation} of a rule that does not exist`,
      call: [operation, { Name: 'nope' }],
      error: 'ResourceNotFoundException: Rule nope does not exist on EventBus default.',
    },
    {
      name: `${operation} of a rule on another bus, by its ARN`,
      before: [BUS, RULE],
      call: [operation, { Name: 'r', EventBusName: BUS_ARN }],
      error: 'ResourceNotFoundException: Rule r does not exist on EventBus my-bus.',
    },
  ]),
  ...[
    'PutRule',
    'DescribeRule',
    'EnableRule',
    'DisableRule',
    'DeleteRule',
    'ListRules',
    'ListRuleNamesByTarget',
  ].map((operation): ErrorRow => ({
    name: `${operation} on a bus that does not exist`,
    call: [operation, { Name: 'r', EventPattern: PATTERN, TargetArn: QUEUE_ARN, EventBusName: 'nope' }],
    error: 'ResourceNotFoundException: Event bus nope does not exist.',
  })),
  {
    name: 'deleting a rule with targets',
    before: [RULE, TARGET],
    call: ['DeleteRule', { Name: 'r', Force: true }],
    error: "ValidationException: Rule can't be deleted since it has targets.",
  },
];

for (const row of ERRORS) test(`error: ${row.name}`, () => checkErrorRow(row));

test('a new rule', async () => {
  const fixture = await Fixture.open();
  await fixture.call(...BUS);
  assert.deepEqual(await fixture.call('PutRule', { ...RULE[1], EventBusName: 'my-bus' }), {
    RuleArn: 'arn:aws:events:us-east-1:111111111111:rule/my-bus/r',
  });
  assert.deepEqual(await fixture.call(...RULE), { RuleArn: 'arn:aws:events:us-east-1:111111111111:rule/r' });
  assert.deepEqual(await fixture.call('DescribeRule', { Name: 'r', EventBusName: BUS_ARN }), {
    Name: 'r',
    Arn: 'arn:aws:events:us-east-1:111111111111:rule/my-bus/r',
    EventPattern: PATTERN,
    State: 'ENABLED',
    EventBusName: 'my-bus',
    CreatedBy: '111111111111',
  });
});

test('an update replaces all that PutRule sets; targets, tags and identity stay', async () => {
  const fixture = await Fixture.open();
  await fixture.call('PutRule', {
    Name: 'r',
    EventPattern: PATTERN,
    ScheduleExpression: 'rate(5 minutes)',
    State: 'DISABLED',
    Description: 'd',
    RoleArn: 'arn:aws:iam::111111111111:role/r',
    Tags: [{ Key: 'k', Value: 'v' }],
  });
  await fixture.call(...TARGET);
  const scope = { account: '111111111111', region: 'us-east-1' };
  const before = fixture.catalog.rule(scope, 'default', 'r')!.document;
  const pattern = ' {"source": ["com.b"]} ';
  await fixture.call('PutRule', { Name: 'r', EventPattern: pattern });
  const { CreatedBy, ...summary } = await fixture.call('DescribeRule', { Name: 'r' });
  assert.equal(CreatedBy, '111111111111');
  assert.deepEqual(summary, {
    Name: 'r',
    Arn: 'arn:aws:events:us-east-1:111111111111:rule/r',
    EventPattern: pattern,
    State: 'ENABLED',
    EventBusName: 'default',
  });
  const after = fixture.catalog.rule(scope, 'default', 'r')!.document;
  assert.deepEqual(
    [after.targets, after.tags, after.uid, after.since],
    [before.targets, before.tags, before.uid, before.since],
  );
});

test('a rule starts where the log of its bus ends', async () => {
  const fixture = await Fixture.open();
  const entry = { Source: 's', DetailType: 't', Detail: '{}' };
  await fixture.call('PutEvents', { Entries: [entry, entry] });
  await fixture.call(...RULE);
  const rule = fixture.catalog.rule(
    { account: '111111111111', region: 'us-east-1' },
    'default',
    'r',
  )!.document;
  const last = (await fixture.records()).at(-1)!;
  assert.equal(rule.since, String(last.position + 1n));
});

test('a wildcard rule can be replaced at its quota', async () => {
  const fixture = await Fixture.open({ quotas: { wildcardRulesPerBus: 1, rulesPerBus: 1 } });
  await fixture.call('PutRule', { Name: 'w', EventPattern: WILDCARD });
  await fixture.call('PutRule', { Name: 'w', EventPattern: WILDCARD, Description: 'again' });
  await fixture.call('DeleteRule', { Name: 'w' });
  await fixture.call('PutRule', { Name: 'x', EventPattern: WILDCARD });
});

test('rules created at the same time do not exceed the quota together', async () => {
  const fixture = await Fixture.open({ quotas: { rulesPerBus: 2 } });
  await fixture.call('DescribeEventBus');
  const results = await Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((Name) => fixture.call('PutRule', { Name, EventPattern: PATTERN })),
  );
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 2);
});

test('a rule can be disabled and enabled, again and again', async () => {
  const fixture = await Fixture.open();
  await fixture.call('PutRule', { ...RULE[1], State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' });
  for (const [operation, state] of [
    ['DisableRule', 'DISABLED'],
    ['DisableRule', 'DISABLED'],
    ['EnableRule', 'ENABLED'],
    ['EnableRule', 'ENABLED'],
  ] as const) {
    assert.deepEqual(await fixture.call(operation, { Name: 'r' }), {});
    assert.equal((await fixture.call('DescribeRule', { Name: 'r' }))['State'], state);
  }
});

test('a rule that does not exist counts as deleted', async () => {
  const fixture = await Fixture.open();
  assert.deepEqual(await fixture.call('DeleteRule', { Name: 'nope' }), {});
});

test('rules are listed by name, without targets and creator', async () => {
  const fixture = await Fixture.open();
  for (const Name of ['b', 'a', 'ab']) await fixture.call('PutRule', { Name, EventPattern: PATTERN });
  const { Rules, NextToken } = await fixture.call('ListRules', { NamePrefix: 'a', Limit: 1 });
  assert.deepEqual(Rules, [
    {
      Name: 'a',
      Arn: 'arn:aws:events:us-east-1:111111111111:rule/a',
      EventPattern: PATTERN,
      State: 'ENABLED',
      EventBusName: 'default',
    },
  ]);
  const rest = await fixture.call('ListRules', { NamePrefix: 'a', NextToken });
  assert.deepEqual(
    (rest['Rules'] as { Name: string }[]).map(({ Name }) => Name),
    ['ab'],
  );
  assert.equal(rest['NextToken'], undefined);
  assert.match(await fixture.error('ListRules', { NextToken }), /^InvalidToken/);
});

test('rules by target go by the exact ARN', async () => {
  const fixture = await Fixture.open();
  for (const [Name, Arn] of [
    ['b', QUEUE_ARN],
    ['a', QUEUE_ARN],
    ['c', `${QUEUE_ARN}2`],
  ] as const) {
    await fixture.call('PutRule', { Name, EventPattern: PATTERN });
    await fixture.call('PutTargets', {
      Rule: Name,
      Targets: [
        { Id: '1', Arn },
        { Id: '2', Arn },
      ],
    });
  }
  assert.deepEqual(await fixture.call('ListRuleNamesByTarget', { TargetArn: QUEUE_ARN }), {
    RuleNames: ['a', 'b'],
  });
  const page = await fixture.call('ListRuleNamesByTarget', { TargetArn: QUEUE_ARN, Limit: 1 });
  assert.deepEqual(page['RuleNames'], ['a']);
  const more = { TargetArn: QUEUE_ARN, NextToken: page['NextToken'] };
  assert.deepEqual(await fixture.call('ListRuleNamesByTarget', more), { RuleNames: ['b'] });
});

const managed = async (): Promise<Fixture> => {
  const fixture = await Fixture.open();
  await fixture.call(...RULE);
  await fixture.call(...TARGET);
  const { document, version } = fixture.catalog.rule(
    { account: '111111111111', region: 'us-east-1' },
    'default',
    'r',
  )!;
  const rule: Rule = { ...document, managedBy: 'service.amazonaws.com' };
  assert.ok(await fixture.catalog.putRule(rule, version));
  return fixture;
};

const MANAGED = "ManagedRuleException: r is a managed rule. Set 'force' parameter to true to override.";

for (const [operation, input] of [
  RULE,
  ['EnableRule', { Name: 'r' }],
  ['DisableRule', { Name: 'r' }],
  ['DeleteRule', { Name: 'r' }],
  TARGET,
  ['RemoveTargets', { Rule: 'r', Ids: ['t'] }],
  [
    'TagResource',
    { ResourceARN: 'arn:aws:events:us-east-1:111111111111:rule/r', Tags: [{ Key: 'k', Value: '' }] },
  ],
  ['UntagResource', { ResourceARN: 'arn:aws:events:us-east-1:111111111111:rule/r', TagKeys: ['k'] }],
] as const) {
  test(`${operation} spares a managed rule`, async () => {
    const fixture = await managed();
    assert.equal(await fixture.error(operation, input), MANAGED);
  });
}

test('a managed rule shows who manages it, and goes by force', async () => {
  const fixture = await managed();
  assert.equal((await fixture.call('DescribeRule', { Name: 'r' }))['ManagedBy'], 'service.amazonaws.com');
  await fixture.call('RemoveTargets', { Rule: 'r', Ids: ['t'], Force: true });
  await fixture.call('DeleteRule', { Name: 'r', Force: true });
  assert.deepEqual((await fixture.call('ListRules'))['Rules'], []);
});
