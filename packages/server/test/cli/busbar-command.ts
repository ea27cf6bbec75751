import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const COMMAND = join(import.meta.dirname, '../../bin/busbar.mjs');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly url?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Nothing of the machine's own AWS settings gets into a test. */
function environment({ url, env }: RunOptions): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:AWS_|BUSBAR_|NO_COLOR|FORCE_COLOR)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...(url === undefined ? {} : { BUSBAR_URL: url }), ...env };
}

/** Starts the real command as its own process. */
export function startBusbarCommand(args: readonly string[], options: RunOptions = {}): ChildProcess {
  return spawn(process.execPath, [COMMAND, ...args], { stdio: 'pipe', env: environment(options) });
}

/** Runs the real command to its end. */
export async function busbar(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = startBusbarCommand(args, options);
  let out = '';
  let err = '';
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin!.on('error', () => undefined);
  child.stdin!.end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}
