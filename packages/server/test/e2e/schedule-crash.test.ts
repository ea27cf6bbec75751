import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runScheduleCrashes } from './schedule-crash-rounds.ts';

const ROUNDS = 12;

test(`${ROUNDS} rounds of kill -9 while schedules are made, deleted and fire`, async (t) => {
  const report = await runScheduleCrashes(ROUNDS, Date.now());
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.created > 20 && report.deleted > 0 && report.fired > 0, 'the rounds are worth something');
});
