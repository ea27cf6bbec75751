import type { Dispatcher } from 'undici';
import type { HttpAnswer, HttpFailure, HttpRequest } from '../../engine/ports/http-client.ts';
import { limits } from '../../model/limits.ts';
import type { Limited } from './deadlines.ts';
import { closedFailure, failureOf } from './failure.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** An answer as it came in. Few look at more than the status. */
class Answer implements HttpAnswer {
  readonly kind = 'answer';
  readonly status: number;
  readonly #headers: Headers;
  readonly #chunks: readonly Buffer[];
  #body: string | undefined;

  constructor(status: number, headers: Headers, chunks: readonly Buffer[]) {
    this.status = status;
    this.#headers = headers;
    this.#chunks = chunks;
  }

  get headers(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.#headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    );
  }

  get body(): string {
    this.#body ??= Buffer.concat(this.#chunks).toString('utf8');
    return this.#body;
  }
}

/** One request on its way. undici calls it back directly: a stream and a signal for each request cost more than the rest. */
export class Exchange implements Dispatcher.DispatchHandler, Limited {
  readonly startedAt: number;
  readonly timeoutMs: number;
  readonly #url: URL;
  readonly #onEnd: (result: HttpAnswer | HttpFailure) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #ended = false;
  #status = 0;
  #headers: Headers = {};
  readonly #chunks: Buffer[] = [];
  /** How much of the body is still read. */
  #room: number = limits.httpAnswerBytes;

  constructor(
    { url, timeoutMs }: HttpRequest,
    startedAt: number,
    onEnd: (result: HttpAnswer | HttpFailure) => void,
  ) {
    this.startedAt = startedAt;
    this.timeoutMs = timeoutMs;
    this.#url = url;
    this.#onEnd = onEnd;
  }

  onTimeout(): void {
    this.#giveUp({
      kind: 'timeout',
      reason: `${this.#url.host} did not answer within ${this.timeoutMs} ms.`,
    });
  }

  onAbort(): void {
    this.#giveUp(closedFailure);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It was given up while it waited for a connection.
    if (this.#ended) this.#cutOff();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return;
    this.#chunks.push(this.#room < chunk.length ? chunk.subarray(0, this.#room) : chunk);
    this.#room -= chunk.length;
    // The rest is not waited for.
    if (this.#room <= 0) this.#giveUp(new Answer(this.#status, this.#headers, this.#chunks));
  }

  onResponseEnd(): void {
    this.#end(new Answer(this.#status, this.#headers, this.#chunks));
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#end(failureOf(error, this.#url));
  }

  #giveUp(result: HttpAnswer | HttpFailure): void {
    if (this.#ended) return;
    this.#end(result);
    // Not in the middle of a callback: undici goes on with the bytes that it has.
    if (this.#controller) queueMicrotask(() => this.#cutOff());
  }

  /** Closes the connection, unless the answer was complete. */
  #cutOff(): void {
    this.#controller?.abort(new Error('The request was given up.'));
  }

  #end(result: HttpAnswer | HttpFailure): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(result);
  }
}
