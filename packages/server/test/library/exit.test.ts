import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, 'programs/short-lived.ts');
/** Only tells a process that ends from one that hangs. */
const LIMIT_MS = 60_000;

for (const store of [':memory:', 'on disk']) {
  test(`a program ends by itself once it has stopped its daemon (${store})`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'busbar-exit-'));
    try {
      const data = store === ':memory:' ? store : folder;
      const { stdout, stderr } = await run(process.execPath, [PROGRAM, data], { timeout: LIMIT_MS });
      assert.deepEqual({ stdout, stderr }, { stdout: 'EADDRINUSE\nstopped\n', stderr: '' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
