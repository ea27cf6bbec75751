import type { FunctionError } from '../../../engine/ports/function-invoker.ts';

/** Bounds of what is told of an error: it travels in answers, logs and dead letters. */
const MESSAGE_CHARS = 32_768;
const TRACE_LINES = 50;
const LINE_CHARS = 1_024;

/** What was thrown, in Lambda's form. */
export function errorDocument(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) {
    return { errorType: typeof thrown, errorMessage: textOf(thrown), trace: [] };
  }
  const trace = String(thrown.stack ?? '').split('\n', TRACE_LINES);
  return {
    errorType: typeOf(thrown).slice(0, LINE_CHARS),
    errorMessage: thrown.message.slice(0, MESSAGE_CHARS),
    trace: trace.map((line) => line.slice(0, LINE_CHARS)),
  };
}

/** A class that extends `Error` and gives itself no name is called by its own. */
function typeOf(error: Error): string {
  return error.name === 'Error' ? error.constructor.name || 'Error' : error.name;
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown.slice(0, MESSAGE_CHARS);
  try {
    return (JSON.stringify(thrown) ?? String(thrown)).slice(0, MESSAGE_CHARS);
  } catch {
    return 'unknown';
  }
}
