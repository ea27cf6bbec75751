import type { IncomingMessage, RequestOptions } from 'node:http';
import { signRequest, type Credentials } from '../model/signature/sign-request.ts';
import { valueOf } from './arguments.ts';
import { CliError, daemonError, EXIT, usageError, type Invocation } from './command.ts';
import type { Context } from './context.ts';

const DEFAULT_URL = 'http://127.0.0.1:4010';
const DEFAULT_REGION = 'us-east-1';
/** The key of those who have none: a daemon that verifies nothing takes any. */
const ANY_KEY: Credentials = { accessKeyId: 'busbar', secretAccessKey: 'busbar' };

/** The daemon refused a request. */
export class RefusedError extends CliError {
  /** The code of the API, such as `ResourceNotFoundException`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message, EXIT.daemon);
    this.name = 'RefusedError';
    this.code = code;
  }
}

interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly service: string;
}

/** Speaks HTTP to a daemon: AWS's API, and the operator's. */
export class Client {
  readonly #url: URL;
  readonly #now: () => number;
  readonly #credentials: Credentials | undefined;
  readonly #region: string;

  constructor(url: URL, region: string | undefined, credentials: Credentials | undefined, now: () => number) {
    this.#url = url;
    this.#now = now;
    // Without a key and a region the daemon's own defaults hold; a signature would name others.
    this.#credentials = credentials ?? (region === undefined ? undefined : ANY_KEY);
    this.#region = region ?? DEFAULT_REGION;
  }

  /** Reads who and where from the command line and the environment. */
  static of(invocation: Invocation, { environment, clock }: Context): Client {
    const text = valueOf(invocation, 'url') ?? environment.url ?? DEFAULT_URL;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw usageError(`\`${text}\` is no URL of a daemon; it should look like ${DEFAULT_URL}`);
    }
    const account = valueOf(invocation, 'account');
    if (account !== undefined && !/^\d{12}$/.test(account)) {
      throw usageError(`\`--account\` must be twelve digits, not \`${account}\``);
    }
    const region = valueOf(invocation, 'region') ?? environment.region;
    const key = environment.credentials;
    // A key id of twelve digits names an account.
    const credentials = account === undefined ? key : { ...(key ?? ANY_KEY), accessKeyId: account };
    return new Client(url, region, credentials, () => clock.now());
  }

  /** Calls an operation of the Events API. Throws a `RefusedError` when it answers an error. */
  async events<Result>(operation: string, input: object): Promise<Result> {
    return this.#json<Result>({
      method: 'POST',
      path: '/',
      query: '',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AWSEvents.${operation}` },
      body: JSON.stringify(input),
      service: 'events',
    });
  }

  /** Calls the operator's API with GET. */
  async get<Result>(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<Result> {
    return this.#json<Result>(adminGet(path, query));
  }

  /** Calls the operator's API with POST. */
  async post<Result>(path: string, body: object): Promise<Result> {
    return this.#json<Result>({
      method: 'POST',
      path: `/_busbar${path}`,
      query: '',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      service: 'busbar',
    });
  }

  /** Calls the operator's API with POST, with lines of JSON. */
  async postLines<Result>(path: string, lines: Buffer): Promise<Result> {
    return this.#json<Result>({
      method: 'POST',
      path: `/_busbar${path}`,
      query: '',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines,
      service: 'busbar',
    });
  }

  /** The lines of an answer of the operator's API, as they come. Ends when `signal` aborts. */
  async *lines(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    const answer = await this.#send(adminGet(path, query), signal);
    if (answer.statusCode !== 200) throw refusal(await bodyOf(answer), answer.statusCode ?? 0);
    answer.setEncoding('utf8');
    let rest = '';
    try {
      for await (const chunk of answer as AsyncIterable<string>) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop()!;
        yield* lines;
      }
    } catch (error) {
      if (!signal.aborted) throw daemonError(`the daemon broke off: ${(error as Error).message}`);
    }
  }

  async #json<Result>(exchange: Exchange): Promise<Result> {
    const answer = await this.#send(exchange, undefined);
    const text = await bodyOf(answer);
    if (answer.statusCode !== 200) throw refusal(text, answer.statusCode ?? 0);
    try {
      return JSON.parse(text || '{}') as Result;
    } catch {
      throw daemonError(`what answers at ${this.#url.origin} is no Busbar: it does not speak JSON`);
    }
  }

  async #send(exchange: Exchange, signal: AbortSignal | undefined): Promise<IncomingMessage> {
    const { method, path, query, body } = exchange;
    const secure = this.#url.protocol === 'https:';
    const { request } = secure ? await import('node:https') : await import('node:http');
    const options: RequestOptions = {
      host: this.#url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: this.#url.port || (secure ? 443 : 80),
      method,
      path: query === '' ? path : `${path}?${query}`,
      headers: { ...this.#headers(exchange), 'content-length': Buffer.byteLength(body) },
      ...(signal ? { signal } : {}),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(options, resolve);
      outgoing.on('error', (error) => reject(this.#unreachable(error)));
      outgoing.end(body);
    });
  }

  #headers({ method, path, query, headers, body, service }: Exchange): Record<string, string> {
    const all = { ...headers, host: this.#url.host };
    if (!this.#credentials) return all;
    const request = { method, path, query, headers: all, body };
    return signRequest(request, this.#credentials, { region: this.#region, service }, this.#now());
  }

  #unreachable(error: NodeJS.ErrnoException): CliError {
    const reason = error.code === 'ECONNREFUSED' ? 'nothing listens there' : error.message;
    return daemonError(
      `no daemon answers at ${this.#url.origin}: ${reason}\n` +
        'Start one with `busbar up`, or name another with --url.',
    );
  }
}

function adminGet(path: string, query: Readonly<Record<string, string | undefined>>): Exchange {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    method: 'GET',
    path: `/_busbar${path}`,
    query: new URLSearchParams(given).toString().replaceAll('+', '%20'),
    headers: {},
    body: '',
    service: 'busbar',
  };
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Codes of requests that were not signed, or by a key that the daemon does not know. */
const UNSIGNED = new Set([
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
]);

function refusal(text: string, status: number): CliError {
  let answer: { __type?: unknown; message?: unknown };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    return daemonError(`the daemon answered ${status}`);
  }
  const code = typeof answer.__type === 'string' ? answer.__type.replace(/^.*#/, '') : String(status);
  const message = typeof answer.message === 'string' ? answer.message : code;
  const hint = UNSIGNED.has(code)
    ? '\nThe daemon verifies signatures: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key of its configuration.'
    : '';
  return new RefusedError(code, `${message}${hint}`);
}
