import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUS_ARN, Fixture, OTHER, PATTERN, QUEUE_ARN, type Output } from './fixture.ts';

const RULE_ARN = 'arn:aws:events:us-east-1:111111111111:rule/my-bus/r';
const GOOD = { Source: 'com.a', DetailType: 'Order', Detail: '{}', EventBusName: BUS_ARN };
const CALLER = 'arn:aws:iam::222222222222:root';

const statement = (parts: object = {}): object => ({
  Effect: 'Allow',
  Principal: { AWS: OTHER },
  Action: 'events:*',
  Resource: [BUS_ARN, 'arn:aws:events:us-east-1:111111111111:rule/my-bus/*'],
  ...parts,
});

async function withPolicy(...statements: object[]): Promise<Fixture> {
  const fixture = await Fixture.open();
  await fixture.call('CreateEventBus', { Name: 'my-bus' });
  if (statements.length > 0) {
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await fixture.call('PutPermission', { EventBusName: 'my-bus', Policy });
  }
  return fixture;
}

const denied = (action: string, resource: string): string =>
  `User: ${CALLER} is not authorized to perform: ${action} on resource: ${resource} ` +
  `because no resource-based policy allows the ${action} action`;

const explicitly = (action: string, resource: string): string =>
  `User: ${CALLER} is not authorized to perform: ${action} on resource: ${resource} with an explicit deny in a resource-based policy`;

const when = (operator: string, key: string, value: unknown): object => ({
  Condition: { [operator]: { [key]: value } },
});

interface PublishRow {
  readonly name: string;
  readonly policy: readonly object[];
  readonly entry?: object;
  /** The message of the refusal; undefined: accepted. */
  readonly refused?: string;
}

const PUT_EVENTS = denied('events:PutEvents', BUS_ARN);

const PUBLISH: readonly PublishRow[] = [
  { name: 'no policy', policy: [], refused: PUT_EVENTS },
  { name: 'a policy for the caller', policy: [statement()] },
  {
    name: 'a policy for somebody else',
    policy: [statement({ Principal: { AWS: '333333333333' } })],
    refused: PUT_EVENTS,
  },
  {
    name: 'a policy for another action',
    policy: [statement({ Action: 'events:PutRule' })],
    refused: PUT_EVENTS,
  },
  {
    name: 'an explicit denial',
    policy: [statement(), statement({ Effect: 'Deny' })],
    refused: explicitly('events:PutEvents', BUS_ARN),
  },
  { name: 'the source', policy: [statement(when('StringEquals', 'events:source', 'com.a'))] },
  {
    name: 'another source',
    policy: [statement(when('StringEquals', 'events:source', 'com.b'))],
    refused: PUT_EVENTS,
  },
  { name: 'the detail type', policy: [statement(when('StringLike', 'events:detail-type', 'Ord*'))] },
  {
    name: 'another detail type',
    policy: [statement(when('StringLike', 'events:detail-type', 'Bill*'))],
    refused: PUT_EVENTS,
  },
  {
    name: 'a field of the detail',
    policy: [statement(when('StringEquals', 'events:detail.userIdentity.principalId', 'p1'))],
    entry: { Detail: '{"userIdentity":{"principalId":"p1"}}' },
  },
  {
    name: 'a list in the detail',
    policy: [statement(when('ForAnyValue:StringEquals', 'events:detail.service', 's2'))],
    entry: { Detail: '{"service":["s1","s2"]}' },
  },
  {
    name: 'a missing field of the detail',
    policy: [statement(when('StringEquals', 'events:detail.eventTypeCode', 'c'))],
    refused: PUT_EVENTS,
  },
  { name: 'published directly', policy: [statement(when('Bool', 'events:eventBusInvocation', 'false'))] },
  {
    name: 'an organisation, of which nobody is a member',
    policy: [statement(when('StringEquals', 'aws:PrincipalOrgID', 'o-1'))],
    refused: PUT_EVENTS,
  },
  {
    name: 'a bus that does not exist',
    policy: [statement()],
    entry: { EventBusName: `${BUS_ARN}2` },
    refused: denied('events:PutEvents', `${BUS_ARN}2`),
  },
  {
    name: 'a malformed detail comes first',
    policy: [],
    entry: { Detail: '[]' },
    refused: 'Detail is malformed.',
  },
];

for (const { name, policy, entry, refused } of PUBLISH) {
  test(`PutEvents of another account: ${name}`, async () => {
    const fixture = await withPolicy(...policy);
    const answer = await fixture.call('PutEvents', { Entries: [{ ...GOOD, ...entry }] }, OTHER);
    const [line] = answer['Entries'] as Output[];
    assert.equal(line!['ErrorMessage'], refused);
    if (refused?.startsWith('User')) assert.equal(line!['ErrorCode'], 'AccessDeniedException');
    assert.equal((await fixture.records('my-bus')).length, refused === undefined ? 1 : 0);
  });
}

test('some entries may pass while others do not', async () => {
  const fixture = await withPolicy(statement(when('StringEquals', 'events:source', 'com.a')));
  const Entries = [GOOD, { ...GOOD, Source: 'com.b' }, { ...GOOD, EventBusName: undefined }];
  const answer = await fixture.call('PutEvents', { Entries }, OTHER);
  assert.deepEqual(
    (answer['Entries'] as Output[]).map((line) => 'EventId' in line),
    [true, false, true],
  );
});

test("another account's default bus is not brought into being", async () => {
  const fixture = await Fixture.open();
  const EventBusName = 'arn:aws:events:us-east-1:333333333333:event-bus/default';
  const answer = await fixture.call('PutEvents', { Entries: [{ ...GOOD, EventBusName }] });
  assert.equal(answer['FailedEntryCount'], 1);
  assert.equal(fixture.catalog.bus({ account: '333333333333', region: 'us-east-1' }, 'default'), undefined);
});

test('the owner needs no policy, but obeys its denials', async () => {
  const deny = statement({
    Effect: 'Deny',
    Principal: '*',
    ...when('StringEquals', 'events:source', 'com.b'),
  });
  const fixture = await withPolicy(deny);
  const answer = await fixture.call('PutEvents', { Entries: [GOOD, { ...GOOD, Source: 'com.b' }] });
  assert.equal(answer['FailedEntryCount'], 1);
  assert.match(
    await fixture.error('PutRule', {
      Name: 'r',
      EventBusName: 'my-bus',
      EventPattern: '{"source":["com.b"]}',
    }),
    /^AccessDeniedException: .* with an explicit deny/,
  );
  // The way out is never closed.
  await fixture.call('RemovePermission', { EventBusName: 'my-bus', RemoveAllPermissions: true });
});

const CALLS: readonly (readonly [operation: string, input: object, resource: string])[] = [
  ['PutRule', { Name: 'r', EventPattern: PATTERN }, RULE_ARN],
  ['DescribeRule', { Name: 'r' }, RULE_ARN],
  ['EnableRule', { Name: 'r' }, RULE_ARN],
  ['DisableRule', { Name: 'r' }, RULE_ARN],
  ['PutTargets', { Rule: 'r', Targets: [{ Id: 't', Arn: QUEUE_ARN }] }, RULE_ARN],
  ['ListTargetsByRule', { Rule: 'r' }, RULE_ARN],
  ['RemoveTargets', { Rule: 'r', Ids: ['t'] }, RULE_ARN],
  ['ListRules', {}, 'arn:aws:events:us-east-1:111111111111:rule/my-bus/*'],
  ['ListRuleNamesByTarget', { TargetArn: QUEUE_ARN }, 'arn:aws:events:us-east-1:111111111111:rule/my-bus/*'],
  ['TagResource', { ResourceARN: RULE_ARN, Tags: [{ Key: 'k', Value: 'v' }] }, RULE_ARN],
  ['ListTagsForResource', { ResourceARN: RULE_ARN }, RULE_ARN],
  ['UntagResource', { ResourceARN: RULE_ARN, TagKeys: ['k'] }, RULE_ARN],
  ['DeleteRule', { Name: 'r' }, RULE_ARN],
];

test('rules on a bus of another account: with its leave', async () => {
  const fixture = await withPolicy(statement());
  for (const [operation, input] of CALLS)
    await fixture.call(operation, { ...input, EventBusName: BUS_ARN }, OTHER);
});

for (const [operation, input, resource] of CALLS) {
  test(`rules on a bus of another account: ${operation} without its leave`, async () => {
    const fixture = await withPolicy();
    await fixture.call('PutRule', { Name: 'r', EventPattern: PATTERN, EventBusName: 'my-bus' });
    assert.equal(
      await fixture.error(operation, { ...input, EventBusName: BUS_ARN }, OTHER),
      `AccessDeniedException: ${denied(`events:${operation}`, resource)}`,
    );
  });
}

test('a bus that does not exist looks like one that lets nobody in', async () => {
  const fixture = await Fixture.open();
  assert.match(
    await fixture.error('PutRule', { Name: 'r', EventPattern: PATTERN, EventBusName: BUS_ARN }, OTHER),
    /^AccessDeniedException/,
  );
});

test('a rule remembers who created it, and a policy may ask for that', async () => {
  const own = statement(when('StringEqualsIfExists', 'events:creatorAccount', '${aws:PrincipalAccount}'));
  const fixture = await withPolicy(own);
  await fixture.call('PutRule', { Name: 'theirs', EventPattern: PATTERN, EventBusName: BUS_ARN }, OTHER);
  await fixture.call('PutRule', { Name: 'ours', EventPattern: PATTERN, EventBusName: 'my-bus' });
  const theirs = await fixture.call('DescribeRule', { Name: 'theirs', EventBusName: BUS_ARN }, OTHER);
  assert.equal(theirs['CreatedBy'], OTHER);
  assert.equal(theirs['Arn'], 'arn:aws:events:us-east-1:111111111111:rule/my-bus/theirs');
  assert.match(
    await fixture.error('DescribeRule', { Name: 'ours', EventBusName: BUS_ARN }, OTHER),
    /^AccessDenied/,
  );
  // An update by the owner changes nothing about it.
  await fixture.call('PutRule', { Name: 'theirs', EventPattern: PATTERN, EventBusName: 'my-bus' });
  await fixture.call('DeleteRule', { Name: 'theirs', EventBusName: BUS_ARN }, OTHER);
});

for (const [pattern, allowed] of [
  ['{"source":["com.a"]}', true],
  ['{"source":["com.a","com.b"]}', false],
  ['{"source":["com.b"]}', false],
  ['{"source":["com.a",{"prefix":""}]}', false],
  ['{"source":[{"prefix":"com.a"}]}', false],
  ['{"$or":[{"source":["com.a"]},{"account":["1"]}]}', false],
  ['{"detail-type":["x"]}', false],
  ['{"source":["com.a"],"detail-type":["x"]}', true],
] as const) {
  test(`a policy that allows the source com.a ${allowed ? 'allows' : 'refuses'} ${pattern}`, async () => {
    const fixture = await withPolicy(statement(when('StringEquals', 'events:source', 'com.a')));
    const call = fixture.call('PutRule', { Name: 'r', EventPattern: pattern, EventBusName: BUS_ARN }, OTHER);
    if (allowed) await call;
    else await assert.rejects(call, { code: 'AccessDeniedException' });
  });
}

test('a policy may ask for the targets', async () => {
  const fixture = await withPolicy(
    statement({ Action: 'events:PutRule' }),
    statement({
      Action: 'events:PutTargets',
      ...when('ForAllValues:ArnLike', 'events:TargetArn', 'arn:aws:sqs:*:*:q*'),
    }),
  );
  await fixture.call('PutRule', { Name: 'r', EventPattern: PATTERN, EventBusName: BUS_ARN }, OTHER);
  const target = (Arn: string): object => ({ Rule: 'r', EventBusName: BUS_ARN, Targets: [{ Id: 't', Arn }] });
  await fixture.call('PutTargets', target(QUEUE_ARN), OTHER);
  const other = target('arn:aws:sqs:us-east-1:111111111111:other');
  assert.match(await fixture.error('PutTargets', other, OTHER), /^AccessDeniedException/);
});
