import type { ServerResponse } from 'node:http';

/** An answer without an end of its own: lines of JSON, written as the client takes them. */
export class LineStream {
  readonly signal: AbortSignal;
  readonly #response: ServerResponse;

  /** `signal` aborts when the client goes away or the daemon drains. */
  constructor(response: ServerResponse, signal: AbortSignal) {
    this.#response = response;
    this.signal = signal;
    response.writeHead(200, {
      'Content-Type': 'application/x-ndjson',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      // The connection is of no further use, and a draining daemon need not wait for it to idle.
      Connection: 'close',
    });
    response.flushHeaders();
  }

  /** Writes lines, each without its line break; resolves once there is room for more. False when the client is gone. */
  async write(lines: readonly string[]): Promise<boolean> {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return false;
    if (!response.write(`${lines.join('\n')}\n`)) await this.#room();
    return !response.destroyed;
  }

  end(): void {
    this.#response.end();
  }

  /** Cuts the answer off, so that the client sees that it is not whole. */
  fail(): void {
    this.#response.destroy();
  }

  #room(): Promise<void> {
    const response = this.#response;
    const { signal } = this;
    return new Promise((resolve) => {
      const done = (): void => {
        response.off('drain', done);
        response.off('close', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      response.on('drain', done);
      response.on('close', done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}
