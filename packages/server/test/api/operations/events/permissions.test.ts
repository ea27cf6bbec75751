import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUS_ARN, checkErrorRow, DEFAULT_ARN, Fixture, type ErrorRow } from './fixture.ts';

const BUS = ['CreateEventBus', { Name: 'my-bus' }] as const;
const STATEMENT = { Action: 'events:PutEvents', Principal: '222222222222', StatementId: 's1' };

const policy = (resource: string | string[], parts: object = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: 'events:PutEvents', Resource: resource, ...parts },
    ],
  });

const ERRORS: readonly ErrorRow[] = [
  {
    name: 'no principal',
    call: ['PutPermission', { Action: 'events:PutEvents', StatementId: 's' }],
    error: 'ValidationException: Parameter Principal must be specified.',
  },
  {
    name: 'another action',
    call: ['PutPermission', { ...STATEMENT, Action: 'events:PutRule' }],
    error: "ValidationException: Provided value in parameter 'action' is not supported.",
  },
  {
    name: 'no action',
    call: ['PutPermission', { Principal: '*', StatementId: 's' }],
    error: 'ValidationException: Parameter Action must be specified.',
  },
  {
    name: 'no statement id',
    call: ['PutPermission', { Principal: '*', Action: 'events:PutEvents' }],
    error: 'ValidationException: Parameter StatementId must be specified.',
  },
  {
    name: 'a condition without everybody',
    call: [
      'PutPermission',
      { ...STATEMENT, Condition: { Type: 'StringEquals', Key: 'aws:PrincipalOrgID', Value: 'o' } },
    ],
    error: 'ValidationException: Parameter Condition is not valid. Reason: It needs the principal *.',
  },
  {
    name: 'another condition',
    call: [
      'PutPermission',
      { ...STATEMENT, Principal: '*', Condition: { Type: 'StringLike', Key: 'k', Value: 'o' } },
    ],
    error:
      'ValidationException: Parameter Condition is not valid. Reason: It must be StringEquals on aws:PrincipalOrgID.',
  },
  {
    name: 'a bus that does not exist',
    call: ['PutPermission', { ...STATEMENT, EventBusName: 'nope' }],
    error: 'ResourceNotFoundException: Event bus nope does not exist.',
  },
  {
    name: 'a policy that is no JSON',
    call: ['PutPermission', { Policy: '{' }],
    error: 'ValidationException: This policy contains invalid Json',
  },
  {
    name: 'both forms',
    call: ['PutPermission', { ...STATEMENT, Policy: policy('*') }],
    error:
      'ValidationException: Parameter Policy cannot be combined with Action, Principal, StatementId or Condition.',
  },
  {
    name: 'a policy about another bus',
    before: [BUS],
    call: ['PutPermission', { EventBusName: 'my-bus', Policy: policy(DEFAULT_ARN) }],
    error: `ValidationException: The relative-id "event-bus/default" is invalid for ARN "${DEFAULT_ARN}"`,
  },
  {
    name: "a policy about another bus's rules",
    before: [BUS],
    call: [
      'PutPermission',
      { EventBusName: 'my-bus', Policy: policy('arn:aws:events:us-east-1:111111111111:rule/other/r') },
    ],
    error:
      'ValidationException: The relative-id "rule/other/r" is invalid for ARN "arn:aws:events:us-east-1:111111111111:rule/other/r"',
  },
  {
    name: 'a policy that is too long',
    call: ['PutPermission', { Policy: policy('*', { Sid: 'x'.repeat(11_000) }) }],
    error: 'PolicyLengthExceededException: The policy is longer than 10240 characters.',
  },
  {
    name: 'removing a statement of a bus without a policy',
    call: ['RemovePermission', { StatementId: 's1' }],
    error: 'ResourceNotFoundException: Statement with the provided id does not exist.',
  },
  {
    name: 'removing a statement that does not exist',
    before: [['PutPermission', STATEMENT]],
    call: ['RemovePermission', { StatementId: 's2' }],
    error: 'ResourceNotFoundException: Statement with the provided id does not exist.',
  },
  {
    name: 'removing nothing in particular',
    call: ['RemovePermission', {}],
    error: 'ValidationException: Parameter StatementId is required.',
  },
  {
    name: 'removing from a bus that does not exist',
    call: ['RemovePermission', { RemoveAllPermissions: true, EventBusName: 'nope' }],
    error: 'ResourceNotFoundException: Event bus nope does not exist.',
  },
];

for (const row of ERRORS) test(`error: ${row.name}`, () => checkErrorRow(row));

const policyOf = async (fixture: Fixture, Name = 'default'): Promise<unknown> =>
  (await fixture.call('DescribeEventBus', { Name }))['Policy'];

test('a statement is stored in the form of the service', async () => {
  const fixture = await Fixture.open();
  await fixture.call('PutPermission', STATEMENT);
  assert.equal(
    await policyOf(fixture),
    '{"Version":"2012-10-17","Statement":[{"Sid":"s1","Effect":"Allow",' +
      '"Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"events:PutEvents",' +
      `"Resource":"${DEFAULT_ARN}"}]}`,
  );
});

test('everybody and an organisation', async () => {
  const fixture = await Fixture.open();
  const Condition = { Type: 'StringEquals', Key: 'aws:PrincipalOrgID', Value: 'o-1' };
  await fixture.call('PutPermission', { ...STATEMENT, Principal: '*', Condition });
  const { Statement } = JSON.parse((await policyOf(fixture)) as string) as { Statement: object[] };
  assert.deepEqual(Statement, [
    {
      Sid: 's1',
      Effect: 'Allow',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: DEFAULT_ARN,
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
    },
  ]);
});

test('the policy goes with its last statement', async () => {
  const fixture = await Fixture.open();
  await fixture.call('PutPermission', STATEMENT);
  await fixture.call('PutPermission', { ...STATEMENT, StatementId: 's2' });
  await fixture.call('PutPermission', { ...STATEMENT, Principal: '333333333333' });
  assert.match((await policyOf(fixture)) as string, /"s1".*333333333333.*"s2"/);
  await fixture.call('RemovePermission', { StatementId: 's1' });
  await fixture.call('RemovePermission', { StatementId: 's2' });
  assert.equal(await policyOf(fixture), undefined);
});

test('all permissions can be removed, also where there are none', async () => {
  const fixture = await Fixture.open();
  await fixture.call('RemovePermission', { RemoveAllPermissions: true });
  await fixture.call('PutPermission', STATEMENT);
  await fixture.call('RemovePermission', { RemoveAllPermissions: true });
  assert.equal(await policyOf(fixture), undefined);
});

for (const resource of [
  '*',
  BUS_ARN,
  'arn:aws:events:us-east-1:111111111111:rule/my-bus/*',
  'arn:aws:events:us-east-1:111111111111:rule/my-bus/r',
  'arn:aws:events:*:*:event-bus/*',
]) {
  test(`a whole policy about ${resource} is stored as it was written`, async () => {
    const fixture = await Fixture.open();
    await fixture.call('CreateEventBus', { Name: 'my-bus' });
    const text = ` ${policy(resource, { Principal: { Service: 'events.amazonaws.com' }, Action: 'events:ListRules' })}`;
    await fixture.call('PutPermission', { EventBusName: 'my-bus', Policy: text });
    assert.equal(await policyOf(fixture, 'my-bus'), text);
    const { EventBuses } = await fixture.call('ListEventBuses', { NamePrefix: 'my-' });
    assert.equal((EventBuses as { Policy: string }[])[0]!.Policy, text);
  });
}
