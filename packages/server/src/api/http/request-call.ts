import type { ServerResponse } from 'node:http';
import type { Call, Principal } from '../../model/operation.ts';
import { readTraceparent, xrayHeader } from '../../model/trace-context.ts';
import type { Caller } from '../auth/authenticator.ts';
import type { RequestHead } from '../request-head.ts';
import type { LiveSignals } from './live-signals.ts';

/** Where the request stands in a trace, in X-Ray's form; `X-Amzn-Trace-Id` goes before `traceparent`. */
function traceHeaderOf({ headers }: RequestHead): string | undefined {
  const xray = headers['x-amzn-trace-id'] as string | undefined;
  if (xray !== undefined) return xray;
  const w3c = headers['traceparent'] as string | undefined;
  const context = w3c === undefined ? undefined : readTraceparent(w3c);
  return context && xrayHeader(context);
}

/** What an operation sees of its request. The abort signal is made when somebody asks for it: most never do. */
export class RequestCall implements Call {
  readonly requestId: string;
  readonly principal: Principal;
  readonly account: string;
  readonly region: string;
  readonly origin: string;
  readonly path: string;
  readonly traceHeader: string | undefined;
  readonly #response: ServerResponse;
  readonly #signals: LiveSignals;
  #signal: AbortSignal | undefined;

  constructor(
    requestId: string,
    caller: Caller,
    origin: string,
    head: RequestHead,
    response: ServerResponse,
    signals: LiveSignals,
  ) {
    this.requestId = requestId;
    this.principal = caller.principal;
    this.account = caller.account;
    this.region = caller.region;
    this.origin = origin;
    this.path = head.path;
    this.traceHeader = traceHeaderOf(head);
    this.#response = response;
    this.#signals = signals;
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#signals.signalFor(this.#response);
    return this.#signal;
  }
}
