// Load on PutEvents from a process of its own: raw keep-alive sockets, one request under way each, prebuilt requests.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

export interface LoadOptions {
  readonly port: number;
  readonly clients: number;
  /** Entries in a request, and bytes of each entry's detail. */
  readonly entries: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Requests a second over all clients; undefined: as fast as answers come. */
  readonly rate?: number | undefined;
  readonly bus?: string | undefined;
  /** `detail.key` runs from 0 to keys - 1, so that each of as many rules matches now and then. */
  readonly keys?: number | undefined;
}

export interface LoadResult {
  readonly requests: number;
  readonly events: number;
  readonly failures: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const PREBUILT = 512;
const HEADER_END = Buffer.from('\r\n\r\n');

/** Runs the load in a child process, so that its work is not on the benchmark's own thread. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const child = fork(import.meta.filename, [JSON.stringify(options)], { stdio: 'inherit' });
  const [result] = (await once(child, 'message')) as [LoadResult];
  await once(child, 'exit');
  return result;
}

function buildRequest(options: LoadOptions, index: number): Buffer {
  const entries = Array.from({ length: options.entries }, (_, at) => {
    const key = (index * options.entries + at) % (options.keys ?? 1);
    const detail = { key: `k${key}`, orderId: index * 1_000 + at, total: 420.5, state: 'CA', pad: '' };
    detail.pad = 'x'.repeat(Math.max(0, options.bytes - JSON.stringify(detail).length));
    return {
      ...(options.bus ? { EventBusName: options.bus } : {}),
      Source: 'bench.orders',
      DetailType: 'OrderPlaced',
      Detail: JSON.stringify(detail),
    };
  });
  const body = JSON.stringify({ Entries: entries });
  return Buffer.from(
    `POST / HTTP/1.1\r\nHost: 127.0.0.1:${options.port}\r\nContent-Type: application/x-amz-json-1.1\r\n` +
      `X-Amz-Target: AWSEvents.PutEvents\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** One connection: sends a request, waits for the whole answer, goes on. */
class Client {
  readonly #socket: Socket;
  readonly #next: () => Buffer | undefined;
  #received: Buffer = Buffer.alloc(0);
  #closed = false;
  done = 0;
  failures = 0;
  idle = true;

  constructor(port: number, next: () => Buffer | undefined) {
    this.#next = next;
    this.#socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', () => this.failures++);
    // A connection that is gone sends nothing more, and must not keep the run from ending.
    this.#socket.on('close', () => {
      this.#closed = true;
      this.idle = true;
    });
  }

  send(): void {
    if (this.#closed) return;
    const request = this.#next();
    this.idle = !request;
    if (request) this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length ? Buffer.concat([this.#received, chunk]) : chunk;
    const end = this.#received.indexOf(HEADER_END);
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < end + HEADER_END.length + length) return;
    const failed = !head.startsWith('HTTP/1.1 200') || this.#received.includes('ErrorCode', end);
    if (failed) this.failures++;
    else this.done++;
    this.#received = Buffer.alloc(0);
    this.send();
  }
}

async function generate(options: LoadOptions): Promise<LoadResult> {
  const requests = Array.from({ length: PREBUILT }, (_, index) => buildRequest(options, index));
  const start = performance.now();
  const stopAt = start + options.seconds * 1_000;
  let sent = 0;
  const next = (): Buffer | undefined => {
    const now = performance.now();
    if (now >= stopAt) return undefined;
    if (options.rate && sent > ((now - start) / 1_000) * options.rate) return undefined;
    return requests[sent++ % PREBUILT];
  };
  const clients = Array.from({ length: options.clients }, () => new Client(options.port, next));
  for (const client of clients) client.send();
  // With a rate, clients fall idle and are woken here; without one this only waits for the end.
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (performance.now() < stopAt) {
        if (options.rate) for (const client of clients) if (client.idle) client.send();
      } else if (clients.every((client) => client.idle)) {
        clearInterval(timer);
        resolve();
      }
    }, 2);
  });
  const seconds = (performance.now() - start) / 1_000;
  for (const client of clients) client.close();
  const done = clients.reduce((sum, client) => sum + client.done, 0);
  const cpu = process.cpuUsage();
  return {
    requests: done,
    events: done * options.entries,
    failures: clients.reduce((sum, client) => sum + client.failures, 0),
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}

if (process.argv[1] === import.meta.filename && process.send) {
  const result = await generate(JSON.parse(process.argv[2]!) as LoadOptions);
  process.send(result, () => process.disconnect());
}
