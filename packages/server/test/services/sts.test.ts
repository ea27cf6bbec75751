import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stsOperations } from '../../src/services/sts/index.ts';
import { callOf } from './queue-kit.ts';

test('GetCallerIdentity tells who signed the call', async () => {
  const operation = stsOperations().find(({ name }) => name === 'GetCallerIdentity')!;
  assert.deepEqual(await operation.run({}, callOf()), {
    Account: '000000000000',
    Arn: 'arn:aws:iam::000000000000:root',
    UserId: 'AKIAEXAMPLE',
  });
});
