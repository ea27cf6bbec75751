import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { FunctionInvocation, FunctionResult } from '../../../src/engine/ports/function-invoker.ts';
import { silentLogger } from '../../../src/engine/ports/logger.ts';
import type { FunctionSettings } from '../../../src/model/function-settings.ts';
import { systemRandom } from '../../../src/random.ts';
import { createFunctionService, type FunctionService } from '../../../src/services/functions/index.ts';
import { createLogsService, type LogsService } from '../../../src/services/logs/index.ts';
import { createMemoryStorage } from '../../../src/store/memory/index.ts';
import { manualClock, type ManualClock } from '../manual-clock.ts';

export const SCOPE = { account: '000000000000', region: 'us-east-1' };

export interface FunctionsKit {
  readonly service: FunctionService;
  readonly logs: LogsService;
  /** Time limits go by it: a test decides when time is up. */
  readonly clock: ManualClock;
  readonly folder: string;
  /** Writes a file into the folder of functions. */
  write(file: string, source: string): string;
  call(name: string, event?: unknown, signal?: AbortSignal): Promise<FunctionResult>;
  /** What a call that must go well returns. */
  returned(name: string, event?: unknown): Promise<unknown>;
  /** What the function has written to its log group, START, END and REPORT included. */
  output(name: string): Promise<string[]>;
  close(): Promise<void>;
}

/** Local functions in a folder of their own, with real processes; everything is gone when the test file ends. */
export async function functionsKit(
  settings: Readonly<Record<string, Partial<FunctionSettings>>> = {},
): Promise<FunctionsKit> {
  const folder = mkdtempSync(join(tmpdir(), 'busbar-functions-'));
  const clock = manualClock();
  const random = systemRandom();
  const logs = await createLogsService({
    storage: createMemoryStorage(),
    clock,
    random,
    logger: silentLogger,
  });
  const named = Object.fromEntries(
    Object.entries(settings).map(([name, given]) => [
      name,
      { ...DEFAULTS, ...given, module: join(folder, given.module ?? `${name}.mjs`) },
    ]),
  );
  const service = createFunctionService({
    places: { named, folder },
    environment: () => ({ PATH: process.env['PATH']!, SHARED: 'by all' }),
    writer: logs,
    clock,
    random,
    logger: silentLogger,
  });
  const call: FunctionsKit['call'] = (name, event = {}, signal = new AbortController().signal) => {
    const payload = typeof event === 'string' ? event : JSON.stringify(event);
    const invocation: FunctionInvocation = { ...SCOPE, name, requestId: random.uuid(), payload };
    return service.invoke(invocation, signal);
  };
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    const closing = service.close(0);
    await clock.advance(1_000);
    await closing;
    rmSync(folder, { recursive: true, force: true });
  };
  after(close);
  return {
    service,
    logs,
    clock,
    folder,
    write(file, source) {
      const path = join(folder, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, source);
      return path;
    },
    call,
    async returned(name, event) {
      const result = await call(name, event);
      if (result.status !== 'returned') throw new Error(JSON.stringify(result));
      return JSON.parse(result.payload);
    },
    async output(name) {
      const group = logs.groups.find(SCOPE, `/aws/lambda/${name}`);
      if (!group) return [];
      const { events } = await logs.events.read(group.id, {
        streams: undefined,
        from: 0,
        before: Number.MAX_SAFE_INTEGER,
        beyond: undefined,
        descending: false,
        maxEvents: 10_000,
        maxChars: 10_000_000,
      });
      return events.map(({ message }) => message);
    },
    close,
  };
}

const DEFAULTS: Omit<FunctionSettings, 'module'> = {
  handler: 'handler',
  timeoutMs: 3_000,
  memoryMegabytes: 128,
  concurrency: 4,
  environment: {},
};

/** Only tells what hangs from what is slow. */
const LIMIT_MS = 60_000;

/** Looks again and again until there is something. */
export async function eventually<Found>(
  look: () => Found | undefined | Promise<Found | undefined>,
): Promise<Found> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error('it has not come about');
    await pause(20);
  }
}

/** The process id that a function writes into a file. */
export const pidIn = (file: string): Promise<number> =>
  eventually(() => (existsSync(file) && Number(readFileSync(file, 'utf8'))) || undefined);

/** Whether a process runs. One that has ended counts as gone, even while nobody has asked for its exit code. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}
