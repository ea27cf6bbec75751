import assert from 'node:assert/strict';
import { silentLogger } from '../../../src/engine/ports/logger.ts';
import type { LogEventStore } from '../../../src/engine/ports/log-group-storage.ts';
import type { Storage } from '../../../src/engine/ports/storage.ts';
import { ApiError } from '../../../src/model/errors.ts';
import type { Call } from '../../../src/model/operation.ts';
import { createLogsService, logsOperations } from '../../../src/services/logs/index.ts';
import type { LogsService } from '../../../src/services/logs/index.ts';
import { createMemoryStorage } from '../../../src/store/memory/index.ts';
import { manualClock } from '../manual-clock.ts';
import type { ManualClock } from '../manual-clock.ts';
import { callOf, countingRandom } from '../queue-kit.ts';
import type { Answer } from '../queue-kit.ts';

export const NOW = 1_700_000_000_000;
export const GROUP = '/aws/events/shop';
export const GROUP_ARN = `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}`;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Code, message or how it looks, and the status where it is not 400. */
export type ExpectedError = readonly [code: string, message: string | RegExp, status?: number];

export interface LogsKit {
  readonly service: LogsService;
  readonly storage: Storage;
  readonly clock: ManualClock;
  call(operation: string, input: object, change?: Partial<Call>): Promise<Answer>;
  fails(operation: string, input: object, expected: ExpectedError): Promise<void>;
  /** Creates `GROUP` and a stream in it. */
  stream(name: string): Promise<void>;
  /** Puts events: [milliseconds after `NOW`, message]. */
  put(stream: string, ...events: readonly (readonly [number, string])[]): Promise<Answer>;
  /** The messages that FilterLogEvents answers. */
  filter(input: object): Promise<string[]>;
}

export interface KitOptions {
  readonly storage?: Storage;
  readonly clock?: ManualClock;
  readonly seed?: number;
}

/** A logs service on a storage and a clock of its own, called as the front door would. */
export async function logsKit(options: KitOptions = {}): Promise<LogsKit> {
  const storage = options.storage ?? createMemoryStorage();
  const clock = options.clock ?? manualClock(NOW);
  const random = countingRandom(options.seed);
  const service = await createLogsService({ storage, clock, random, logger: silentLogger });
  const operations = new Map(logsOperations(service).map((operation) => [operation.name, operation]));
  const call: LogsKit['call'] = async (name, input, change = {}) =>
    ((await operations.get(name)!.run(input, callOf(change))) ?? {}) as Answer;
  return {
    service,
    storage,
    clock,
    call,
    async fails(name, input, [code, message, status = 400]) {
      await assert.rejects(call(name, input), (error) => {
        assert.ok(error instanceof ApiError, String(error));
        assert.deepEqual([error.code, error.status], [code, status], error.message);
        if (typeof message === 'string') assert.equal(error.message, message);
        else assert.match(error.message, message);
        return true;
      });
    },
    async stream(name) {
      const scope = { account: '000000000000', region: 'us-east-1' };
      if (!service.groups.find(scope, GROUP)) await call('CreateLogGroup', { logGroupName: GROUP });
      await call('CreateLogStream', { logGroupName: GROUP, logStreamName: name });
    },
    put: (stream, ...events) =>
      call('PutLogEvents', {
        logGroupName: GROUP,
        logStreamName: stream,
        logEvents: events.map(([at, message]) => ({ timestamp: NOW + at, message })),
      }),
    async filter(input) {
      const { events } = await call('FilterLogEvents', { logGroupName: GROUP, ...input });
      return (events as { message: string }[]).map(({ message }) => message);
    },
  };
}

/** A storage whose log event calls can be made to fail, counted or held up. */
export function withLogEvents(storage: Storage, change: Partial<LogEventStore>): Storage {
  const real = storage.logEvents;
  const bound: LogEventStore = {
    create: (...args) => real.create(...args),
    drop: (...args) => real.drop(...args),
    createStream: (...args) => real.createStream(...args),
    removeStream: (...args) => real.removeStream(...args),
    streams: (...args) => real.streams(...args),
    append: (...args) => real.append(...args),
    read: (...args) => real.read(...args),
    trim: (...args) => real.trim(...args),
    storedBytes: (...args) => real.storedBytes(...args),
  };
  return { ...storage, logEvents: { ...bound, ...change } };
}
