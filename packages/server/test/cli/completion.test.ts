import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { bashCompletion } from '../../src/cli/completion/bash.ts';
import { fishCompletion } from '../../src/cli/completion/fish.ts';
import { zshCompletion } from '../../src/cli/completion/zsh.ts';
import { COMMANDS } from '../../src/commands.ts';
import { busbar } from './busbar-command.ts';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
const missing = (shell: string) => (has(shell) ? false : `there is no ${shell} here`);

const script = bashCompletion(COMMANDS);

/** What bash offers for a command line whose last word is being typed. */
function offered(...words: string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const program = `${script}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _busbar; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, status, stderr } = spawnSync('bash', ['-c', program], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter(Boolean);
}

test('the bash script parses', { skip: missing('bash') }, () => {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
});

const rows: readonly [string, readonly string[], readonly string[]][] = [
  ['commands', ['busbar', 'ta'], ['tail', 'targets']],
  ['all commands', ['busbar', ''], [...COMMANDS.map(({ name }) => name), 'help', 'version']],
  ['verbs', ['busbar', 'dead-letters', 're'], ['redrive']],
  ['options', ['busbar', 'tail', '--s'], ['--since']],
  ['options behind arguments', ['busbar', 'dead-letters', 'list', '--ru'], ['--rule']],
  ['choices of an option', ['busbar', 'up', '--auth', 's'], ['sigv4']],
  ['nothing for a number', ['busbar', 'up', '--port', ''], []],
  ['files for a file', ['busbar', 'up', '--config', 'package-l'], ['package-lock.json']],
  ['commands for help', ['busbar', 'help', 'st'], ['status']],
  ['shells', ['busbar', 'completion', ''], ['bash', 'zsh', 'fish']],
];

for (const [title, words, expected] of rows) {
  test(`bash offers ${title}`, { skip: missing('bash') }, () => {
    assert.deepEqual(offered(...words), expected);
  });
}

test('the zsh script parses', { skip: missing('zsh') }, () => {
  const { status, stderr } = spawnSync('zsh', ['-n'], { input: zshCompletion(COMMANDS), encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
});

test('zsh takes the script as its completion of busbar', { skip: missing('zsh') }, () => {
  const program = `autoload -U compinit && compinit -D -u\n${zshCompletion(COMMANDS)}\nprint -r -- $_comps[busbar]`;
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', program], { encoding: 'utf8' });
  assert.equal(stdout, '_busbar\n', stderr);
});

/** What fish offers for a command line, without the descriptions. */
function offeredByFish(line: string): string[] {
  const program = `${fishCompletion(COMMANDS)}\ncomplete -C '${line}'`;
  const { stdout, status, stderr } = spawnSync('fish', ['--no-config', '-c', program], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  return stdout.split('\n').flatMap((offer) => offer.split('\t')[0] || []);
}

const ofFish: readonly [string, readonly string[]][] = [
  ['busbar ta', ['tail', 'targets']],
  ['busbar dead-letters re', ['redrive']],
  ['busbar tail --s', ['--since']],
  ['busbar up --auth s', ['sigv4']],
];

for (const [line, expected] of ofFish) {
  test(`fish offers for "${line}"`, { skip: missing('fish') }, () => {
    assert.deepEqual(offeredByFish(line), expected);
  });
}

test('every command and option stands in every script', () => {
  for (const text of [script, zshCompletion(COMMANDS), fishCompletion(COMMANDS)]) {
    for (const { name, options } of COMMANDS) {
      assert.ok(text.includes(name), name);
      for (const option of options)
        assert.ok(new RegExp(`(?:--|-l )${option.name}\\b`).test(text), option.name);
    }
  }
});

test('the command prints them', async () => {
  assert.equal((await busbar(['completion', 'bash'])).out, script);
});
