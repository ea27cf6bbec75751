import type { buildConnector, Dispatcher } from 'undici';
import type { Clock } from '../../engine/ports/clock.ts';
import type { HttpAnswer, HttpClient, HttpFailure, HttpRequest } from '../../engine/ports/http-client.ts';
import { limits } from '../../model/limits.ts';
import { closedFailure, failureOf, invalidScheme } from './failure.ts';

/** Makes the sockets of a client; may refuse an address by an error. */
export type MakeConnector = (build: typeof buildConnector) => buildConnector.connector;

/** Sockets to wherever a name leads. */
export const plainConnector: MakeConnector = (build) => build({ timeout: limits.httpConnectMs });

const SCHEMES: ReadonlySet<string> = new Set(['https:', 'http:']);

/** A pool of keep-alive connections, bounded in every direction. undici is loaded by the first request. */
export function createHttpClient(clock: Clock, makeConnector: MakeConnector): HttpClient {
  let pool: Promise<Dispatcher> | undefined;
  let closed = false;
  return {
    async request(request, signal) {
      if (closed || signal.aborted) return closedFailure;
      if (!SCHEMES.has(request.url.protocol)) return invalidScheme(request.url);
      pool ??= openPool(makeConnector);
      const answer = await exchange(await pool, clock, request, signal);
      return closed && answer.kind !== 'answer' ? closedFailure : answer;
    },
    async close() {
      closed = true;
      await (await pool)?.destroy();
    },
  };
}

async function openPool(makeConnector: MakeConnector): Promise<Dispatcher> {
  const { Agent, buildConnector: build } = await import('undici');
  return new Agent({
    connect: makeConnector(build),
    connections: limits.httpConnectionsPerOrigin,
    maxOrigins: limits.httpOrigins,
    keepAliveTimeout: limits.httpIdleConnectionMs,
    // The whole exchange has a time limit of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

async function exchange(
  pool: Dispatcher,
  clock: Clock,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer | HttpFailure> {
  const { url } = request;
  const controller = new AbortController();
  let timedOut = false;
  const abort = (): void => controller.abort();
  const cancelTimer = clock.after(request.timeoutMs, () => {
    timedOut = true;
    abort();
  });
  signal.addEventListener('abort', abort);
  try {
    // `request` follows no redirects.
    const answer = await pool.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method as Dispatcher.HttpMethod,
      headers: request.headers,
      body: request.body ?? null,
      signal: controller.signal,
    });
    const body = await readText(answer.body);
    return { kind: 'answer', status: answer.statusCode, headers: plainHeaders(answer.headers), body };
  } catch (error) {
    if (timedOut) {
      return { kind: 'timeout', reason: `${url.host} did not answer within ${request.timeoutMs} ms.` };
    }
    return controller.signal.aborted ? closedFailure : failureOf(error, url);
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', abort);
  }
}

/** The body up to its limit. The rest is not waited for: leaving the loop closes the connection. */
async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let room: number = limits.httpAnswerBytes;
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, room));
    room -= chunk.length;
    if (room <= 0) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

const plainHeaders = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
