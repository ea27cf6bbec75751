// Runs after `npm ci`: one short start in memory, so that the first `npm start` finds its sources stripped and compiled
// (docs/decisions/0001). Never fails an installation.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const LIMIT_MS = 15_000;
const command = join(import.meta.dirname ?? '.', '../packages/server/bin/busbar.mjs');
const args = [command, 'up', '--data', ':memory:', '--port', '0', '--log-format', 'json'];
const daemon = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
const limit = setTimeout(() => daemon.kill('SIGKILL'), LIMIT_MS);
daemon.stdout.on('data', (chunk) => {
  if (String(chunk).includes('"ready"')) daemon.kill('SIGTERM');
});
daemon.on('error', () => clearTimeout(limit));
daemon.on('exit', () => clearTimeout(limit));
