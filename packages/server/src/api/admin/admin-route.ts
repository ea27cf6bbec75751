import type { Caller } from '../auth/authenticator.ts';

/** Writes lines of JSON to a client for as long as both sides go on. */
export interface LineSink {
  /** Aborted when the client goes away or the daemon drains. */
  readonly signal: AbortSignal;
  /** Writes lines, each without its line break; resolves once there is room for more. False when the client is gone. */
  write(lines: readonly string[]): Promise<boolean>;
}

/** What a route answers: a value as JSON, or lines for as long as the promise is pending. */
export type AdminAnswer = { readonly value: object } | { readonly stream: (sink: LineSink) => Promise<void> };

export interface AdminRequest {
  readonly caller: Caller;
  /** Whether the caller may see what belongs to other accounts: without verified signatures everybody may. */
  readonly seesAll: boolean;
  /** What stands in the path for the route's `:name` steps. */
  readonly steps: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON object of a POST; empty for a GET, and for a route that takes lines. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The body as it came. */
  readonly bytes: Buffer;
}

/** One route of the operator's API: one file, one line in `index.ts`. Throws an `ApiError`; its status is the answer's. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST';
  /** Below `/_busbar`; a step `:name` takes any text. */
  readonly path: string;
  readonly summary: string;
  /** A POST takes lines (`application/x-ndjson`), which the route reads by itself, instead of an object. */
  readonly takesLines?: true;
  run(request: AdminRequest): Promise<AdminAnswer>;
}
