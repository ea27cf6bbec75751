import { createServer } from './node-http.ts';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LogThrottle } from '../../engine/log-throttle.ts';
import type { Metrics } from '../../engine/metrics.ts';
import type { Clock, Random } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import { limits } from '../../model/limits.ts';
import type { Operation } from '../../model/operation.ts';
import { AdminHandler } from '../admin/admin-handler.ts';
import type { AdminRoute } from '../admin/admin-route.ts';
import { createAuthenticator } from '../auth/authenticator.ts';
import type { AuthOptions } from '../auth/authenticator.ts';
import { Dispatcher } from '../dispatch.ts';
import { isCloudEventsPath, WEBHOOK_CONSENT } from '../protocols/cloud-events.ts';
import { bareRestJson } from '../protocols/rest-json.ts';
import { isFormRequest } from '../request-head.ts';
import type { RequestHead } from '../request-head.ts';
import { AnswerWriter } from './answer-writer.ts';
import { ApiHandler } from './api-handler.ts';
import { BodyBudget, discardBody } from './body.ts';
import { httpErrors } from './http-errors.ts';
import { LiveSignals } from './live-signals.ts';
import { answerMalformed } from './malformed.ts';
import { Origins } from './origin.ts';
import { PageRoutes } from './page-routes.ts';
import type { PageHandler } from './page-routes.ts';
import { RequestCounter } from './request-counter.ts';
import { RunningRequests } from './running-requests.ts';

/** What may be set otherwise than in `limits`; tests shorten times with it. */
export interface FrontDoorLimits {
  readonly connections: number;
  readonly requestsInFlight: number;
  readonly requestBodiesBytes: number;
  readonly requestHeaderBytes: number;
  readonly requestHeadersMs: number;
  readonly requestBodyMs: number;
  readonly keepAliveMs: number;
  readonly slowRequestCheckMs: number;
}

export interface FrontDoorOptions {
  /** The operations that are built, by short service name (`events`, `sqs`, `sts`). */
  readonly services: Readonly<Record<string, readonly Operation[]>>;
  readonly auth: AuthOptions;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Busbar's version, shown at `/`. */
  readonly version: string;
  readonly readiness: () => boolean | Promise<boolean>;
  /** Further GET pages; see `PageParts.routes`. */
  readonly routes?: Readonly<Record<string, PageHandler>>;
  /** The operator's API. */
  readonly loadAdmin?: () => Promise<readonly AdminRoute[]>;
  readonly limits?: Partial<FrontDoorLimits>;
}

/** The daemon's HTTP server. */
export interface FrontDoor {
  /** Starts to listen; port 0 picks a free one. Rejects when the address cannot be bound. */
  listen(port: number, host: string): Promise<{ readonly port: number; readonly host: string }>;
  /** Takes no new connections, ends long polls, waits for requests under way, at most `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
  /** Cuts everything off. */
  close(): Promise<void>;
}

/** Builds the front door; nothing listens before `listen`. */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const bounds: FrontDoorLimits = { ...limits, ...options.limits };
  const { clock, logger, metrics, random } = options;
  const writer = new AnswerWriter();
  const signals = new LiveSignals();
  const origins = new Origins();
  const running = new RunningRequests(bounds.requestsInFlight);
  const pages = new PageRoutes({
    version: options.version,
    metrics,
    logger,
    writer,
    readiness: options.readiness,
    routes: options.routes ?? {},
  });
  const authenticator = createAuthenticator(options.auth, clock);
  const budget = new BodyBudget(bounds.requestBodiesBytes);
  const shared = { authenticator, logger, budget, signals, writer, running };
  const admin = new AdminHandler({
    ...shared,
    loadRoutes: options.loadAdmin ?? (() => Promise.resolve([])),
    signed: options.auth.mode === 'sigv4',
  });
  const api = new ApiHandler({
    ...shared,
    dispatcher: new Dispatcher(options.services),
    random,
    counter: new RequestCounter(metrics),
    refusals: new LogThrottle(logger, clock),
    origins,
  });
  const server = startServer(bounds, { api, admin, pages, writer });
  server.on('clientError', (error, socket) => answerMalformed(error, socket, random.uuid(), running));
  return {
    async listen(port, host) {
      const bound = await listen(server, port, host);
      // For instance no file descriptor left for a connection that came: the daemon goes on with those it has.
      server.on('error', (error) => logger.error({ err: error }, 'The server could not take a connection.'));
      origins.bind(bound.host, bound.port);
      return bound;
    },
    drain(timeoutMs) {
      writer.draining = true;
      const closed = closeServer(server);
      signals.abortAll();
      const cancel = clock.after(timeoutMs, () => server.closeAllConnections());
      return closed.finally(cancel);
    },
    close() {
      writer.draining = true;
      const closed = closeServer(server);
      signals.abortAll();
      server.closeAllConnections();
      return closed;
    },
  };
}

/** Who answers what comes in. */
interface Handlers {
  readonly api: ApiHandler;
  readonly admin: AdminHandler;
  readonly pages: PageRoutes;
  readonly writer: AnswerWriter;
}

function startServer(bounds: FrontDoorLimits, handlers: Handlers): Server {
  const handle = (request: IncomingMessage, response: ServerResponse): void =>
    route(readHead(request), request, response, handlers);
  const server = createServer(
    {
      maxHeaderSize: bounds.requestHeaderBytes,
      headersTimeout: bounds.requestHeadersMs,
      requestTimeout: bounds.requestBodyMs,
      keepAliveTimeout: bounds.keepAliveMs,
      connectionsCheckingInterval: bounds.slowRequestCheckMs,
      noDelay: true,
    },
    handle,
  );
  server.maxConnections = bounds.connections;
  server.timeout = limits.silentConnectionMs;
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // A body that would be refused is not asked for: the client gets its error instead of `100 Continue`. Whether it
    // sends the body all the same cannot be known, so its connection is of no further use.
    const head = readHead(request);
    const { api, admin } = handlers;
    if ((admin.takes(head) ? admin : api).accepts(head)) response.writeContinue();
    else response.shouldKeepAlive = false;
    handle(request, response);
  });
  return server;
}

function readHead(request: IncomingMessage): RequestHead {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: request.headers,
    rawHeaders: request.rawHeaders,
  };
}

/** Pages are GETs that address no API; everything else is the APIs', the operator's or AWS's. */
function route(
  head: RequestHead,
  request: IncomingMessage,
  response: ServerResponse,
  { api, admin, pages, writer }: Handlers,
): void {
  if (admin.takes(head)) {
    admin.handle(request, response, head);
    return;
  }
  if (head.method === 'POST') {
    api.handle(request, response, head);
    return;
  }
  if (head.method === 'OPTIONS') {
    discardBody(request);
    const headers = isCloudEventsPath(head.path) ? WEBHOOK_CONSENT : ['Allow', 'GET, HEAD, POST, OPTIONS'];
    writer.write(response, { status: 200, contentType: 'application/json', body: '', headers });
    return;
  }
  const reads = head.method === 'GET' || head.method === 'HEAD';
  const isApi = head.headers['x-amz-target'] !== undefined || (head.query !== '' && isFormRequest(head));
  const page = reads && !isApi ? pages.find(head.path) : undefined;
  if (page) {
    discardBody(request);
    pages.serve(page, head, response);
  } else if (reads && !isApi && head.headers.authorization === undefined && !api.knowsPath(head)) {
    discardBody(request);
    writer.write(response, bareRestJson.failure(httpErrors.notFound(), ''));
  } else {
    api.handle(request, response, head);
  }
}

function listen(
  server: Server,
  port: number,
  host: string,
): Promise<{ readonly port: number; readonly host: string }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address() as AddressInfo;
      resolve({ port: address.port, host: address.address });
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) resolve();
    else server.close(() => resolve());
  });
}
