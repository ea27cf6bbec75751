// Starts a service as its own process and follows what it prints: one line a thing done.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ServiceProcess {
  readonly pid: number;
  /** Whether it still runs. */
  readonly alive: boolean;
  /** Resolves with the first line that fits, be it printed already or to come. */
  line(pattern: RegExp): Promise<string>;
  /** SIGKILL, as a crash or a pulled plug would end it: nothing is finished, nothing is tidied up. */
  kill(): Promise<void>;
}

/** Runs a program of this example. Every line it prints goes to `print`. */
export function startService(
  program: string,
  args: readonly string[],
  print: (line: string) => void,
): ServiceProcess {
  const path = join(import.meta.dirname, program);
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const printed: string[] = [];
  const waiting = new Map<RegExp, (line: string) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    print(line);
    printed.push(line);
    for (const [pattern, resolve] of waiting) if (pattern.test(line)) resolve(line);
  });
  return {
    pid: child.pid!,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    async line(pattern) {
      const before = printed.find((line) => pattern.test(line));
      if (before !== undefined) return before;
      const found = new Promise<string>((resolve) => waiting.set(pattern, resolve));
      const ended = exited.then(() => {
        throw new Error(`${program} ended before it printed ${String(pattern)}`);
      });
      return Promise.race([found, ended]).finally(() => waiting.delete(pattern));
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
