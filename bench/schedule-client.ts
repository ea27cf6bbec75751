// A small client of the Scheduler's REST API, and load with it: what a benchmark needs, without the weight of an SDK.
import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export class SchedulerClient {
  readonly #port: number;
  readonly #agent: Agent;

  constructor(port: number, connections: number) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  call(method: string, path: string, input?: object): Promise<Answer> {
    const payload = input === undefined ? '' : JSON.stringify(input);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
    const where = { port: this.#port, host: '127.0.0.1', method, path, agent: this.#agent, headers };
    return new Promise((resolve, reject) => {
      const outgoing = request(where, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
          resolve({ status: incoming.statusCode ?? 0, body });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  }

  async must(method: string, path: string, input?: object): Promise<Record<string, unknown>> {
    const { status, body } = await this.call(method, path, input);
    if (status !== 200) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Keeps `clients` calls of `step` under way for so long; answers how many ended a second. */
export async function callsPerSecond(
  clients: number,
  seconds: number,
  step: (n: number) => Promise<unknown>,
): Promise<number> {
  const began = performance.now();
  const until = began + seconds * 1_000;
  let n = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < until) await step(n++);
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (n * 1_000) / (performance.now() - began);
}

/** Milliseconds that a call takes. */
export async function millisecondsOf(call: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await call();
  return performance.now() - began;
}
