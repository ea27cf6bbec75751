import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { after } from 'node:test';
import { createFrontDoor } from '../../src/api/http/front-door.ts';
import type { FrontDoor, FrontDoorOptions } from '../../src/api/http/front-door.ts';
import { systemClock } from '../../src/clock.ts';
import { Metrics } from '../../src/engine/metrics.ts';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { ApiError } from '../../src/model/errors.ts';
import { defineOperation } from '../../src/model/operation.ts';
import type { Call, Operation } from '../../src/model/operation.ts';
import { systemRandom } from '../../src/random.ts';

/** What the stub operations saw last. */
export interface Seen {
  input: unknown;
  call: Call | undefined;
  aborted: Promise<void> | undefined;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: { readonly __type?: string; readonly message?: string; readonly [key: string]: unknown };
}

/** Operations that show what reaches them. */
function stubOperations(seen: Seen): Record<string, readonly Operation[]> {
  const note = (name: string, output: (input: never) => object | undefined): Operation =>
    defineOperation(name, async (input, call) => {
      seen.input = input;
      seen.call = call;
      return output(input as never);
    });
  return {
    events: [
      note('PutEvents', () => ({ FailedEntryCount: 0, Entries: [] })),
      note('DeleteRule', () => undefined),
      note('DeleteArchive', () => ({})),
      defineOperation('ListRules', async () => {
        throw new Error('the secret cause');
      }),
      defineOperation('DescribeRule', async () => {
        throw new ApiError('ResourceNotFoundException', 'Rule r does not exist on EventBus default.');
      }),
    ],
    sqs: [
      note('SendMessage', () => ({ MessageId: 'm-1', MD5OfMessageBody: 'd<5>' })),
      note('SendMessageBatch', () => ({ Successful: [{ Id: 'a' }, { Id: 'b' }], Failed: [] })),
      note('CreateQueue', () => ({ QueueUrl: 'http://h/1/q' })),
      note('DeleteQueue', () => undefined),
      note('GetQueueAttributes', () => ({ Attributes: { DelaySeconds: '0', Policy: '{"a":1}' } })),
      defineOperation('ReceiveMessage', (_input, call) => {
        seen.call = call;
        return new Promise((resolve) => {
          seen.aborted = new Promise((aborted) => {
            call.signal.addEventListener('abort', () => {
              resolve({});
              aborted();
            });
          });
        });
      }),
    ],
    sts: [
      defineOperation('GetCallerIdentity', async (_input, call) => ({
        Account: call.account,
        Arn: call.principal.arn,
        UserId: call.principal.accessKeyId,
      })),
    ],
  };
}

export interface Fixture {
  readonly door: FrontDoor;
  readonly port: number;
  readonly origin: string;
  readonly seen: Seen;
  readonly metrics: Metrics;
  readonly send: (init: RequestInit & { readonly path?: string }) => Promise<Answered>;
  readonly json: (target: string, input: unknown, headers?: Record<string, string>) => Promise<Answered>;
  readonly form: (parameters: string, path?: string) => Promise<Answered>;
}

/** Starts a front door over stub operations; it is closed when the test file ends. */
export async function startFixture(options: Partial<FrontDoorOptions> = {}): Promise<Fixture> {
  const seen: Seen = { input: undefined, call: undefined, aborted: undefined };
  const metrics = new Metrics();
  const door = createFrontDoor({
    services: stubOperations(seen),
    auth: { mode: 'none', defaultAccount: '000000000000', defaultRegion: 'us-east-1' },
    clock: systemClock(),
    random: systemRandom(),
    logger: silentLogger,
    metrics,
    version: '0.0.0-test',
    readiness: () => true,
    ...options,
  });
  const { port } = await door.listen(0, '127.0.0.1');
  after(() => door.close());
  const origin = `http://127.0.0.1:${port}`;
  const send: Fixture['send'] = async ({ path = '/', ...init }) => {
    const response = await fetch(origin + path, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
  };
  return {
    door,
    port,
    origin,
    seen,
    metrics,
    send,
    json: (target, input, headers = {}) =>
      send({
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target, ...headers },
        body: typeof input === 'string' ? input : JSON.stringify(input),
      }),
    form: (parameters, path = '/') =>
      send({
        path,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: parameters,
      }),
  };
}

/** A raw connection: what the server sends until it closes, or until `enough` says so. */
export function rawExchange(
  port: number,
  write: (socket: Socket) => void,
  enough: (received: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => write(socket));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (enough(received)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}
