import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

const COMMAND = join(import.meta.dirname, '../bin/busbar.mjs');
const START_LIMIT_MS = 60_000;

export interface Daemon {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Every log line so far, parsed (the newest 10,000). */
  readonly log: Record<string, unknown>[];
  /** SIGKILL, and wait for the end. */
  kill(): Promise<void>;
  /** SIGTERM, and answer the exit code. */
  stop(): Promise<number | null>;
}

export interface DaemonOptions {
  readonly data: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const KEPT_LOG_LINES = 10_000;

/** Starts the real daemon as its own process on a free port, and waits until it says that it is ready. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const child = spawn(
    process.execPath,
    [COMMAND, 'up', '--port', '0', '--data', options.data, '--log-format', 'json', ...(options.args ?? [])],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env }, cwd: options.cwd },
  );
  const log: Record<string, unknown>[] = [];
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-4_000)));
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    const giveUp = (): void => {
      child.kill('SIGKILL');
      reject(new Error(`not ready in time\n${complaints}`));
    };
    const timer = setTimeout(giveUp, START_LIMIT_MS);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = parseLine(line);
      log.push(entry);
      if (log.length > KEPT_LOG_LINES) log.shift();
      if (entry.msg !== 'ready') return;
      clearTimeout(timer);
      resolve(String(entry.url));
    });
    void exited.then(() => {
      clearTimeout(timer);
      reject(new Error(`the daemon ended before it was ready\n${complaints}`));
    });
  });
  return {
    url,
    port: Number(new URL(url).port),
    process: child,
    log,
    kill: () => end(child, 'SIGKILL', exited).then(() => undefined),
    stop: () => end(child, 'SIGTERM', exited),
  };
}

async function end(
  child: ChildProcess,
  signal: NodeJS.Signals,
  exited: Promise<unknown>,
): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  await exited;
  return child.exitCode;
}

function parseLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { msg: line };
  }
}
