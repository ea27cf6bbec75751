import type { ServerResponse } from 'node:http';
import type { Answer } from '../protocols/protocol.ts';

const NO_CONTENT = 204;

/** Writes answers; while the daemon drains, each asks the client to close its connection. */
export class AnswerWriter {
  draining = false;

  /** `requestId` is left out for answers that belong to no API. */
  write(response: ServerResponse, answer: Answer, requestId?: string): void {
    if (response.destroyed || response.headersSent) return;
    const headers = ['Content-Type', answer.contentType];
    // An answer that can have no body must not tell its length either.
    if (answer.status !== NO_CONTENT) {
      headers.push('Content-Length', String(Buffer.byteLength(answer.body)));
    }
    if (requestId !== undefined) headers.push('x-amzn-RequestId', requestId);
    if (answer.headers) headers.push(...answer.headers);
    if (this.draining) headers.push('Connection', 'close');
    response.writeHead(answer.status, headers);
    response.end(answer.body);
  }
}
