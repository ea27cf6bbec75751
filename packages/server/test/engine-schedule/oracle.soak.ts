import { test } from 'node:test';
import { runOracle, runOracleOfYears } from './oracle-rounds.ts';

const WINDOWS = Number(process.env['ORACLE_WINDOWS'] ?? 1_000);
const EXPRESSIONS = 12;
const OF_YEARS = Number(process.env['ORACLE_OF_YEARS'] ?? 3_000);
const SEED = Number(process.env['ORACLE_SEED'] ?? 2);

test(`ticks are those that going through every minute finds: ${WINDOWS} windows, ${EXPRESSIONS} expressions in each`, (t) => {
  t.diagnostic(JSON.stringify(runOracle(SEED, WINDOWS, EXPRESSIONS)));
});

test(`ticks are those that going through twelve years finds: ${OF_YEARS} expressions`, (t) => {
  t.diagnostic(JSON.stringify(runOracleOfYears(SEED, OF_YEARS)));
});
