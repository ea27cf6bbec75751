// The checks of `contracts.test.ts`, at length: `SOAK_MINUTES` says how long the random ones go on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkContracts, checkMutants, checkRepeats } from './contract-checks.ts';

const MUTANTS = 1_000_000;
const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 5);

test(`strict matchers refuse what JSON.parse refuses, in ${MUTANTS} texts`, (t) => {
  let valid = 0;
  for (let seed = 1; seed <= 10; seed++) valid += checkMutants(seed * 1009, MUTANTS / 10);
  t.diagnostic(`${valid} of them valid`);
  assert.ok(valid > MUTANTS / 50);
});

test(`all contracts give the answers of a naive matcher, for ${MINUTES} minutes`, (t) => {
  const end = performance.now() + MINUTES * 60_000;
  const total = { events: 0, matches: 0, trusted: 0 };
  let seed = Number(process.env['SOAK_SEED'] ?? 1000);
  for (; performance.now() < end; seed++) {
    const count = [1, 3, 30, 300][seed % 4]!;
    const { events, matches, trusted } = checkContracts(seed, seed % 3 === 0, count, count === 300 ? 40 : 60);
    checkRepeats(seed, 100);
    total.events += events;
    total.matches += matches;
    total.trusted += trusted;
  }
  t.diagnostic(`up to seed ${seed}: ${JSON.stringify(total)}`);
  assert.ok(total.matches > 0 && total.trusted > 0);
});
