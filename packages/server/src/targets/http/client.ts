import type { buildConnector, Dispatcher } from 'undici';
import type { Clock } from '../../engine/ports/clock.ts';
import type { HttpAnswer, HttpClient, HttpFailure, HttpRequest } from '../../engine/ports/http-client.ts';
import { limits } from '../../model/limits.ts';
import { whenAborted } from '../abortable.ts';
import { Deadlines } from './deadlines.ts';
import { Exchange } from './exchange.ts';
import { closedFailure, invalidScheme } from './failure.ts';

/** Makes the sockets of a client; may refuse an address by an error. */
export type MakeConnector = (build: typeof buildConnector) => buildConnector.connector;

/** Sockets to wherever a name leads. */
export const plainConnector: MakeConnector = (build) => build({ timeout: limits.httpConnectMs });

/** A pool of keep-alive connections, bounded in every direction. undici is loaded by the first request. */
export function createHttpClient(clock: Clock, makeConnector: MakeConnector): HttpClient {
  return new PooledClient(clock, makeConnector);
}

class PooledClient implements HttpClient {
  readonly #clock: Clock;
  readonly #makeConnector: MakeConnector;
  readonly #deadlines: Deadlines;
  #opening: Promise<Dispatcher> | undefined;
  #pool: Dispatcher | undefined;
  #closed = false;

  constructor(clock: Clock, makeConnector: MakeConnector) {
    this.#clock = clock;
    this.#makeConnector = makeConnector;
    this.#deadlines = new Deadlines(clock);
  }

  request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer | HttpFailure> {
    if (this.#closed || signal.aborted) return Promise.resolve(closedFailure);
    const { protocol } = request.url;
    if (protocol !== 'https:' && protocol !== 'http:') return Promise.resolve(invalidScheme(request.url));
    return this.#pool ? this.#exchange(this.#pool, request, signal) : this.#openFor(request, signal);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#opening)?.destroy();
  }

  async #openFor(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer | HttpFailure> {
    this.#opening ??= openPool(this.#makeConnector);
    this.#pool = await this.#opening;
    return this.request(request, signal);
  }

  #exchange(pool: Dispatcher, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer | HttpFailure> {
    return new Promise((resolve) => {
      const exchange = new Exchange(request, this.#clock.now(), (result) => {
        this.#deadlines.remove(exchange);
        forget();
        resolve(result);
      });
      this.#deadlines.add(exchange);
      const forget = whenAborted(signal, () => exchange.onAbort());
      const { url, method, headers, body } = request;
      // `dispatch` follows no redirects, and has no time limits of its own here: the exchange has one for all of it.
      pool.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: method as Dispatcher.HttpMethod,
          headers,
          body: body ?? null,
        },
        exchange,
      );
    });
  }
}

async function openPool(makeConnector: MakeConnector): Promise<Dispatcher> {
  const { Agent, buildConnector: build } = await import('undici');
  return new Agent({
    connect: makeConnector(build),
    connections: limits.httpConnectionsPerOrigin,
    maxOrigins: limits.httpOrigins,
    keepAliveTimeout: limits.httpIdleConnectionMs,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
