import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { documents, root } from '../../../../scripts/generate-docs.ts';
import { COMMANDS } from '../../src/commands.ts';

for (const { path, text } of await documents()) {
  test(`${path} is what node scripts/generate-docs.ts writes`, () => {
    assert.equal(readFileSync(join(root, path), 'utf8'), text);
  });
}

test('every command tells its use, its options, examples and exit codes', () => {
  for (const command of COMMANDS) {
    assert.ok(
      command.usage.every((usage) => usage.startsWith(command.name)),
      command.name,
    );
    assert.ok(command.examples.length > 0, command.name);
    assert.match(command.summary, /^[a-z].*[^.]$/, command.name);
    const names = command.options.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, command.name);
  }
});
