// A server of another kind, started by a test: on a free port, with its data in a directory that is removed afterwards.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const START_LIMIT_MS = 90_000;
const POLL_MS = 25;
const KEPT_OUTPUT = 20_000;

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it is ready, beside taking connections. */
  readonly ready?: () => Promise<boolean>;
}

export interface ServerProcess {
  readonly port: number;
  readonly directory: string;
  start(): Promise<void>;
  /** SIGKILL, and wait for the end. */
  kill(): Promise<void>;
  /** Stops its clock; the returned function lets it run again. */
  hold(): () => void;
  /** What it printed last. */
  output(): string;
  /** Kills it and removes its directory. */
  remove(): Promise<void>;
}

/** `false`, or why a suite that needs the program is skipped. */
export function skipWithout(program: string): string | false {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.some((folder) => existsSync(join(folder, program)))
    ? false
    : `no ${program}: install it to run this suite`;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Polls until a condition holds; fails with the description after the limit. */
export async function until(
  description: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  limitMs = START_LIMIT_MS,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`not in time: ${typeof description === 'string' ? description : description()}`);
    }
    await pause(POLL_MS);
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (value: boolean) => () => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}

/** Prepares a server; `commandFor` is asked at every start. */
export async function prepareServer(
  name: string,
  commandFor: (port: number, directory: string) => ServerCommand,
): Promise<ServerProcess> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), `busbar-${name}-`));
  let child: ChildProcess | undefined;
  let output = '';
  const send = (signal: NodeJS.Signals): void => {
    // The whole group: some servers are started by scripts.
    if (child?.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, signal);
  };
  const kill = async (): Promise<void> => {
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, 'exit');
    send('SIGKILL');
    await exited;
  };
  return {
    port,
    directory,
    output: () => output,
    async start() {
      const { command, args, env, ready } = commandFor(port, directory);
      const started = spawn(command, args, {
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin`, ...env },
      });
      child = started;
      const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-KEPT_OUTPUT));
      started.stdout!.on('data', keep);
      started.stderr!.on('data', keep);
      await until(
        () => `${name} is ready\n${output}`,
        async () => {
          if (started.exitCode !== null) throw new Error(`${name} ended\n${output}`);
          return (await takesConnections(port)) && ((await ready?.()) ?? true);
        },
      );
    },
    kill,
    hold() {
      send('SIGSTOP');
      return () => send('SIGCONT');
    },
    async remove() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
