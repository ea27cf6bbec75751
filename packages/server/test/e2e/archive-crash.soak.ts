import { test } from 'node:test';
import { runArchiveCrashes } from './archive-crash-rounds.ts';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 300);

test(`${ROUNDS} rounds of kill -9 while events go into archives and out of them`, async (t) => {
  const report = await runArchiveCrashes(ROUNDS, Date.now());
  t.diagnostic(JSON.stringify(report));
});
