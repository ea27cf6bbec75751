import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runArchiveCrashes } from './archive-crash-rounds.ts';

const ROUNDS = 8;

test(`${ROUNDS} rounds of kill -9 while events go into archives and out of them`, async (t) => {
  const report = await runArchiveCrashes(ROUNDS, Date.now());
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.archived > 100, 'the rounds are worth something');
});
