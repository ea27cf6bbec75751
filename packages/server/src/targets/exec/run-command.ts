import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock } from '../../engine/ports/clock.ts';
import { limits } from '../../model/limits.ts';
import type { CommandSettings } from '../../model/local-settings.ts';
import { errorCode } from '../broker/outcomes.ts';

/** How a run ended. `output` is the beginning of what it printed. */
export type Ended =
  | { readonly how: 'status'; readonly status: number; readonly output: string }
  | { readonly how: 'signal'; readonly signal: string; readonly output: string }
  /** By us, because it took too long. */
  | { readonly how: 'killed' }
  | { readonly how: 'not started'; readonly code: string };

/**
 * Runs a program with a text as its input, until it ends, its time is up, or the signal aborts. In the last two cases it
 * is killed, with everything that it started: it runs in a process group of its own. Never throws.
 */
export async function runCommand(
  settings: CommandSettings,
  input: string,
  signal: AbortSignal,
  clock: Clock,
): Promise<Ended> {
  let child: ChildProcess;
  try {
    child = spawn(settings.command, settings.args, {
      env: settings.env,
      cwd: settings.directory,
      stdio: 'pipe',
      detached: true,
      windowsHide: true,
    });
  } catch (error) {
    return { how: 'not started', code: errorCode(error) ?? 'unknown' };
  }
  const output = collectOutput(child);
  let killed = false;
  const kill = (): void => {
    killed = true;
    killGroup(child);
  };
  const cancel = clock.after(settings.timeoutMs, kill);
  signal.addEventListener('abort', kill, { once: true });
  try {
    // A program need not read its input: that its end of the pipe is closed is no failure.
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(input);
    const ended = await endOf(child, clock);
    if (ended.how === 'not started') return ended;
    if (killed) return { how: 'killed' };
    return { ...ended, output: blackened(output(), settings.env) };
  } finally {
    cancel();
    signal.removeEventListener('abort', kill);
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
  }
}

type EndedBare =
  | { readonly how: 'status'; readonly status: number }
  | { readonly how: 'signal'; readonly signal: string }
  | { readonly how: 'not started'; readonly code: string };

/**
 * Resolves when the program has ended and what it printed has been read. Something that it left running may hold on to
 * its output: that is not waited for.
 */
function endOf(child: ChildProcess, clock: Clock): Promise<EndedBare> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ how: 'not started', code: errorCode(error) ?? 'unknown' });
    });
    child.on('exit', (status, signal) => {
      const ended: EndedBare =
        status === null ? { how: 'signal', signal: String(signal) } : { how: 'status', status };
      const cancel = clock.after(limits.execOutputMs, () => resolve(ended));
      child.on('close', () => {
        cancel();
        resolve(ended);
      });
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // No process groups here, or it has just ended.
    child.kill('SIGKILL');
  }
}

/** Keeps the beginning of what a program prints on either stream, and reads the rest away so that it never waits. */
function collectOutput(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  let room: number = limits.execOutputBytes;
  const take = (chunk: Buffer): void => {
    if (room <= 0) return;
    chunks.push(chunk.subarray(0, room));
    room -= chunk.length;
  };
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', take);
    stream.on('error', () => undefined);
  }
  return () => Buffer.concat(chunks).toString('utf8');
}

/** Values of the environment may be secrets, and programs print what they were given. */
function blackened(output: string, env: CommandSettings['env']): string {
  const secrets = Object.values(env).filter((value) => value.length >= limits.execSecretChars);
  // Longer values first: one may be a part of another.
  secrets.sort((a, b) => b.length - a.length);
  const clean = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), output);
  return clean.slice(0, limits.attemptDetailChars);
}
