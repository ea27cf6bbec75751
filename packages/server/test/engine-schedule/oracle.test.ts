import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runOracle } from './oracle-rounds.ts';

test('ticks are those that going through every minute finds', (t) => {
  const report = runOracle(1, 120);
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.ticks > 1_000 && report.changes > 30, 'the pairs are worth something');
});
