import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseArn } from '../../../src/model/arn.ts';
import { GROUP, GROUP_ARN, logsKit, NOW, type ExpectedError, type LogsKit } from './kit.ts';

const policy = (change: object = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: `${GROUP_ARN}:*`,
        ...change,
      },
    ],
  });

const RULE = 'arn:aws:events:us-east-1:000000000000:rule/r';

async function write(kit: LogsKit): Promise<unknown> {
  const source = { service: 'events.amazonaws.com', sourceArn: RULE, account: '000000000000' } as const;
  const entry = { timestamp: NOW, message: 'm' };
  const [outcome] = await kit.service.write(parseArn(GROUP_ARN)!, GROUP, [entry], source);
  return outcome!.status === 'delivered' ? 'delivered' : outcome!.code;
}

describe('resource policies', () => {
  test('are put, replaced, shown and deleted', async () => {
    const kit = await logsKit();
    const put = await kit.call('PutResourcePolicy', { policyName: 'p', policyDocument: policy() });
    assert.deepEqual(JSON.parse(JSON.stringify(put['resourcePolicy'])), {
      policyName: 'p',
      policyDocument: policy(),
      lastUpdatedTime: NOW,
      policyScope: 'ACCOUNT',
      revisionId: put['revisionId'],
    });
    const other = policy({ Effect: 'Deny' });
    await kit.call('PutResourcePolicy', { policyName: 'p', policyDocument: other });
    const { resourcePolicies } = await kit.call('DescribeResourcePolicies', {});
    assert.deepEqual(
      (resourcePolicies as { policyDocument: string }[]).map(({ policyDocument }) => policyDocument),
      [other],
    );
    await kit.call('DeleteResourcePolicy', { policyName: 'p' });
    assert.deepEqual(await kit.call('DescribeResourcePolicies', {}), { resourcePolicies: [] });
  });

  test('of a group: with a revision, apart from those of the account', async () => {
    const kit = await logsKit();
    await kit.stream('s');
    const input = { resourceArn: GROUP_ARN, policyDocument: policy() };
    const { revisionId } = await kit.call('PutResourcePolicy', input);
    const stale: ExpectedError = ['OperationAbortedException', /in conflict/];
    await kit.fails('PutResourcePolicy', { ...input, expectedRevisionId: 'stale' }, stale);
    await kit.call('PutResourcePolicy', { ...input, expectedRevisionId: revisionId });
    assert.deepEqual(await kit.call('DescribeResourcePolicies', {}), { resourcePolicies: [] });
    for (const filter of [{ policyScope: 'RESOURCE' }, { resourceArn: GROUP_ARN }]) {
      const { resourcePolicies } = await kit.call('DescribeResourcePolicies', filter);
      const [shown] = resourcePolicies as [Record<string, unknown>];
      assert.deepEqual([shown['policyScope'], shown['resourceArn']], ['RESOURCE', GROUP_ARN]);
    }
    await kit.fails('DeleteResourcePolicy', { resourceArn: GROUP_ARN, expectedRevisionId: 'x' }, stale);
    await kit.call('DeleteResourcePolicy', { resourceArn: GROUP_ARN });
  });

  test('at most ten in an account and region, listed page by page', async () => {
    const kit = await logsKit();
    const put = (index: number): object => ({ policyName: `p${index}`, policyDocument: policy() });
    for (let index = 0; index < 10; index++) await kit.call('PutResourcePolicy', put(index));
    await kit.fails('PutResourcePolicy', put(10), ['LimitExceededException', 'Resource limit exceeded.']);
    const first = await kit.call('DescribeResourcePolicies', { limit: 7 });
    const { nextToken } = first;
    const second = await kit.call('DescribeResourcePolicies', { limit: 7, nextToken });
    const names = [first, second].map(({ resourcePolicies }) => (resourcePolicies as unknown[]).length);
    assert.deepEqual([names, second['nextToken']], [[7, 3], undefined]);
  });

  const invalid = (message: string | RegExp): ExpectedError => ['InvalidParameterException', message];
  for (const [operation, input, expected] of [
    ['PutResourcePolicy', { policyName: 'p' }, invalid(/policyDocument/)],
    [
      'PutResourcePolicy',
      { policyName: 'p', policyDocument: '{' },
      invalid(/Invalid resource policy document/),
    ],
    ['PutResourcePolicy', { policyDocument: policy() }, invalid(/policyName/)],
    [
      'PutResourcePolicy',
      { resourceArn: GROUP_ARN, policyDocument: policy() },
      ['ResourceNotFoundException', 'The specified log group does not exist.'],
    ],
    [
      'DeleteResourcePolicy',
      { policyName: 'x' },
      ['ResourceNotFoundException', 'Policy with name [x] does not exist.'],
    ],
    [
      'DescribeResourcePolicies',
      { policyScope: 'ACCOUNT', resourceArn: GROUP_ARN },
      invalid(/RESOURCE only/),
    ],
  ] as const) {
    test(`${operation} refuses ${JSON.stringify(input).slice(0, 70)}`, async () => {
      await (await logsKit()).fails(operation, input, expected);
    });
  }
});

describe('who may write', () => {
  const rows: readonly (readonly [string, readonly string[], string])[] = [
    ['no policy', [], 'delivered'],
    ['one that allows it', [policy()], 'delivered'],
    ['one for another service', [policy({ Principal: { Service: 'es.amazonaws.com' } })], 'NO_PERMISSIONS'],
    [
      'one for another group',
      [policy({ Resource: 'arn:aws:logs:us-east-1:000000000000:log-group:x:*' })],
      'NO_PERMISSIONS',
    ],
    ['two, of which one allows it', [policy({ Action: 'logs:GetLogEvents' }), policy()], 'delivered'],
    ['two, of which one denies it', [policy({ Effect: 'Deny' }), policy()], 'NO_PERMISSIONS'],
    [
      'a condition on this rule',
      [policy({ Condition: { ArnEquals: { 'aws:SourceArn': RULE } } })],
      'delivered',
    ],
    [
      'a condition on another',
      [policy({ Condition: { ArnEquals: { 'aws:SourceArn': `${RULE}2` } } })],
      'NO_PERMISSIONS',
    ],
  ];
  for (const [title, policies, outcome] of rows) {
    test(title, async () => {
      const kit = await logsKit();
      await kit.stream('s');
      for (const [index, policyDocument] of policies.entries()) {
        await kit.call('PutResourcePolicy', { policyName: `p${index}`, policyDocument });
      }
      assert.equal(await write(kit), outcome);
    });
  }
});
