import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../engine/ports/logger.ts';
import { ApiError, internalError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { AnswerWriter } from '../http/answer-writer.ts';
import { BodyReader, discardBody } from '../http/body.ts';
import type { BodyBudget, BodyListener } from '../http/body.ts';
import { httpErrors } from '../http/http-errors.ts';
import { LineStream } from '../http/line-stream.ts';
import type { LiveSignals } from '../http/live-signals.ts';
import type { RunningRequests } from '../http/running-requests.ts';
import { parseJsonInput } from '../protocols/json.ts';
import { bareRestJson } from '../protocols/rest-json.ts';
import type { RequestHead } from '../request-head.ts';
import type { AdminAnswer, AdminRoute } from './admin-route.ts';
import { callerOf, checkOrigin } from './guard.ts';
import { badRequest, notFound } from './parameters.ts';
import { isAdminPath, RouteTable, type FoundRoute } from './route-table.ts';

const JSON_TYPE = 'application/json';
const LINES_TYPE = 'application/x-ndjson';

export interface AdminHandlerParts {
  /** Loaded by the first request: most daemons never get one. */
  readonly loadRoutes: () => Promise<readonly AdminRoute[]>;
  readonly authenticator: Authenticator;
  /** Whether signatures are verified. */
  readonly signed: boolean;
  readonly logger: Logger;
  readonly budget: BodyBudget;
  readonly signals: LiveSignals;
  readonly running: RunningRequests;
  readonly writer: AnswerWriter;
}

/** Serves the operator's API: route, origin, body, signature, answer. */
export class AdminHandler {
  readonly #parts: AdminHandlerParts;
  #loading: Promise<RouteTable> | undefined;
  #table: RouteTable | undefined;

  constructor(parts: AdminHandlerParts) {
    this.#parts = parts;
  }

  /** Whether the path belongs to the operator's API. */
  takes(head: RequestHead): boolean {
    return isAdminPath(head.path);
  }

  /** Whether a body of that length would be read. */
  accepts(head: RequestHead): boolean {
    return Number(head.headers['content-length'] ?? 0) <= limits.adminBodyBytes;
  }

  handle(request: IncomingMessage, response: ServerResponse, head: RequestHead): void {
    if (this.#table) return this.#handle(this.#table, request, response, head);
    this.#openTable().then(
      (table) => {
        if (!response.destroyed) this.#handle(table, request, response, head);
      },
      (error: unknown) => {
        discardBody(request);
        this.#fail(response, error, head);
      },
    );
  }

  async #openTable(): Promise<RouteTable> {
    this.#loading ??= this.#parts.loadRoutes().then((routes) => new RouteTable(routes));
    try {
      this.#table = await this.#loading;
    } catch (error) {
      // The next request tries again.
      this.#loading = undefined;
      throw error;
    }
    return this.#table;
  }

  #handle(table: RouteTable, request: IncomingMessage, response: ServerResponse, head: RequestHead): void {
    let found: FoundRoute;
    try {
      checkOrigin(head, this.#parts.signed);
      found = find(table, head);
      if (this.#parts.running.full) throw httpErrors.busy();
    } catch (error) {
      discardBody(request);
      this.#fail(response, error, head);
      return;
    }
    const exchange = new Exchange(this.#parts, found, request, response, head, (error) =>
      this.#fail(response, error, head),
    );
    exchange.start();
  }

  #fail(response: ServerResponse, error: unknown, head: RequestHead): void {
    const shown = error instanceof ApiError ? error : internalError(error);
    if (shown.status >= 500 && shown.cause !== undefined) {
      this.#parts.logger.error(
        { err: shown.cause, path: head.path },
        'A request of the operator API failed.',
      );
    }
    this.#parts.writer.write(response, bareRestJson.failure(shown, ''));
  }
}

function find(table: RouteTable, head: RequestHead): FoundRoute {
  const found = table.find(head.method, head.path);
  if (!found) throw notFound('There is nothing at this path of the operator API.');
  if ('methods' in found) throw httpErrors.method();
  if (head.method === 'POST') checkType(head, found.route.takesLines ? LINES_TYPE : JSON_TYPE);
  return found;
}

function checkType({ headers }: RequestHead, wanted: string): void {
  // Of types like these a page of another origin can send none without asking first.
  const [type] = (headers['content-type'] ?? '').split(';', 1);
  if (type !== wanted) throw badRequest(`The content type must be ${wanted}.`);
}

/** One request and its answer. */
class Exchange implements BodyListener {
  readonly #parts: AdminHandlerParts;
  readonly #found: FoundRoute;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #head: RequestHead;
  readonly #fail: (error: unknown) => void;
  readonly #reader: BodyReader;
  #running = false;

  constructor(
    parts: AdminHandlerParts,
    found: FoundRoute,
    request: IncomingMessage,
    response: ServerResponse,
    head: RequestHead,
    fail: (error: unknown) => void,
  ) {
    this.#parts = parts;
    this.#found = found;
    this.#request = request;
    this.#response = response;
    this.#head = head;
    this.#fail = fail;
    this.#reader = new BodyReader(request, limits.adminBodyBytes, parts.budget, this);
  }

  start(): void {
    this.#response.on('close', () => {
      this.#reader.release();
      if (this.#running) this.#parts.running.ended(this.#request.socket);
      this.#running = false;
    });
    this.#reader.start();
  }

  received(body: Buffer): void {
    this.#running = true;
    this.#parts.running.began(this.#request.socket);
    this.#run(body).catch((error: unknown) => this.#fail(error));
  }

  refused(error: ApiError): void {
    this.#fail(error);
  }

  async #run(body: Buffer): Promise<void> {
    const { authenticator, signed } = this.#parts;
    const caller = callerOf(authenticator, this.#head, body);
    const { route, steps } = this.#found;
    const answer = await route.run({
      caller,
      seesAll: !signed,
      steps,
      query: new URLSearchParams(this.#head.query),
      body: route.takesLines ? {} : (parseJsonInput(body) as Record<string, unknown>),
      bytes: body,
    });
    if ('value' in answer) {
      const text = JSON.stringify(answer.value);
      const headers = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'];
      this.#parts.writer.write(this.#response, {
        status: 200,
        contentType: 'application/json',
        body: text,
        headers,
      });
    } else await this.#stream(answer);
  }

  async #stream(answer: Extract<AdminAnswer, { stream: unknown }>): Promise<void> {
    const stream = new LineStream(this.#response, this.#parts.signals.signalFor(this.#response));
    try {
      await answer.stream(stream);
      stream.end();
    } catch (error) {
      this.#parts.logger.error({ err: error, path: this.#head.path }, 'A stream of the operator API failed.');
      stream.fail();
    }
  }
}
