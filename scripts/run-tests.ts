// Runs the test suites one after the other through node's own test runner. `--soak` runs the long ones instead.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const soak = process.argv.includes('--soak');
const suffix = soak ? '.soak.ts' : '.test.ts';
const files = ['scripts', 'packages/*/test', 'examples', 'bench']
  .flatMap((folder) => globSync(`${folder}/**/*${suffix}`, { exclude: ['**/node_modules/**'] }))
  .sort();

const run = spawnSync(
  process.execPath,
  ['--test', '--test-concurrency=2', '--test-reporter=spec', ...files],
  {
    stdio: 'inherit',
  },
);
process.exit(run.status ?? 1);
