// The checks of `contracts.test.ts`, at length: `SOAK_MINUTES` says how long the random ones go on, and `SOAK_SEED` where they begin.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMutants, fuzz } from './contract-checks.ts';

const MUTANTS = 1_000_000;
const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 60);
const SEED = Number(process.env['SOAK_SEED'] ?? 1000);

test(`strict matchers refuse what JSON.parse refuses, in ${MUTANTS} texts`, (t) => {
  let valid = 0;
  for (let seed = 1; seed <= 10; seed++) valid += checkMutants(seed * 1009, MUTANTS / 10);
  t.diagnostic(`${valid} of them valid`);
  assert.ok(valid > MUTANTS / 50);
});

test(`all contracts give the answers of a naive matcher, for ${MINUTES} minutes`, (t) => {
  const seen = fuzz(MINUTES, SEED);
  t.diagnostic(JSON.stringify(seen));
  assert.ok(seen.matches > 0 && seen.trusted > 0);
});
