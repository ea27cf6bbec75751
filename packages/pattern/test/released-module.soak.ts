// Random patterns and events on the module as it is released.
import './released-module.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { fuzz } = await import('./contract-checks.ts');

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 10);
const SEED = Number(process.env['SOAK_SEED'] ?? 1_000_000);

test(`the released module gives the answers of a naive matcher, for ${MINUTES} minutes`, (t) => {
  const seen = fuzz(MINUTES, SEED);
  t.diagnostic(JSON.stringify(seen));
  assert.ok(seen.matches > 0 && seen.trusted > 0);
});
