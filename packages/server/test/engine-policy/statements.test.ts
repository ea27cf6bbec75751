import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putStatement, removeStatement } from '../../src/engine/policy/index.ts';
import type { StoredStatement } from '../../src/engine/policy/index.ts';

const statement = (sid: string, account = '111111111111'): StoredStatement => ({
  Sid: sid,
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: 'events:PutEvents',
  Resource: 'arn:aws:events:us-east-1:222222222222:event-bus/default',
});

const ONE =
  '{"Version":"2012-10-17","Statement":[{"Sid":"s1","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},' +
  '"Action":"events:PutEvents","Resource":"arn:aws:events:us-east-1:222222222222:event-bus/default"}]}';

const sids = (policy: string | undefined): unknown[] =>
  (JSON.parse(policy!) as { Statement: { Sid?: string }[] }).Statement.map(({ Sid }) => Sid);

test('the first statement makes the policy', () =>
  assert.equal(putStatement(undefined, statement('s1')), ONE));

test('another Sid is added at the end, a known one replaced where it is', () => {
  const two = putStatement(ONE, statement('s2'));
  assert.deepEqual(sids(two), ['s1', 's2']);
  const replaced = putStatement(two, statement('s1', '333333333333'));
  assert.deepEqual(sids(replaced), ['s1', 's2']);
  assert.match(replaced, /333333333333/);
  assert.doesNotMatch(replaced, /"s1".*111111111111.*"s2"/);
});

test('a policy with a single bare statement is added to', () => {
  const bare = JSON.stringify({ Version: '2012-10-17', Id: 'kept', Statement: statement('s1') });
  const two = putStatement(bare, statement('s2'));
  assert.deepEqual(sids(two), ['s1', 's2']);
  assert.match(two, /"Id":"kept"/);
});

test('removing', () => {
  const two = putStatement(ONE, statement('s2'));
  assert.deepEqual(removeStatement(undefined, 's1'), { found: false });
  assert.deepEqual(removeStatement(ONE, 's2'), { found: false });
  assert.deepEqual(removeStatement(ONE, 's1'), { found: true });
  assert.deepEqual(removeStatement(two, 's2'), { found: true, policy: ONE });
});
