import { Fifo } from '../../engine/fifo.ts';
import type { Clock, Random } from '../../engine/ports/clock.ts';
import type { FunctionInvocation, FunctionResult } from '../../engine/ports/function-invoker.ts';
import type { LogStreamWriter } from '../../engine/ports/log-group-writer.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { FunctionSettings } from '../../model/function-settings.ts';
import { limits } from '../../model/limits.ts';
import { FileWatch } from './file-watch.ts';
import { FunctionProcess, type ProcessParts } from './function-process.ts';
import { logGroupOf, OutputLog } from './output-log.ts';
import type { ProcessBudget, ProcessOwner } from './process-budget.ts';

export interface PoolParts {
  readonly name: string;
  readonly settings: FunctionSettings;
  /** The variables of its processes, without those that tell a process of itself. */
  readonly environment: () => Readonly<Record<string, string>>;
  readonly budget: ProcessBudget;
  readonly writer: LogStreamWriter;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

interface WaitingCall {
  readonly invocation: FunctionInvocation;
  readonly signal: AbortSignal;
  readonly settle: (result: FunctionResult) => void;
  /** Answered while it waited. */
  over: boolean;
}

/** The processes of one function, and the calls that wait for one. Processes start when calls wait, and end when idle. */
export class FunctionPool implements ProcessOwner {
  readonly #parts: PoolParts;
  readonly #waiting = new Fifo<WaitingCall>();
  readonly #processes = new Set<FunctionProcess>();
  /** The one that was busy last is taken first, so that the others grow old. Each with what cancels its end. */
  readonly #idle = new Map<FunctionProcess, () => void>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #watch: FileWatch;
  #stopped = false;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    const { clock, logger, name } = parts;
    this.#watch = new FileWatch(
      clock,
      () => this.#reload(),
      (err) => logger.warn({ err, function: name }, 'changes of a function will not be noticed'),
    );
    // A module that cannot be loaded may name no file: its own is watched in any case.
    this.#watch.add([parts.settings.module]);
  }

  invoke(invocation: FunctionInvocation, signal: AbortSignal): Promise<FunctionResult> {
    if (this.#stopped) return Promise.resolve({ status: 'stopped' });
    if (signal.aborted) return Promise.resolve({ status: 'aborted' });
    if (this.#waiting.length >= limits.functionQueuedCalls) return Promise.resolve({ status: 'busy' });
    return new Promise((resolve) => {
      const onAbort = (): void => settle({ status: 'aborted' });
      const settle = (result: FunctionResult): void => {
        call.over = true;
        signal.removeEventListener('abort', onAbort);
        resolve(result);
      };
      const call: WaitingCall = { invocation, signal, settle, over: false };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(call);
      this.pump();
    });
  }

  /** Gives waiting calls to processes, and starts processes while there are not enough. */
  pump(): void {
    for (;;) {
      while (this.#waiting.first()?.over) this.#waiting.shift();
      if (this.#stopped || this.#waiting.length === 0) return;
      const process = this.#takeIdle() ?? this.#start();
      if (!process) return;
      this.#run(process, this.#waiting.shift()!);
    }
  }

  endIdle(): boolean {
    const [process] = this.#idle.keys();
    if (!process) return false;
    this.#forget(process);
    process.kill();
    return true;
  }

  /** Waits at most until `deadline` for calls under way, ends all processes and writes their output. */
  async close(deadline: Promise<void>): Promise<void> {
    this.#stopped = true;
    this.#watch.close();
    for (const call of this.#waiting.drain()) if (!call.over) call.settle({ status: 'stopped' });
    await Promise.race([Promise.all(this.#running), deadline]);
    const ended = [...this.#processes].map((process) => process.ended());
    for (const process of this.#processes) {
      this.#forget(process);
      process.kill();
    }
    await Promise.all(ended);
  }

  #takeIdle(): FunctionProcess | undefined {
    const process = [...this.#idle.keys()].at(-1);
    if (process) this.#forget(process);
    return process;
  }

  /** It is idle no more. */
  #forget(process: FunctionProcess): void {
    this.#idle.get(process)?.();
    this.#idle.delete(process);
  }

  #run(process: FunctionProcess, call: WaitingCall): void {
    const run = process.run(call.invocation, call.signal).then((result) => {
      this.#running.delete(run);
      call.settle(result);
    });
    this.#running.add(run);
  }

  /** Undefined when there are enough processes. */
  #start(): FunctionProcess | undefined {
    const { settings, budget, random, name, clock, writer, logger } = this.#parts;
    const current = [...this.#processes].filter(({ stale }) => !stale);
    if (current.length >= settings.concurrency || !budget.take(this)) return undefined;
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const stream = `${day}/[$LATEST]${random.uuid().replaceAll('-', '')}`;
    const first = this.#waiting.first()!.invocation;
    const output = new OutputLog({ writer, clock }, first, logGroupOf(name), stream);
    const environment = { ...this.#parts.environment(), ...selfDescription(name, settings, stream) };
    const process: FunctionProcess | undefined = this.#spawn({
      name,
      settings,
      environment,
      stream,
      output,
      clock,
      events: {
        idle: () => this.#becameIdle(process!),
        ended: () => this.#ended(process!),
        loaded: (files) => this.#watch.add(files),
      },
    });
    if (!process) return undefined;
    this.#processes.add(process);
    logger.debug({ function: name, pid: process.pid }, 'a function process starts');
    return process;
  }

  /** Undefined when the machine has no room for another process: nobody waits for one then. */
  #spawn(parts: ProcessParts): FunctionProcess | undefined {
    try {
      return new FunctionProcess(parts);
    } catch (error) {
      const { budget, logger, name } = this.#parts;
      logger.error({ err: error, function: name }, 'a function process could not be started');
      budget.give();
      const said = {
        errorType: 'Runtime.ExitError',
        errorMessage: 'The process could not be started',
        trace: [],
      };
      for (const call of this.#waiting.drain()) {
        if (!call.over) call.settle({ status: 'failed', error: said, logTail: '' });
      }
      return undefined;
    }
  }

  #becameIdle(process: FunctionProcess): void {
    if (process.stale || this.#stopped) {
      process.kill();
      return;
    }
    const { clock, budget } = this.#parts;
    const cancel = clock.after(limits.functionIdleMs, () => {
      this.#forget(process);
      process.kill();
    });
    this.#idle.set(process, cancel);
    this.pump();
    budget.idle(this);
  }

  #ended(process: FunctionProcess): void {
    this.#forget(process);
    this.#processes.delete(process);
    this.#parts.budget.give();
    this.pump();
  }

  /** Calls under way are finished with the old code; the next ones get the new. */
  #reload(): void {
    if (this.#stopped) return;
    const { logger, name } = this.#parts;
    logger.info({ function: name }, 'the code of a function has changed');
    for (const process of this.#processes) process.stale = true;
    while (this.endIdle());
    this.pump();
  }
}

const selfDescription = (
  name: string,
  settings: FunctionSettings,
  stream: string,
): Record<string, string> => ({
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMegabytes),
  AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(name),
  AWS_LAMBDA_LOG_STREAM_NAME: stream,
  _HANDLER: settings.handler,
  ...settings.environment,
});
