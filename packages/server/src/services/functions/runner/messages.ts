// What the daemon and the process of a function say to each other: one JSON object a line, on pipes of their own.
import type { FunctionError } from '../../../engine/ports/function-invoker.ts';

/** File descriptors of the process: what it says, what it is asked, and a pipe that closes when the daemon is gone. */
export const ANSWERS = 3;
export const CALLS = 4;
export const LIFELINE = 5;

/** What the process is started with, as JSON in its only argument. */
export interface RunnerOptions {
  readonly module: string;
  readonly handler: string;
  readonly name: string;
  readonly memoryMegabytes: number;
  readonly logGroup: string;
  readonly logStream: string;
  readonly maxPayloadBytes: number;
  readonly maxOutputBytes: number;
  readonly maxLineBytes: number;
}

/** One call. */
export interface CallMessage {
  readonly id: string;
  readonly arn: string;
  readonly payload: string;
  readonly timeoutMs: number;
  readonly clientContext?: unknown;
}

export type AnswerMessage =
  /** The module is loaded. */
  | { readonly kind: 'ready'; readonly initMs: number }
  /** The module cannot be loaded: the process ends. */
  | { readonly kind: 'init-failed'; readonly error: FunctionError }
  /** Something was written. */
  | { readonly kind: 'output'; readonly text: string }
  /** Files of the function's code that were loaded since the last such message. */
  | { readonly kind: 'files'; readonly files: readonly string[] }
  | ({ readonly kind: 'returned'; readonly payload: string } & Spent)
  /** With `ends` the process goes down with the call. */
  | ({ readonly kind: 'failed'; readonly error: FunctionError; readonly ends?: boolean } & Spent)
  | ({ readonly kind: 'unreadable' } & Spent);

export interface Spent {
  readonly id: string;
  readonly durationMs: number;
  /** The most memory that the process ever held. */
  readonly maxMegabytes: number;
}
