import { STATUS_CODES } from './node-http.ts';
import type { Duplex } from 'node:stream';
import type { RunningRequests } from './running-requests.ts';

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const MALFORMED: Refusal = {
  status: 400,
  code: 'MalformedHttpRequestException',
  message: 'The request is not well-formed HTTP.',
};

/** By the code of the error that the HTTP parser or its timer raised. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'RequestHeaderFieldsTooLargeException',
    message: 'The request headers are too large.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: 'RequestEntityTooLargeException',
    message: 'The chunk extensions are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'RequestTimeoutException',
    message: 'The request did not arrive in time.',
  },
};

/** Answers what could not be read as a request, and closes the connection. */
export function answerMalformed(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  requestId: string,
  running: RunningRequests,
): void {
  if (!socket.writable || error.code === 'ECONNRESET' || running.awaited(socket)) {
    socket.destroy();
    return;
  }
  const { status, code, message } = REFUSALS[error.code ?? ''] ?? MALFORMED;
  const body = JSON.stringify({ __type: code, message });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/x-amz-json-1.1',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `x-amzn-ErrorType: ${code}`,
    `x-amzn-RequestId: ${requestId}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
