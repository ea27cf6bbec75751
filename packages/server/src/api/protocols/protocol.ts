import type { ApiError } from '../../model/errors.ts';

/** What goes back to the client. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** Names and values in turn, beyond content type, length and request id. */
  readonly headers?: readonly string[];
}

/** How one service writes its answers on the wire. */
export interface Protocol {
  readonly name: 'json' | 'query' | 'rest-json';
  /** `output` is what the operation answered, the operation's model says how to write it. */
  success(operation: string, output: object | undefined, requestId: string): Answer;
  failure(error: ApiError, requestId: string): Answer;
}
