import { Agent, request } from 'node:http';

const TARGETS = { events: 'AWSEvents', sqs: 'AmazonSQS' } as const;
const VERSIONS = { events: '1.1', sqs: '1.0' } as const;

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A small client of AWS JSON and REST-JSON: what load and crash tests need, without the weight of an SDK. */
export class AwsJson {
  readonly #port: number;
  readonly #agent: Agent;

  constructor(port: number, connections: number) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Rejects when the connection breaks; any HTTP answer resolves. */
  call(service: keyof typeof TARGETS, operation: string, input: object): Promise<Reply> {
    return this.#send('POST', '/', input, {
      'content-type': `application/x-amz-json-${VERSIONS[service]}`,
      'x-amz-target': `${TARGETS[service]}.${operation}`,
    });
  }

  /** A call of a REST API, as that of the Scheduler. */
  rest(method: string, path: string, input?: object): Promise<Reply> {
    return this.#send(method, path, input, { 'content-type': 'application/json' });
  }

  /** Like `rest`, but throws on any answer but 200. */
  async mustRest(method: string, path: string, input?: object): Promise<Record<string, unknown>> {
    const { status, body } = await this.rest(method, path, input);
    if (status !== 200) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** Like `call`, but throws on any answer but 200. */
  async must(
    service: keyof typeof TARGETS,
    operation: string,
    input: object,
  ): Promise<Record<string, unknown>> {
    const { status, body } = await this.call(service, operation, input);
    if (status !== 200)
      throw new Error(`${service}:${operation} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(
    method: string,
    path: string,
    input: object | undefined,
    headers: Record<string, string>,
  ): Promise<Reply> {
    const payload = input === undefined ? '' : JSON.stringify(input);
    const where = { port: this.#port, host: '127.0.0.1', method, path, agent: this.#agent };
    const length = { 'content-length': Buffer.byteLength(payload) };
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...where, headers: { ...headers, ...length } }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: incoming.statusCode ?? 0,
            body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
          });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  }
}
