import { test } from 'node:test';
import { runOracle } from './oracle-rounds.ts';

const PAIRS = Number(process.env['ORACLE_PAIRS'] ?? 10_000);
const SEED = Number(process.env['ORACLE_SEED'] ?? 2);

test(`ticks are those that going through every minute finds: ${PAIRS} expressions and windows`, (t) => {
  t.diagnostic(JSON.stringify(runOracle(SEED, PAIRS)));
});
