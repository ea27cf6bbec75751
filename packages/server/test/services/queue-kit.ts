import assert from 'node:assert/strict';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import type { QueueStore } from '../../src/engine/ports/queue-storage.ts';
import type { Storage } from '../../src/engine/ports/storage.ts';
import { ApiError } from '../../src/model/errors.ts';
import type { Call } from '../../src/model/operation.ts';
import { createQueueService, queueOperations } from '../../src/services/queue/index.ts';
import type { QueueService } from '../../src/services/queue/index.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { manualClock } from './manual-clock.ts';
import type { ManualClock } from './manual-clock.ts';

export const ORIGIN = 'http://localhost:4747';
export const ACCOUNT = '000000000000';

/** A message as ReceiveMessage answers it. */
export interface ShownMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly MessageAttributes?: Record<string, Record<string, string>>;
  readonly Attributes?: Record<string, string>;
}

export type Answer = Record<string, unknown>;

/** A queue service on a storage and a clock of its own, called as the front door would. */
export interface QueueKit {
  readonly service: QueueService;
  readonly storage: Storage;
  readonly clock: ManualClock;
  call(operation: string, input: object, change?: Partial<Call>): Promise<Answer>;
  /** Creates a queue and answers its URL. */
  create(name: string, attributes?: Record<string, string>): Promise<string>;
  send(url: string, ...bodies: string[]): Promise<void>;
  receive(url: string, input?: object, change?: Partial<Call>): Promise<ShownMessage[]>;
  fails(operation: string, input: object, expected: ExpectedError): Promise<void>;
}

/** Code in JSON, code in the query protocol, status, and the message's text or how it looks. */
export type ExpectedError = readonly [
  code: string,
  queryCode: string | undefined,
  status: number,
  message: string | RegExp,
];

export interface KitOptions {
  readonly storage?: Storage;
  readonly clock?: ManualClock;
  readonly recreateWaitMs?: number;
  /** Services that share a storage must not make the same ids. */
  readonly seed?: number;
}

export async function queueKit(options: KitOptions = {}): Promise<QueueKit> {
  const storage = options.storage ?? createMemoryStorage();
  const clock = options.clock ?? manualClock();
  const service = await createQueueService({
    storage,
    clock,
    random: countingRandom(options.seed),
    logger: silentLogger,
    recreateWaitMs: options.recreateWaitMs,
  });
  const operations = new Map(queueOperations(service).map((operation) => [operation.name, operation]));
  const call: QueueKit['call'] = async (name, input, change = {}) =>
    ((await operations.get(name)!.run(input, callOf(change))) ?? {}) as Answer;
  return {
    service,
    storage,
    clock,
    call,
    async create(name, attributes = {}) {
      const answer = await call('CreateQueue', { QueueName: name, Attributes: attributes });
      return answer['QueueUrl'] as string;
    },
    async send(url, ...bodies) {
      for (const body of bodies) await call('SendMessage', { QueueUrl: url, MessageBody: body });
    },
    async receive(url, input = {}, change = {}) {
      const answer = await call('ReceiveMessage', { QueueUrl: url, ...input }, change);
      return (answer['Messages'] ?? []) as ShownMessage[];
    },
    async fails(name, input, [code, queryCode, status, message]) {
      await assert.rejects(call(name, input), (error) => {
        assert.ok(error instanceof ApiError, String(error));
        assert.deepEqual([error.code, error.queryCode, error.status], [code, queryCode, status]);
        if (typeof message === 'string') assert.equal(error.message, message);
        else assert.match(error.message, message);
        return true;
      });
    },
  };
}

export function callOf(change: Partial<Call> = {}): Call {
  return {
    requestId: '01234567-89ab-4cde-8f01-23456789abcd',
    principal: { account: ACCOUNT, accessKeyId: 'AKIAEXAMPLE', arn: `arn:aws:iam::${ACCOUNT}:root` },
    account: ACCOUNT,
    region: 'us-east-1',
    origin: ORIGIN,
    path: '/',
    traceHeader: undefined,
    signal: new AbortController().signal,
    ...change,
  };
}

/** Chance that repeats: a run that fails can be run again. */
export function countingRandom(seed = 1): { next(): number; uuid(): string } {
  let count = 0;
  return {
    next: () => 0.5,
    uuid: () =>
      `${seed.toString(16).padStart(8, '0')}-0000-4000-8000-${(++count).toString(16).padStart(12, '0')}`,
  };
}

/** A storage whose queue calls can be made to fail, counted or held up: what a broken disk looks like from above. */
export function withQueues(storage: Storage, queues: Partial<QueueStore>): Storage {
  const real = storage.queues;
  const bound: QueueStore = {
    create: (...args) => real.create(...args),
    drop: (...args) => real.drop(...args),
    send: (...args) => real.send(...args),
    sendOrdered: (...args) => real.sendOrdered(...args),
    receiveAgain: (...args) => real.receiveAgain(...args),
    removeInFlight: (...args) => real.removeInFlight(...args),
    move: (...args) => real.move(...args),
    receive: (...args) => real.receive(...args),
    remove: (...args) => real.remove(...args),
    changeVisibility: (...args) => real.changeVisibility(...args),
    purge: (...args) => real.purge(...args),
    counts: (...args) => real.counts(...args),
    nextVisible: (...args) => real.nextVisible(...args),
    expire: (...args) => real.expire(...args),
  };
  return { ...storage, queues: { ...bound, ...queues } };
}
