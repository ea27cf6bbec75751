// A real Busbar in its own process, as `busbar up` starts it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const COMMAND = join(import.meta.dirname, '../packages/server/bin/busbar.mjs');

export interface Daemon {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a daemon on a free port with this data directory, and this configuration; resolves once it is ready. */
export async function startDaemon(data: string, config?: string): Promise<Daemon> {
  const args = [COMMAND, 'up', '--port', '0', '--data', data, '--log-format', 'json'];
  if (config !== undefined) args.push('--config', config);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as { msg: string; url?: string };
      if (entry.msg === 'ready') resolve(entry.url!);
    });
    void exited.then(([code]) => reject(new Error(`the daemon ended with exit code ${code}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
