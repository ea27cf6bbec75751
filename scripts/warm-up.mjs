// Runs after `npm ci`: one short start on a throw-away store, so that the first `npm start` finds its sources stripped and compiled
// (docs/decisions/0001). Never fails an installation.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIMIT_MS = 15_000;
const command = fileURLToPath(new URL('../packages/server/bin/busbar.mjs', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'busbar-warm-up-'));
const args = [command, 'up', '--data', data, '--port', '0', '--log-format', 'json'];
const daemon = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
const limit = setTimeout(() => daemon.kill('SIGKILL'), LIMIT_MS);
daemon.stdout.on('data', (chunk) => {
  if (String(chunk).includes('"ready"')) daemon.kill('SIGTERM');
});
const finish = () => {
  clearTimeout(limit);
  rmSync(data, { recursive: true, force: true });
};
daemon.on('error', finish);
daemon.on('exit', finish);
