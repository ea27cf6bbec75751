// Runs the test suites one after the other through node's own test runner. `--soak` runs the long ones instead.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { installDebianPackages } from './debian-packages.ts';

/** A test that takes longer hangs: it fails by name, and its file ends a little later, so that the run goes on. */
const TEST_SECONDS = 400;
const FILE_SECONDS = 420;

const soak = process.argv.includes('--soak');
const suffix = soak ? '.soak.ts' : '.test.ts';
const files = ['scripts', 'packages/*/test', 'examples', 'bench']
  .flatMap((folder) => globSync(`${folder}/**/*${suffix}`, { exclude: ['**/node_modules/**'] }))
  .sort();

installDebianPackages();
const deadline = soak
  ? []
  : ['--import', './scripts/test-deadline.mjs', `--test-timeout=${TEST_SECONDS * 1_000}`];
const run = spawnSync(
  process.execPath,
  [...deadline, '--test', '--test-concurrency=2', '--test-reporter=spec', ...files],
  { stdio: 'inherit', env: { ...process.env, TEST_FILE_SECONDS: `${FILE_SECONDS}` } },
);
process.exit(run.status ?? 1);
