import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainThreadWorked, residentBytes } from './daemon.ts';
import { percentile, printTable } from './table.ts';

const STARTS = 7;
const PORT = 4_117;
const SETTLE_MS = 3_000;
const MEGABYTE = 1_048_576;
const COMMAND = join(import.meta.dirname, '../packages/server/bin/busbar.mjs');

const isReady = (): Promise<boolean> =>
  new Promise((resolve) => {
    get({ port: PORT, host: '127.0.0.1', path: '/readyz' }, (reply) => {
      reply.resume();
      resolve(reply.statusCode === 200);
    }).on('error', () => resolve(false));
  });

interface Start {
  readonly readyMs: number;
  /** What the main thread has worked by then: other work on the machine does not count. */
  readonly workedMs: number;
  readonly residentBytes: number;
}

/** Spawns the command, polls `/readyz`, waits a moment, reads the resident memory. */
async function start(data: string, env: NodeJS.ProcessEnv): Promise<Start> {
  const began = performance.now();
  const child = spawn(process.execPath, [COMMAND, 'up', '--port', String(PORT), '--data', data], {
    stdio: 'ignore',
    env,
  });
  while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 2));
  const readyMs = performance.now() - began;
  const workedMs = mainThreadWorked(child.pid!);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const bytes = residentBytes(child.pid!);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  return { readyMs, workedMs, residentBytes: bytes };
}

/** Start-up time and idle memory: the very first start (nothing compiled yet) and later ones. */
export async function benchFootprint(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'busbar-footprint-'));
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compile-cache') };
  const first = await start(join(folder, 'data'), env);
  const later: Start[] = [];
  for (let i = 0; i < STARTS; i++) later.push(await start(join(folder, 'data'), env));
  rmSync(folder, { recursive: true, force: true });
  const row = (title: string, starts: readonly Start[]) => {
    const median = (of: (start: Start) => number): number => percentile(starts.map(of), 0.5);
    return [
      title,
      median(({ readyMs }) => readyMs),
      median(({ workedMs }) => workedMs),
      median((start) => start.residentBytes) / MEGABYTE,
    ];
  };
  printTable(
    'Start and idle memory (embedded store)',
    ['start', 'ready, ms', 'of that worked, ms', 'idle RSS, MB'],
    [row('first ever', [first]), row('later, median', later)],
  );
}
