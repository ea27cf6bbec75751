import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runOracle, runOracleOfYears } from './oracle-rounds.ts';

test('ticks are those that going through every minute finds', (t) => {
  const report = runOracle(1, 60, 12);
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.ticks > 10_000 && report.changes > 20, 'the windows are worth something');
});

test('ticks are those that going through twelve years finds', (t) => {
  const report = runOracleOfYears(1, 150);
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.ticks > 1_000, 'the expressions are worth something');
});
