import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../engine/ports/clock.ts';
import type {
  FunctionError,
  FunctionInvocation,
  FunctionResult,
} from '../../engine/ports/function-invoker.ts';
import { formatArn } from '../../model/arn.ts';
import type { FunctionSettings } from '../../model/function-settings.ts';
import { limits } from '../../model/limits.ts';
import { LineReader } from './line-reader.ts';
import { logGroupOf, type OutputLog } from './output-log.ts';
import type { AnswerMessage, CallMessage, RunnerOptions, Spent } from './runner/messages.ts';

/**
 * One process of a function, and the calls that it is given, one at a time.
 *
 *   starting → (idle ⇄ busy) → ended
 *
 * It ends by itself (crash, `process.exit`, a module that cannot be loaded), or is killed: when a call takes too long, when
 * its caller gives up, when it says what cannot be understood, or when nobody needs it any more.
 */
export class FunctionProcess {
  readonly #parts: ProcessParts;
  readonly #child: ChildProcess;
  readonly #calls: Writable;
  readonly #ended: Promise<void>;
  #loaded = false;
  #initError: FunctionError | undefined;
  #initMs: number | undefined;
  #call: Call | undefined;
  #cancelTimer: () => void = () => undefined;
  #outOfMemory = false;
  #rawLeft: number = limits.functionOutputBytes;
  #over = false;
  /** No further call: the code has changed. */
  stale = false;

  /** Throws when the machine cannot start a process. */
  constructor(parts: ProcessParts) {
    this.#parts = parts;
    const { settings, name, stream } = parts;
    const options: RunnerOptions = {
      module: settings.module,
      handler: settings.handler,
      name,
      memoryMegabytes: settings.memoryMegabytes,
      logGroup: logGroupOf(name),
      logStream: stream,
      maxPayloadBytes: limits.functionPayloadBytes,
      maxOutputBytes: limits.functionOutputBytes,
      maxLineBytes: limits.functionOutputLineBytes,
    };
    // A process group of its own: a Ctrl-C at the daemon's terminal must not end calls that the daemon waits for, and what
    // the function starts ends with it.
    this.#child = spawn(process.execPath, [...flags(settings), RUNNER, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      env: parts.environment,
      detached: true,
    });
    // Also where no pipe could be made, and the next line throws.
    this.#child.on('error', () => undefined);
    this.#calls = this.#child.stdio[4] as Writable;
    this.#ended = this.#follow();
    this.#cancelTimer = parts.clock.after(limits.functionInitMs, () => this.#initTooLong());
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Runs one call; the process must have none. Resolves when it is over, however it ended. */
  run(invocation: FunctionInvocation, signal: AbortSignal): Promise<FunctionResult> {
    return new Promise((resolve) => {
      const onAbort = (): void => {
        this.#finish({ status: 'aborted' }, 'Error: The caller gave up');
        this.kill();
      };
      const settle = (result: FunctionResult): void => {
        signal.removeEventListener('abort', onAbort);
        resolve(result);
      };
      this.#call = { invocation, settle, sent: false, begunAt: this.#parts.clock.now() };
      this.#parts.output.begin(invocation, invocation.requestId);
      this.#rawLeft = limits.functionOutputBytes;
      for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.resume();
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      if (this.#over) this.#died();
      else if (this.#loaded) this.#send();
    });
  }

  /** Ends the process at once, and whatever it has started. */
  kill(): void {
    const { pid } = this.#child;
    if (this.#over || pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.#child.kill('SIGKILL');
    }
  }

  /** Resolves when the process is gone and its output written. */
  ended(): Promise<void> {
    return this.#ended;
  }

  async #follow(): Promise<void> {
    const { clock, output, events } = this.#parts;
    const child = this.#child;
    const answers = new LineReader(
      limits.functionMessageBytes,
      (line) => this.#read(line),
      () => this.#garbled(),
    );
    (child.stdio[3] as Readable).on('data', (chunk: Buffer) => answers.take(chunk));
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => this.#rawOutput(chunk));
    for (const stream of child.stdio) stream?.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      // What the process has started may hold its pipes open: its last words are not waited for longer than a moment.
      child.once('exit', () => clock.after(limits.functionLastWordsMs, resolve));
      child.once('close', () => resolve());
      child.once('error', () => resolve());
    });
    this.#over = true;
    this.#cancelTimer();
    for (const stream of child.stdio) stream?.destroy();
    this.#died();
    events.ended();
    await output.close();
  }

  #read(line: string): void {
    let message: AnswerMessage;
    try {
      message = JSON.parse(line) as AnswerMessage;
    } catch {
      return this.#garbled();
    }
    switch (message.kind) {
      case 'ready':
        return this.#ready(message.initMs);
      case 'init-failed':
        this.#initError = message.error;
        return;
      case 'output':
        return this.#parts.output.add(message.text);
      case 'files':
        return this.#parts.events.loaded(message.files);
      case 'returned':
      case 'failed':
      case 'unreadable':
        return this.#answered(message);
      default:
        return this.#garbled();
    }
  }

  #ready(initMs: number): void {
    this.#loaded = true;
    this.#initMs = initMs;
    this.#cancelTimer();
    if (this.#call) this.#send();
    else this.#parts.events.idle();
  }

  #send(): void {
    const call = this.#call!;
    const { requestId, account, region, payload, clientContext } = call.invocation;
    const { name, settings, clock } = this.#parts;
    const message: CallMessage = {
      id: requestId,
      arn: formatArn('lambda', region, account, `function:${name}`),
      payload,
      timeoutMs: settings.timeoutMs,
      clientContext,
    };
    call.sent = true;
    call.begunAt = clock.now();
    this.#calls.write(`${JSON.stringify(message)}\n`);
    this.#cancelTimer = clock.after(settings.timeoutMs, () => this.#tooLong());
  }

  #answered(message: Extract<AnswerMessage, Spent>): void {
    if (message.id !== this.#call?.invocation.requestId) return;
    this.#cancelTimer();
    const logTail = this.#report(undefined, message);
    const { kind } = message;
    if (kind === 'returned') this.#settle({ status: kind, payload: message.payload, logTail });
    else if (kind === 'failed') this.#settle({ status: kind, error: message.error, logTail });
    else this.#settle({ status: kind });
    if (kind === 'failed' && message.ends) this.kill();
    else this.#parts.events.idle();
  }

  #tooLong(): void {
    const seconds = (this.#parts.settings.timeoutMs / 1_000).toFixed(2);
    this.#fail('Sandbox.Timedout', `Error: Task timed out after ${seconds} seconds`);
    this.kill();
  }

  #initTooLong(): void {
    const seconds = (limits.functionInitMs / 1_000).toFixed(2);
    this.#fail('Sandbox.Timedout', `Error: The module was not loaded within ${seconds} seconds`);
    this.kill();
  }

  /** The process says what no runner says: something in it writes to pipes that are not its own. */
  #garbled(): void {
    this.#fail('Runtime.InvalidResponse', 'Error: The process wrote to a pipe that belongs to its runner');
    this.kill();
  }

  /** Answers the call that a dead process leaves behind. */
  #died(): void {
    if (!this.#call) return;
    const { exitCode, signalCode } = this.#child;
    if (this.#initError) {
      const error = this.#initError;
      const logTail = this.#report(`${error.errorType}: ${error.errorMessage}`, undefined);
      return this.#settle({ status: 'failed', error, logTail });
    }
    if (exitCode === null && signalCode === null) {
      return this.#fail('Runtime.ExitError', 'Error: The process could not be started');
    }
    const how =
      signalCode === null ? `exit status ${exitCode}` : `signal: ${SIGNALS[signalCode] ?? signalCode}`;
    const type = this.#outOfMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
    this.#fail(type, `Error: Runtime exited with error: ${how}`);
  }

  #fail(errorType: string, what: string): void {
    if (!this.#call) return;
    const errorMessage = `RequestId: ${this.#call.invocation.requestId} ${what}`;
    this.#finish({ status: 'failed', error: { errorType, errorMessage, trace: [] }, logTail: '' }, what);
  }

  #finish(result: FunctionResult, note: string): void {
    if (!this.#call) return;
    this.#cancelTimer();
    const logTail = this.#report(note, undefined);
    this.#settle('logTail' in result ? { ...result, logTail } : result);
  }

  #settle(result: FunctionResult): void {
    const call = this.#call;
    this.#call = undefined;
    call?.settle(result);
  }

  /** Writes the end of a call into the log. */
  #report(note: string | undefined, spent: Spent | undefined): string {
    const { output, clock, settings } = this.#parts;
    const call = this.#call!;
    const { requestId } = call.invocation;
    if (note !== undefined) output.add(`RequestId: ${requestId} ${note}`);
    const initMs = this.#initMs;
    this.#initMs = undefined;
    return output.end({
      requestId,
      durationMs: spent?.durationMs ?? clock.now() - call.begunAt,
      memoryMegabytes: settings.memoryMegabytes,
      maxMegabytes: spent?.maxMegabytes,
      initMs,
    });
  }

  /** What does not come through the runner: native code, programs that the function starts, Node's own last words. */
  #rawOutput(chunk: Buffer): void {
    this.#rawLeft -= chunk.length;
    if (this.#rawLeft <= 0) {
      // Whoever writes on waits until the next call: reading it away would cost as much as keeping it.
      for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.pause();
    }
    const text = chunk.toString().trimEnd();
    if (text.includes(OUT_OF_MEMORY)) this.#outOfMemory = true;
    this.#parts.output.add(text.slice(0, limits.functionOutputLineBytes));
  }
}

export interface ProcessParts {
  readonly name: string;
  readonly settings: FunctionSettings;
  readonly environment: Readonly<Record<string, string>>;
  readonly stream: string;
  readonly output: OutputLog;
  readonly clock: Clock;
  readonly events: {
    /** It can take a call. */
    idle(): void;
    ended(): void;
    loaded(files: readonly string[]): void;
  };
}

interface Call {
  readonly invocation: FunctionInvocation;
  readonly settle: (result: FunctionResult) => void;
  /** Whether the process knows of it. */
  sent: boolean;
  begunAt: number;
}

const RUNNER = join(import.meta.dirname, 'runner/main.ts');
const OUT_OF_MEMORY = 'heap out of memory';

/** As Lambda writes them. */
const SIGNALS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

const flags = ({ memoryMegabytes }: FunctionSettings): string[] => [
  `--max-old-space-size=${memoryMegabytes}`,
  // Enums, namespaces and parameter properties of TypeScript too, not only types.
  '--experimental-transform-types',
  '--enable-source-maps',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
];
