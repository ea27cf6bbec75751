import type { ServerResponse } from 'node:http';
import type { Call, Principal } from '../../model/operation.ts';
import type { Caller } from '../auth/authenticator.ts';
import type { RequestHead } from '../request-head.ts';
import type { LiveSignals } from './live-signals.ts';

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
    this.traceHeader = head.headers['x-amzn-trace-id'] as string | undefined;
    this.#response = response;
    this.#signals = signals;
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#signals.signalFor(this.#response);
    return this.#signal;
  }
}
