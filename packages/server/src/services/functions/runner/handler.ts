import { pathToFileURL } from 'node:url';
import type { FunctionError } from '../../../engine/ports/function-invoker.ts';
import { errorDocument } from './error-document.ts';
import type { CallMessage, RunnerOptions } from './messages.ts';

type Callback = (error?: unknown, result?: unknown) => void;
export type Handler = (event: unknown, context: object, callback?: Callback) => unknown;

/** Imports the module and takes the handler out of it. */
export async function loadHandler({
  module,
  handler,
}: RunnerOptions): Promise<{ handler: Handler } | { error: FunctionError }> {
  let namespace: Record<string, unknown>;
  try {
    namespace = (await import(pathToFileURL(module).href)) as Record<string, unknown>;
  } catch (thrown) {
    return { error: errorDocument(thrown) };
  }
  // What CommonJS exports may only be found in its default.
  const found =
    namespace[handler] ?? (namespace['default'] as Record<string, unknown> | undefined)?.[handler];
  if (typeof found === 'function') return { handler: found as Handler };
  const errorMessage = `${handler} is undefined or not exported`;
  return { error: { errorType: 'Runtime.HandlerNotFound', errorMessage, trace: [] } };
}

export type CallOutcome =
  | { readonly kind: 'returned'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: FunctionError }
  | { readonly kind: 'unreadable' };

/** Calls the handler with the event, and waits for what it returns, throws or calls back with. */
export async function callHandler(
  handler: Handler,
  call: CallMessage,
  options: RunnerOptions,
  begunAt: number,
): Promise<CallOutcome> {
  let event: unknown;
  try {
    event = JSON.parse(call.payload);
  } catch {
    return { kind: 'unreadable' };
  }
  let result: unknown;
  try {
    result = await resultOf(handler, event, contextOf(call, options, begunAt));
  } catch (thrown) {
    return { kind: 'failed', error: errorDocument(thrown) };
  }
  try {
    return { kind: 'returned', payload: JSON.stringify(result) ?? 'null' };
  } catch (thrown) {
    const { errorMessage, trace } = errorDocument(thrown);
    return { kind: 'failed', error: { errorType: 'Runtime.MarshalError', errorMessage, trace } };
  }
}

/** A handler that takes three parameters and returns no promise answers by its callback. */
function resultOf(handler: Handler, event: unknown, context: object): Promise<unknown> {
  if (handler.length < 3) return Promise.resolve(handler(event, context));
  return new Promise((resolve, reject) => {
    const callback: Callback = (error, result) => {
      // A string is an error too, as Lambda has it.
      if (error === undefined || error === null) resolve(result);
      else reject(error as Error);
    };
    const returned = handler(event, context, callback);
    if (returned instanceof Promise) returned.then(resolve, reject);
  });
}

function contextOf(call: CallMessage, options: RunnerOptions, begunAt: number): object {
  return {
    awsRequestId: call.id,
    callbackWaitsForEmptyEventLoop: true,
    clientContext: call.clientContext,
    functionName: options.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: call.arn,
    logGroupName: options.logGroup,
    logStreamName: options.logStream,
    memoryLimitInMB: String(options.memoryMegabytes),
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(begunAt + call.timeoutMs - performance.now())),
  };
}
