// What docs/getting-started.md tells people to run, run.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startBusbar, type RunningBusbar } from 'busbar';
import { codeBlocks } from '../code-blocks.ts';

const ROOT = join(import.meta.dirname, '../..');
const blocks = codeBlocks('getting-started.md');
const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
const works = (...[command, ...args]: [string, ...string[]]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Runs a program with the variables that point at the daemon. Answers what it printed, whatever its exit code. */
async function printed(bus: RunningBusbar, program: string, args: readonly string[]): Promise<string> {
  // `npx` finds the `busbar` of this workspace without looking further.
  const PATH = `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`;
  const env = { ...process.env, ...bus.env, PATH, AWS_PAGER: '' };
  const { stdout } = await promisify(execFile)(program, args, { env, cwd: ROOT }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      assert.equal(error.stderr, '');
      return { stdout: error.stdout ?? '' };
    },
  );
  return stdout;
}

for (const [language, file] of [
  ['python', 'first_event.py'],
  ['js', 'first-event.js'],
] as const) {
  test(`the page shows ${file} as it is`, () => {
    const shown = blocks.filter((block) => block.language === language).map(({ text }) => text);
    assert.deepEqual(shown, [readFileSync(join(import.meta.dirname, file), 'utf8')]);
  });
}

/** Why the commands cannot be run, or false. An older CLI ignores AWS_ENDPOINT_URL and would go to Amazon. */
function noCli(): string | false {
  const found = /^aws-cli\/(\d+)\.(\d+)/.exec(
    spawnSync('aws', ['--version'], { encoding: 'utf8' }).stdout ?? '',
  );
  if (!found) return 'SKIPPED: the AWS CLI is not installed';
  const [major, minor] = [Number(found[1]), Number(found[2])];
  return (
    minor < (major === 1 ? 29 : 13) && `SKIPPED: the AWS CLI is ${found[0]}, too old for AWS_ENDPOINT_URL`
  );
}

test('the commands print what the page shows', { skip: noCli() }, async () => {
  assert.equal(commands.length, 6);
  await using bus = await startBusbar();
  const output = await printed(bus, 'bash', ['-c', commands.join('\n')]);
  // Ids, handles, times and the port are those of one run.
  const plain = (text: string): string =>
    text
      .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
      .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID')
      .replaceAll(/"(ReceiptHandle|MD5OfBody)": "[^"]*"/g, '$1')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME');
  const start = blocks.findIndex(({ language }) => language === 'sh');
  const end = blocks.findIndex(({ language }) => language === 'python');
  const shown = blocks.slice(start, end).filter(({ language }) => language !== 'sh');
  assert.equal(plain(output), plain(shown.map(({ text }) => text).join('')));
});

const noPython = !works('python3', '-c', 'import boto3') && 'SKIPPED: python3 with boto3 is not installed';

test('the Python program prints what the page shows', { skip: noPython }, async () => {
  await using bus = await startBusbar();
  assert.equal(
    await printed(bus, 'python3', [join(import.meta.dirname, 'first_event.py')]),
    "{'id': 'o-1'}\n",
  );
});

test('the JavaScript program prints what the page shows', async () => {
  await using bus = await startBusbar();
  assert.equal(
    await printed(bus, process.execPath, [join(import.meta.dirname, 'first-event.js')]),
    "{ id: 'o-1' }\n",
  );
});
