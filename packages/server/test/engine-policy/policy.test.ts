import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/model/limits.ts';
import { checkPolicy, evaluatePolicy, policyResources } from '../../src/engine/policy/index.ts';
import type { PolicyDecision, PolicyRequest } from '../../src/engine/policy/index.ts';

const BUS = 'arn:aws:events:us-east-1:222222222222:event-bus/default';
const ROOT = 'arn:aws:iam::111111111111:root';

const REQUEST: PolicyRequest = {
  principalAccount: '111111111111',
  principalArn: ROOT,
  action: 'events:PutEvents',
  resource: BUS,
  context: { 'events:source': 'com.a', 'events:detail-type': 'Order', many: ['x', 'y'], flag: 'true' },
};

const statement = (parts: object): object => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'events:PutEvents',
  Resource: BUS,
  ...parts,
});

const policy = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

interface Row {
  readonly name: string;
  /** One statement's parts, over an Allow for everybody. */
  readonly parts: object;
  readonly decision: PolicyDecision;
  readonly request?: Partial<PolicyRequest>;
}

const user = 'arn:aws:iam::111111111111:user/jane';
const session = 'arn:aws:sts::111111111111:assumed-role/writer/session-1';
const service = { principalArn: 'events.amazonaws.com' };
const when = (operator: string, key: string, value: unknown): object => ({
  Condition: { [operator]: { [key]: value } },
});

const ROWS: readonly Row[] = [
  // Principals.
  { name: 'everybody', parts: {}, decision: 'allow' },
  { name: 'AWS everybody', parts: { Principal: { AWS: '*' } }, decision: 'allow' },
  { name: 'an account id', parts: { Principal: { AWS: '111111111111' } }, decision: 'allow' },
  { name: 'another account id', parts: { Principal: { AWS: '333333333333' } }, decision: 'none' },
  {
    name: 'an account root',
    parts: { Principal: { AWS: ROOT } },
    decision: 'allow',
    request: { principalArn: user },
  },
  { name: 'a list', parts: { Principal: { AWS: ['333333333333', ROOT] } }, decision: 'allow' },
  { name: 'a user', parts: { Principal: { AWS: user } }, decision: 'allow', request: { principalArn: user } },
  {
    name: 'another user',
    parts: { Principal: { AWS: `${user}2` } },
    decision: 'none',
    request: { principalArn: user },
  },
  {
    name: 'no wildcard inside a principal',
    parts: { Principal: { AWS: 'arn:aws:iam::111111111111:*' } },
    decision: 'none',
  },
  {
    name: 'a role, asked by its session',
    parts: { Principal: { AWS: 'arn:aws:iam::111111111111:role/writer' } },
    decision: 'allow',
    request: { principalArn: session },
  },
  {
    name: 'a service',
    parts: { Principal: { Service: 'events.amazonaws.com' } },
    decision: 'allow',
    request: service,
  },
  {
    name: 'another service',
    parts: { Principal: { Service: 'sns.amazonaws.com' } },
    decision: 'none',
    request: service,
  },
  {
    name: 'a service is no account',
    parts: { Principal: { AWS: '111111111111' } },
    decision: 'none',
    request: service,
  },
  {
    name: 'an account is no service',
    parts: { Principal: { Service: 'events.amazonaws.com' } },
    decision: 'none',
  },
  {
    name: 'all but another',
    parts: { Principal: undefined, NotPrincipal: { AWS: '333333333333' } },
    decision: 'allow',
  },
  {
    name: 'all but the caller',
    parts: { Principal: undefined, NotPrincipal: { AWS: ROOT } },
    decision: 'none',
  },

  // Actions and resources.
  { name: 'action in another case', parts: { Action: 'EVENTS:putevents' }, decision: 'allow' },
  { name: 'action wildcard', parts: { Action: 'events:Put*' }, decision: 'allow' },
  { name: 'action with one unknown', parts: { Action: 'events:?utEvents' }, decision: 'allow' },
  { name: 'any action', parts: { Action: '*' }, decision: 'allow' },
  { name: 'action list', parts: { Action: ['events:PutRule', 'events:PutEvents'] }, decision: 'allow' },
  { name: 'another action', parts: { Action: 'events:PutRule' }, decision: 'none' },
  { name: 'NotAction', parts: { Action: undefined, NotAction: 'events:PutEvents' }, decision: 'none' },
  {
    name: 'NotAction of another',
    parts: { Action: undefined, NotAction: 'events:PutRule' },
    decision: 'allow',
  },
  { name: 'any resource', parts: { Resource: '*' }, decision: 'allow' },
  {
    name: 'resource wildcard',
    parts: { Resource: 'arn:aws:events:*:*:event-bus/def?ult' },
    decision: 'allow',
  },
  { name: 'resource in another case', parts: { Resource: BUS.toUpperCase() }, decision: 'none' },
  { name: 'resource list', parts: { Resource: ['x', BUS] }, decision: 'allow' },
  { name: 'NotResource', parts: { Resource: undefined, NotResource: BUS }, decision: 'none' },
  { name: 'a dot is a dot', parts: { Resource: BUS.replace('-', '.') }, decision: 'none' },

  // Conditions.
  { name: 'StringEquals', parts: when('StringEquals', 'events:source', 'com.a'), decision: 'allow' },
  {
    name: 'StringEquals, any of a list',
    parts: when('StringEquals', 'events:source', ['com.z', 'com.a']),
    decision: 'allow',
  },
  { name: 'StringEquals is exact', parts: when('StringEquals', 'events:source', 'COM.A'), decision: 'none' },
  {
    name: 'StringEquals takes no wildcards',
    parts: when('StringEquals', 'events:source', 'com.*'),
    decision: 'none',
  },
  { name: 'keys in another case', parts: when('stringequals', 'EVENTS:Source', 'com.a'), decision: 'allow' },
  { name: 'missing key', parts: when('StringEquals', 'events:nothing', 'x'), decision: 'none' },
  {
    name: 'missing key, IfExists',
    parts: when('StringEqualsIfExists', 'events:nothing', 'x'),
    decision: 'allow',
  },
  {
    name: 'present key, IfExists',
    parts: when('StringEqualsIfExists', 'events:source', 'x'),
    decision: 'none',
  },
  { name: 'StringNotEquals', parts: when('StringNotEquals', 'events:source', 'com.a'), decision: 'none' },
  {
    name: 'StringNotEquals of another',
    parts: when('StringNotEquals', 'events:source', 'com.b'),
    decision: 'allow',
  },
  {
    name: 'StringNotEquals, missing key',
    parts: when('StringNotEquals', 'events:nothing', 'x'),
    decision: 'allow',
  },
  {
    name: 'StringEqualsIgnoreCase',
    parts: when('StringEqualsIgnoreCase', 'events:source', 'COM.A'),
    decision: 'allow',
  },
  { name: 'StringLike', parts: when('StringLike', 'events:source', 'com.?'), decision: 'allow' },
  { name: 'StringNotLike', parts: when('StringNotLike', 'events:source', 'com.*'), decision: 'none' },
  {
    name: 'ArnLike',
    parts: when('ArnLike', 'aws:SourceArn', 'arn:aws:events:*:1:rule/*'),
    decision: 'allow',
    request: { context: { 'aws:SourceArn': 'arn:aws:events:eu-west-1:1:rule/b/r' } },
  },
  {
    name: 'ArnEquals takes wildcards',
    parts: when('ArnEquals', 'aws:SourceArn', 'arn:aws:events:*:1:rule/*'),
    decision: 'allow',
    request: { context: { 'aws:SourceArn': 'arn:aws:events:eu-west-1:1:rule/r' } },
  },
  {
    name: 'ArnLike does not reach over colons',
    parts: when('ArnLike', 'aws:SourceArn', 'arn:aws:events:*:rule/r'),
    decision: 'none',
    request: { context: { 'aws:SourceArn': 'arn:aws:events:eu-west-1:1:rule/r' } },
  },
  { name: 'Null true, key missing', parts: when('Null', 'events:nothing', 'true'), decision: 'allow' },
  { name: 'Null true, key present', parts: when('Null', 'events:source', true), decision: 'none' },
  { name: 'Null false, key present', parts: when('Null', 'events:source', 'false'), decision: 'allow' },
  {
    name: 'Null true, empty list',
    parts: when('Null', 'none', 'true'),
    decision: 'allow',
    request: { context: { none: [] } },
  },
  { name: 'Bool', parts: when('Bool', 'flag', true), decision: 'allow' },
  { name: 'Bool false', parts: when('Bool', 'flag', 'false'), decision: 'none' },
  { name: 'ForAnyValue', parts: when('ForAnyValue:StringEquals', 'many', ['y', 'z']), decision: 'allow' },
  { name: 'ForAnyValue of others', parts: when('ForAnyValue:StringEquals', 'many', 'z'), decision: 'none' },
  {
    name: 'ForAnyValue, missing key',
    parts: when('ForAnyValue:StringNotEquals', 'nothing', 'z'),
    decision: 'none',
  },
  {
    name: 'ForAllValues',
    parts: when('ForAllValues:StringEquals', 'many', ['x', 'y', 'z']),
    decision: 'allow',
  },
  { name: 'ForAllValues of some', parts: when('ForAllValues:StringEquals', 'many', ['x']), decision: 'none' },
  {
    name: 'ForAllValues, missing key',
    parts: when('ForAllValues:StringEquals', 'nothing', ['x']),
    decision: 'allow',
  },
  {
    name: 'ForAllValues:StringLikeIfExists',
    parts: when('ForAllValues:StringLikeIfExists', 'many', '?'),
    decision: 'allow',
  },
  {
    name: 'several values without a quantifier: all must pass an Allow',
    parts: when('StringEquals', 'many', 'x'),
    decision: 'none',
  },
  {
    name: 'several values without a quantifier: one is enough for a Deny',
    parts: { Effect: 'Deny', ...when('StringEquals', 'many', 'x') },
    decision: 'deny',
  },
  {
    name: 'all operators must hold',
    parts: { Condition: { StringEquals: { 'events:source': 'com.a' }, Bool: { flag: 'false' } } },
    decision: 'none',
  },
  {
    name: 'all keys must hold',
    parts: { Condition: { StringEquals: { 'events:source': 'com.a', 'events:detail-type': 'x' } } },
    decision: 'none',
  },
  {
    name: 'variable of the caller',
    parts: when('StringEquals', 'owner', '${aws:PrincipalAccount}'),
    decision: 'allow',
    request: { context: { owner: '111111111111' } },
  },
  {
    name: 'variable of another caller',
    parts: when('StringEquals', 'owner', '${aws:PrincipalAccount}'),
    decision: 'none',
    request: { context: { owner: '333333333333' } },
  },
  {
    name: 'the caller as a key',
    parts: when('StringEquals', 'aws:PrincipalAccount', '111111111111'),
    decision: 'allow',
  },

  // What cannot be judged is on the safe side.
  {
    name: 'unknown operator never allows',
    parts: when('IpAddress', 'aws:SourceIp', '10.0.0.0/8'),
    decision: 'none',
  },
  {
    name: 'unknown operator denies',
    parts: { Effect: 'Deny', ...when('IpAddress', 'aws:SourceIp', '10.0.0.0/8') },
    decision: 'deny',
  },
  {
    name: 'unknown variable never allows',
    parts: when('StringNotEquals', 'events:source', '${aws:username}'),
    decision: 'none',
  },
  {
    name: 'unknown variable denies',
    parts: { Effect: 'Deny', ...when('StringEquals', 'events:source', '${aws:username}') },
    decision: 'deny',
  },
  {
    name: 'a value too long to compare never allows',
    parts: when('StringLike', 'events:source', '*'),
    decision: 'none',
    request: { context: { 'events:source': 'x'.repeat(limits.policyContextChars) } },
  },
  {
    name: 'too many values to compare deny',
    parts: { Effect: 'Deny', ...when('StringEquals', 'many', 'y') },
    decision: 'deny',
    request: { context: { many: Array.from({ length: limits.policyContextChars }, () => 'x') } },
  },
  {
    name: 'a long value that no condition asks for',
    parts: {},
    decision: 'allow',
    request: { context: { 'events:source': 'x'.repeat(limits.policyContextChars) } },
  },
];

for (const { name, parts, decision, request } of ROWS) {
  test(`${name}: ${decision}`, () => {
    assert.equal(evaluatePolicy(policy(statement(parts)), { ...REQUEST, ...request }), decision);
  });
}

test('without a policy nothing is said', () => assert.equal(evaluatePolicy(undefined, REQUEST), 'none'));

test('a matching Deny wins over any Allow', () => {
  const deny = statement({ Effect: 'Deny', Condition: { StringEquals: { 'events:source': 'com.a' } } });
  assert.equal(evaluatePolicy(policy(statement({}), deny), REQUEST), 'deny');
  assert.equal(
    evaluatePolicy(policy(deny, statement({})), { ...REQUEST, context: { 'events:source': 'com.b' } }),
    'allow',
  );
});

test('a single statement may stand without brackets', () => {
  assert.equal(evaluatePolicy(JSON.stringify({ Statement: statement({}) }), REQUEST), 'allow');
});

test('a text that is no policy denies everything', () => assert.equal(evaluatePolicy('{', REQUEST), 'deny'));

test('wildcards take no more time than the texts are long', () => {
  const pattern = `${'a*'.repeat(500)}b`;
  const context = { 'events:source': 'a'.repeat(limits.policyContextChars - 1) };
  const text = policy(statement(when('StringLike', 'events:source', pattern)));
  assert.equal(evaluatePolicy(text, { ...REQUEST, context }), 'none');
});

test('more policies than the cache holds are still judged', () => {
  for (let index = 0; index < limits.parsedPolicies + 10; index++) {
    const text = policy(statement({ Sid: `s${index}` }));
    assert.equal(evaluatePolicy(text, REQUEST), 'allow');
  }
});

const FAULTS: readonly (readonly [name: string, text: string, fault: string | undefined])[] = [
  ['a policy', policy(statement({})), undefined],
  ['no JSON', '{', 'This policy contains invalid Json'],
  ['no object', '[]', 'This policy contains invalid Json'],
  ['no statement', '{"Version":"2012-10-17"}', 'Missing required field Statement'],
  ['no statements', policy(), 'Missing required field Statement'],
  ['a statement that is none', '{"Statement":["x"]}', 'Invalid value for field Statement'],
  ['another version', '{"Version":"2030-01-01","Statement":[]}', 'Invalid value for field Version'],
  ['no effect', policy(statement({ Effect: undefined })), 'Missing required field Effect'],
  ['another effect', policy(statement({ Effect: 'Maybe' })), 'Invalid value for field Effect'],
  ['no principal', policy(statement({ Principal: undefined })), 'Missing required field Principal'],
  ['an empty principal', policy(statement({ Principal: {} })), 'Invalid value for field Principal'],
  [
    'another kind of principal',
    policy(statement({ Principal: { Person: 'x' } })),
    'Invalid principal in policy: "Person"',
  ],
  ['no action', policy(statement({ Action: undefined })), 'Missing required field Action'],
  ['both actions', policy(statement({ NotAction: 'x' })), 'Only one of Action and NotAction may be given'],
  ['an empty list', policy(statement({ Action: [] })), 'Invalid value for field Action'],
  ['no resource', policy(statement({ Resource: undefined })), 'Missing required field Resource'],
  ['a condition that is none', policy(statement({ Condition: 'x' })), 'Invalid value for field Condition'],
  [
    'a condition value that is none',
    policy(statement({ Condition: { Bool: { a: {} } } })),
    'Invalid value for field Condition',
  ],
  [
    'equal ids',
    policy(statement({ Sid: 'a' }), statement({ Sid: 'a' })),
    'Statement IDs (SID) in a single policy must be unique.',
  ],
];

for (const [name, text, fault] of FAULTS) {
  test(`check: ${name}`, () => assert.equal(checkPolicy(text), fault));
}

test('the resources of a policy', () => {
  const both = policy(statement({}), statement({ Resource: ['a', 'b'] }));
  assert.deepEqual(policyResources(both), [BUS, 'a', 'b']);
});
