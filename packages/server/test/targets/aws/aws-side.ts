import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Why suites that need moto skip; false when it is there. */
export const noMoto: string | false =
  spawnSync('python3', ['-c', 'import boto3, moto.server']).status === 0
    ? false
    : 'no moto: install it (pip install "moto[all,server]==5.2.1") to run this suite';

export const REGION = 'us-east-1';

/** A request as it was sent. Names of headers are in lower case. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SigningKey {
  readonly service: string;
  readonly access_key: string;
  readonly secret: string;
  readonly token: string | null;
}

type Params = Readonly<Record<string, unknown>>;

/** moto in a process of its own, with boto3 and botocore beside it. */
export interface AwsSide {
  /** Where moto listens. */
  readonly url: string;
  /** Calls an operation of moto (in boto3's spelling: `create_topic`). */
  call<Answer = Record<string, never>>(service: string, operation: string, params?: Params): Promise<Answer>;
  /** The request that botocore makes of a call (`StartBuild`); fails when the API's model does not allow the parameters. */
  serialize(service: string, operation: string, params: Params): Promise<SentRequest>;
  /** The `Authorization` that botocore writes over the same request. */
  authorizationOf(request: SentRequest, key: SigningKey): Promise<string>;
  close(): Promise<void>;
}

export async function startAwsSide(): Promise<AwsSide> {
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const child = spawn('python3', [join(import.meta.dirname, 'aws-side.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env,
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-4_000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the process with moto ended\n${complaints}`);
    return JSON.parse(value) as Record<string, unknown>;
  };
  const { url } = (await nextLine()) as { url: string };
  let queue: Promise<unknown> = Promise.resolve();
  // One question after the other: answers come in order.
  const ask = <Answer>(request: object): Promise<Answer> => {
    const asked = queue.then(async () => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { answer, error } = await nextLine();
      if (error !== undefined) throw new Error(error as string);
      return answer as Answer;
    });
    queue = asked.catch(() => undefined);
    return asked;
  };
  return {
    url,
    call: (service, operation, params = {}) =>
      ask({ kind: 'call', service, operation, params, region: REGION }),
    serialize: (service, operation, params) =>
      ask({ kind: 'serialize', service, operation, params, region: REGION }),
    authorizationOf: ({ method, url: sentTo, headers, body }, key) =>
      ask({ kind: 'sign', method, url: sentTo, headers, body, region: REGION, ...key }),
    async close() {
      const ended = once(child, 'exit');
      child.stdin.end();
      child.kill();
      await ended;
    },
  };
}
