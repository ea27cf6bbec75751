import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCommands, readFiles } from '../../src/config/local-access.ts';

const PLACE = 'busbar.config.json';
const says = (setting: string, fault: string): RegExp =>
  new RegExp(`^"${setting}" in ${PLACE}: "x" ${fault}`);

test('files', () => {
  const read = readFiles({ out: 'stdout', a: '/a', b: { path: '/b', fsync: true } }, PLACE);
  assert.deepEqual(Object.entries(read), [
    ['out', { path: 'stdout', fsync: false }],
    ['a', { path: '/a', fsync: false }],
    ['b', { path: '/b', fsync: true }],
  ]);
  assert.deepEqual(Object.entries(readFiles(undefined, PLACE)), []);
});

const badFiles: readonly [given: unknown, fault: string][] = [
  ['relative/path', 'needs an absolute path, or "stdout"'],
  [7, 'must be a text or an object'],
  [[], 'must be a text or an object'],
  [{}, 'needs an absolute path'],
  [{ path: '/a', fsync: 'yes' }, 'has an "fsync"'],
  [{ path: '/a', sync: true }, 'has an unknown member "sync"'],
];
for (const [given, fault] of badFiles) {
  test(`a file ${JSON.stringify(given)}`, () => {
    assert.throws(() => readFiles({ x: given }, PLACE), { message: says('files', fault) });
  });
}

test('commands', () => {
  const env = { PATH: '/bin' };
  const read = readCommands(
    {
      a: '/bin/a',
      b: { command: '/bin/b', args: ['-x'], env, directory: '/srv', timeoutSeconds: 5 },
    },
    PLACE,
  );
  assert.deepEqual(Object.entries(read), [
    ['a', { command: '/bin/a', args: [], env: {}, directory: undefined, timeoutMs: 30_000 }],
    ['b', { command: '/bin/b', args: ['-x'], env, directory: '/srv', timeoutMs: 5_000 }],
  ]);
});

const badCommands: readonly [given: unknown, fault: string][] = [
  ['notify', 'needs a "command" that is an absolute path'],
  [{ args: [] }, 'needs a "command"'],
  [{ command: '/a', args: '-x' }, 'has "args"'],
  [{ command: '/a', args: [1] }, 'has "args"'],
  [{ command: '/a', env: { A: 1 } }, 'has an "env"'],
  [{ command: '/a', directory: 'here' }, 'has a "directory"'],
  [{ command: '/a', timeoutSeconds: 0 }, 'has a "timeoutSeconds"'],
  [{ command: '/a', timeoutSeconds: 56 }, 'has a "timeoutSeconds"'],
  [{ command: '/a', shell: true }, 'has an unknown member "shell"'],
];
for (const [given, fault] of badCommands) {
  test(`a command ${JSON.stringify(given)}`, () => {
    assert.throws(() => readCommands({ x: given }, PLACE), { message: says('commands', fault) });
  });
}

test('names', () => {
  for (const name of ['a/b', 'a b', '', 'x'.repeat(65)]) {
    assert.throws(() => readFiles({ [name]: '/a' }, PLACE), /is no name/);
  }
  assert.throws(() => readFiles([], PLACE), { message: `"files" in ${PLACE} must be an object` });
});
