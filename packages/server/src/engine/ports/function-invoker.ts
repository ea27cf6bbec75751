import type { Scope } from '../../model/resources.ts';

/** One call of a local function, on behalf of an account in a region: its output goes to their log group. */
export interface FunctionInvocation extends Scope {
  readonly name: string;
  /** A repeated call repeats it, so that the function can tell. A lower-case UUID. */
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /** What the caller says of itself: any JSON value. */
  readonly clientContext?: unknown;
}

/** An error as Lambda tells it: what the function threw, or what ended it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What a call came to. `logTail` is the end of what the function wrote. */
export type FunctionResult =
  | { readonly status: 'returned'; readonly payload: string; readonly logTail: string }
  /** It threw, crashed, took too long or could not be loaded. */
  | { readonly status: 'failed'; readonly error: FunctionError; readonly logTail: string }
  /** There is no such function. */
  | { readonly status: 'missing' }
  /** The payload is not JSON. */
  | { readonly status: 'unreadable' }
  /** Too many calls wait already. */
  | { readonly status: 'busy' }
  /** The signal aborted: the call was not begun, or ended in the middle. */
  | { readonly status: 'aborted' }
  /** The daemon stops. */
  | { readonly status: 'stopped' };

/** The local functions as targets see them. */
export interface FunctionInvoker {
  /** Undefined when there is no function of this name. */
  find(name: string): { readonly concurrency: number } | undefined;
  /** Never throws for anything a function does. Once `signal` aborts, the function is ended. */
  invoke(invocation: FunctionInvocation, signal: AbortSignal): Promise<FunctionResult>;
}
