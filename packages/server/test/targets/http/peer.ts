import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Socket } from 'node:net';

/** What a peer got. */
export interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An HTTP server on this machine. */
export interface Peer {
  readonly url: string;
  readonly port: number;
  /** Everything that was asked, the oldest first. */
  readonly got: Got[];
  /** Emits `request` for each. */
  readonly requests: EventEmitter;
  /** Connections that were made. */
  connections(): number;
  close(): Promise<void>;
}

export type Answer = (got: Got, response: ServerResponse) => void;

/** Ends what a test has started, also when it fails. */
export interface Cleaner {
  after(clean: () => Promise<void>): void;
}

/** Listens on a free port until the test ends; answers 200 with `ok` where nothing else is said. */
export async function startPeer(
  test: Cleaner,
  answer: Answer = (_got, response) => void response.end('ok'),
): Promise<Peer> {
  const got: Got[] = [];
  const requests = new EventEmitter();
  let connections = 0;
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      got.push(one);
      requests.emit('request');
      answer(one, response);
    });
  };
  const server = createServer(listener);
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  test.after(close);
  return { url: `http://127.0.0.1:${port}`, port, got, requests, connections: () => connections, close };
}

/** A server below HTTP: what it does with a connection is up to the test. */
export async function startRawPeer(
  test: Cleaner,
  onConnection: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly url: string }> {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  test.after(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { port, url: `http://127.0.0.1:${port}` };
}
