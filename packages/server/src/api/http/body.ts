import type { IncomingMessage } from 'node:http';
import { gunzip } from 'node:zlib';
import type { ApiError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import { httpErrors } from './http-errors.ts';

/** Bytes of bodies in memory over all connections. */
export class BodyBudget {
  readonly #bytes: number;
  #held = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  take(bytes: number): boolean {
    if (this.#held + bytes > this.#bytes) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }

  get held(): number {
    return this.#held;
  }
}

/** A request's body on its way in. Exactly one of the two callbacks is called, unless the client goes away. */
export interface BodyListener {
  received(body: Buffer): void;
  refused(error: ApiError): void;
}

const EMPTY = Buffer.alloc(0);

/**
 * Collects a request's body up to `limit` bytes. What it holds counts against the budget until `release` is called,
 * which must happen once the request is over, however it ended.
 */
export class BodyReader {
  readonly #request: IncomingMessage;
  readonly #limit: number;
  readonly #budget: BodyBudget;
  readonly #listener: BodyListener;
  #first: Buffer | undefined;
  #more: Buffer[] | undefined;
  #length = 0;
  #held = 0;
  #refused = false;

  constructor(request: IncomingMessage, limit: number, budget: BodyBudget, listener: BodyListener) {
    this.#request = request;
    this.#limit = limit;
    this.#budget = budget;
    this.#listener = listener;
  }

  start(): void {
    const declared = this.#request.headers['content-length'];
    if (declared !== undefined && Number(declared) > this.#limit) {
      this.#refuse(httpErrors.bodyTooLarge(this.#limit));
      return;
    }
    this.#request.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#request.on('end', () => this.#end());
  }

  /** Gives the held bytes back. */
  release(): void {
    this.#budget.give(this.#held);
    this.#held = 0;
  }

  /** Counts bytes that the body became after unpacking. */
  hold(bytes: number): boolean {
    if (!this.#budget.take(bytes)) return false;
    this.#held += bytes;
    return true;
  }

  #take(chunk: Buffer): void {
    if (this.#refused) return;
    this.#length += chunk.length;
    if (this.#length > this.#limit) return this.#refuse(httpErrors.bodyTooLarge(this.#limit));
    if (!this.hold(chunk.length)) return this.#refuse(httpErrors.busy());
    if (this.#first === undefined) this.#first = chunk;
    else if (this.#more === undefined) this.#more = [this.#first, chunk];
    else this.#more.push(chunk);
  }

  #end(): void {
    if (this.#refused) return;
    const body = this.#more ? Buffer.concat(this.#more, this.#length) : (this.#first ?? EMPTY);
    this.#first = undefined;
    this.#more = undefined;
    this.#listener.received(body);
  }

  #refuse(error: ApiError): void {
    this.#refused = true;
    this.#first = undefined;
    this.#more = undefined;
    this.release();
    discardBody(this.#request);
    this.#listener.refused(error);
  }
}

/**
 * Reads the rest of a body away, so that a client that is still sending gets to read the answer. Beyond a bound the
 * connection is cut.
 */
export function discardBody(request: IncomingMessage): void {
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > limits.refusedBodyBytes) request.destroy();
  });
  request.resume();
}

/** Unpacks a gzip body; the result may be as long as a plain body, so that a bomb ends as `413`. */
export function unpackBody(body: Buffer, encoding: string, limit: number, listener: BodyListener): void {
  if (encoding === 'identity') return listener.received(body);
  if (encoding !== 'gzip') return listener.refused(httpErrors.encoding());
  gunzip(body, { maxOutputLength: limit }, (error, unpacked) => {
    if (!error) listener.received(unpacked);
    else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      listener.refused(httpErrors.bodyTooLarge(limit));
    } else listener.refused(httpErrors.compression());
  });
}
