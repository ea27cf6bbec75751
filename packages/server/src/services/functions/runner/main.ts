// The program of every function process: loads the module, then calls its handler for one call after the other. It says
// what happens on a pipe of its own, synchronously, so that nothing is lost when the function hangs or kills the process.
import { flushCompileCache } from 'node:module';
import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { LineReader } from '../line-reader.ts';
import { CALLS, LIFELINE, type CallMessage, type RunnerOptions } from './messages.ts';
import { callHandler, loadHandler, type Handler } from './handler.ts';
import { followFiles } from './loaded-files.ts';
import { Output } from './output.ts';
import { errorDocument } from './error-document.ts';
import { say } from './say.ts';

const options = JSON.parse(process.argv[2]!) as RunnerOptions;

/** The call under way; calls come one at a time. */
let current: CallMessage | undefined;
let begunAt = 0;

const output = new Output(options, () => current?.id);

const spent = (id: string) => ({
  id,
  durationMs: performance.now() - begunAt,
  maxMegabytes: Math.ceil(process.resourceUsage().maxRSS / 1_024),
});

/**
 * A thread of its own ends the process when the daemon is gone, however busy the function is: nobody else would end an
 * endless loop whose daemon was killed.
 */
function holdOnToDaemon(): void {
  const code =
    `const socket = new (require('node:net').Socket)({ fd: ${LIFELINE} });` +
    `socket.on('close', () => process.kill(process.pid, 'SIGKILL')).on('error', () => {}).resume();`;
  const worker = new Worker(code, {
    eval: true,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 },
  });
  worker.unref();
}

/** What the function left uncaught ends its process, and is the answer to the call under way. */
function reportUncaught(): void {
  process.on('uncaughtException', (thrown: unknown, origin) => {
    const document = errorDocument(thrown);
    const type = origin === 'unhandledRejection' ? 'Runtime.UnhandledPromiseRejection' : document.errorType;
    const error = { ...document, errorType: type };
    if (current) say({ kind: 'failed', error, ends: true, ...spent(current.id) });
    else say({ kind: 'output', text: `Uncaught: ${document.trace.join('\n') || document.errorMessage}` });
    process.exit(1);
  });
}

async function answer(handler: Handler, call: CallMessage): Promise<void> {
  current = call;
  begunAt = performance.now();
  output.begin();
  const outcome = await callHandler(handler, call, options, begunAt);
  current = undefined;
  if (outcome.kind === 'returned' && Buffer.byteLength(outcome.payload) > options.maxPayloadBytes) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${options.maxPayloadBytes} bytes).`;
    const error = { errorType: 'Function.ResponseSizeTooLarge', errorMessage, trace: [] };
    say({ kind: 'failed', error, ...spent(call.id) });
  } else say({ ...outcome, ...spent(call.id) });
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  holdOnToDaemon();
  reportUncaught();
  output.capture();
  followFiles();
  const loaded = await loadHandler(options);
  if ('error' in loaded) {
    say({ kind: 'init-failed', error: loaded.error });
    process.exit(1);
  }
  say({ kind: 'ready', initMs: performance.now() - startedAt });
  let flushed = false;
  let before: Promise<void> = Promise.resolve();
  const serve = async (line: string): Promise<void> => {
    await answer(loaded.handler, JSON.parse(line) as CallMessage);
    // Now, as processes end by being killed; the next one need not compile its sources again.
    if (!flushed) flushCompileCache();
    flushed = true;
  };
  // Not `readline`: it takes U+2028 for the end of a line too.
  const calls = new LineReader(
    Infinity,
    (line) => void (before = before.then(() => serve(line))),
    () => undefined,
  );
  new Socket({ fd: CALLS, readable: true, writable: false }).on('data', (chunk: Buffer) => calls.take(chunk));
}

void main();
