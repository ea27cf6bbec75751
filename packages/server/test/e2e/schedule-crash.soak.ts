import { test } from 'node:test';
import { runScheduleCrashes } from './schedule-crash-rounds.ts';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 300);

test(`${ROUNDS} rounds of kill -9 while schedules are made, deleted and fire`, async (t) => {
  const report = await runScheduleCrashes(ROUNDS, Date.now());
  t.diagnostic(JSON.stringify(report));
});
