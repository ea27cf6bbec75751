import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDaemon, type Daemon } from '../packages/server/test/daemon.ts';

export type { Daemon } from '../packages/server/test/daemon.ts';

/** Runs `use` with a fresh daemon whose quotas allow as many rules as a benchmark needs. */
export async function withDaemon<Result>(use: (daemon: Daemon) => Promise<Result>): Promise<Result> {
  const data = mkdtempSync(join(tmpdir(), 'busbar-bench-'));
  const config = join(data, 'bench.json');
  writeFileSync(config, JSON.stringify({ quotas: { rulesPerBus: 100_000 } }));
  const daemon = await startDaemon({
    data: join(data, 'store'),
    args: ['--config', config],
  });
  try {
    return await use(daemon);
  } finally {
    await daemon.kill();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Resident memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

/** Milliseconds that a process's main thread has worked: what other work on the machine takes away does not count. */
export function mainThreadWorked(pid: number): number {
  const [nanoseconds] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
}
