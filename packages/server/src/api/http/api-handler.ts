import type { LogThrottle } from '../../engine/log-throttle.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Random } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import { ApiError, internalError, notImplemented } from '../../model/errors.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { bodyLimit } from '../dispatch.ts';
import type { BoundOperation, Dispatcher, Route } from '../dispatch.ts';
import { Form } from '../protocols/form.ts';
import { parseJsonInput } from '../protocols/json.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { fillQueueUrl } from '../protocols/queue-path.ts';
import type { RequestHead } from '../request-head.ts';
import type { AnswerWriter } from './answer-writer.ts';
import { BodyReader, discardBody, unpackBody } from './body.ts';
import type { BodyBudget, BodyListener } from './body.ts';
import { httpErrors } from './http-errors.ts';
import type { LiveSignals } from './live-signals.ts';
import { isCrossOrigin } from './origin.ts';
import type { Origins } from './origin.ts';
import { RequestCall } from './request-call.ts';
import type { RequestCounter } from './request-counter.ts';
import type { RunningRequests } from './running-requests.ts';

export interface ApiHandlerParts {
  readonly dispatcher: Dispatcher;
  readonly authenticator: Authenticator;
  readonly random: Random;
  readonly logger: Logger;
  readonly counter: RequestCounter;
  readonly budget: BodyBudget;
  readonly signals: LiveSignals;
  readonly origins: Origins;
  readonly writer: AnswerWriter;
  readonly running: RunningRequests;
  /** Says what was refused: codes, never what the client sent. */
  readonly refusals: LogThrottle;
}

/** Serves API requests: route, body, signature, input, operation, answer. */
export class ApiHandler {
  readonly #parts: ApiHandlerParts;

  constructor(parts: ApiHandlerParts) {
    this.#parts = parts;
  }

  handle(request: IncomingMessage, response: ServerResponse, head: RequestHead): void {
    new Exchange(this.#parts, request, response, head).start();
  }

  /** Whether the path alone makes a request one for an API. */
  knowsPath(head: RequestHead): boolean {
    return this.#parts.dispatcher.knowsPath(head);
  }

  /** The largest body that the request may have, and thus whether to ask the client to send it. */
  accepts(head: RequestHead): boolean {
    const route = this.#parts.dispatcher.route(head);
    return !route.error && Number(head.headers['content-length'] ?? 0) <= bodyLimit(route);
  }
}

/** One request and its answer. */
class Exchange implements BodyListener {
  readonly #parts: ApiHandlerParts;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #head: RequestHead;
  readonly #requestId: string;
  readonly #route: Route;
  #protocol: Protocol;
  #operation: BoundOperation | undefined;
  #reader: BodyReader | undefined;
  #running = false;

  constructor(parts: ApiHandlerParts, request: IncomingMessage, response: ServerResponse, head: RequestHead) {
    this.#parts = parts;
    this.#request = request;
    this.#response = response;
    this.#head = head;
    this.#requestId = parts.random.uuid();
    this.#route = parts.dispatcher.route(head);
    this.#protocol = this.#route.protocol;
    this.#operation = this.#route.operation;
  }

  start(): void {
    const error = this.#refusal();
    if (error) {
      discardBody(this.#request);
      this.#fail(error);
      return;
    }
    this.#reader = new BodyReader(this.#request, bodyLimit(this.#route), this.#parts.budget, this);
    this.#response.on('close', () => this.#closed());
    this.#reader.start();
  }

  /** Why the request is turned away before its body is read. */
  #refusal(): ApiError | undefined {
    if (isCrossOrigin(this.#head)) return httpErrors.crossOrigin();
    if (this.#route.error) return this.#route.error;
    const { method } = this.#head;
    if (!this.#route.methodFits && method !== 'POST' && !(method === 'GET' && this.#operation === undefined))
      return httpErrors.method();
    if (this.#parts.running.full) return httpErrors.busy();
    return undefined;
  }

  received(body: Buffer): void {
    this.#running = true;
    this.#parts.running.began(this.#request.socket);
    const encoding = this.#head.headers['content-encoding'];
    if (encoding === undefined) {
      this.#serve(body, body);
      return;
    }
    unpackBody(body, encoding.trim().toLowerCase(), bodyLimit(this.#route), {
      received: (unpacked) => {
        if (this.#reader!.hold(unpacked.length)) this.#serve(body, unpacked);
        else this.#fail(httpErrors.busy());
      },
      refused: (error) => this.#fail(error),
    });
  }

  refused(error: ApiError): void {
    this.#fail(error);
  }

  /** `sent` is what the signature covers, `body` what it means. */
  #serve(sent: Buffer, body: Buffer): void {
    try {
      const { readInput = parseJsonInput } = this.#route;
      if (this.#operation) this.#run(this.#operation, readInput(body), sent);
      else this.#serveForm(sent, body);
    } catch (error) {
      this.#failed(error);
    }
  }

  #serveForm(sent: Buffer, body: Buffer): void {
    const form = new Form();
    form.add(this.#head.query);
    if (this.#head.method === 'POST') form.addBody(body);
    const operation = this.#parts.dispatcher.formOperation(this.#route, form);
    this.#operation = operation;
    const { model } = operation.service;
    this.#protocol = operation.service.query;
    const shapes = model.operations[operation.name]!;
    const input = form.input(model, shapes.input);
    const origin = this.#parts.origins.of(this.#head);
    fillQueueUrl(model, shapes, input as Record<string, unknown>, { origin, path: this.#head.path });
    this.#run(operation, input, sent);
  }

  #run(operation: BoundOperation, input: object, sent: Buffer): void {
    const { authenticator, origins, signals } = this.#parts;
    const { model } = operation.service;
    const caller = authenticator.authenticate(this.#head, sent, model.signingName);
    operation.validate(input);
    if (!operation.built) throw notImplemented(model.service, operation.name);
    const origin = origins.of(this.#head);
    const call = new RequestCall(this.#requestId, caller, origin, this.#head, this.#response, signals);
    operation.built.run(input, call).then(
      (output) => this.#succeeded(operation, output),
      (error: unknown) => this.#failed(error),
    );
  }

  #succeeded(operation: BoundOperation, output: object | undefined): void {
    try {
      this.#answer(this.#protocol.success(operation.name, output, this.#requestId));
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (error instanceof ApiError && error.status < 500) {
      this.#fail(error);
      return;
    }
    const shown = error instanceof ApiError ? error : internalError(error);
    // An operation that says of its own accord that it cannot serve is no news; an unexpected failure is.
    if (shown !== error || shown.cause !== undefined) {
      const fields = { requestId: this.#requestId, operation: this.#operation?.name, err: shown.cause };
      this.#parts.logger.error(fields, 'An operation failed.');
    }
    this.#fail(shown);
  }

  #fail(error: ApiError): void {
    const fields = {
      requestId: this.#requestId,
      service: this.#operation?.service.model.service,
      operation: this.#operation?.name,
      status: error.status,
      code: error.code,
    };
    this.#parts.refusals.line('info', fields, 'a request was refused');
    this.#answer(this.#protocol.failure(error, this.#requestId));
  }

  #answer(answer: ReturnType<Protocol['failure']>): void {
    this.#parts.counter.count(this.#operation, answer.status);
    this.#parts.writer.write(this.#response, answer, this.#requestId);
    this.#ended();
  }

  #closed(): void {
    this.#reader?.release();
    this.#ended();
  }

  #ended(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#parts.running.ended(this.#request.socket);
  }
}
