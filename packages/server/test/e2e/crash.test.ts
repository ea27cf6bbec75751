import { test } from 'node:test';
import { runCrashRounds } from './crash-rounds.ts';

const ROUNDS = 50;

test(`${ROUNDS} rounds of kill -9 under load lose nothing and invent nothing`, async (t) => {
  const report = await runCrashRounds(ROUNDS, Date.now());
  t.diagnostic(JSON.stringify(report));
});
