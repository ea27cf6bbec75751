import assert from 'node:assert/strict';
import { Archives } from '../../../../src/engine/archive/archives.ts';
import { Catalog } from '../../../../src/engine/catalog.ts';
import { Connections } from '../../../../src/engine/connections/connections.ts';
import { Metrics } from '../../../../src/engine/metrics.ts';
import { silentLogger } from '../../../../src/engine/ports/logger.ts';
import type { TokenAnswer } from '../../../../src/engine/ports/oauth-client.ts';
import type { TargetConnector } from '../../../../src/engine/ports/connector.ts';
import type { LogId, LogRecord, NewLogRecord, Storage } from '../../../../src/engine/ports/storage.ts';
import { eventsOperations } from '../../../../src/api/operations/events/index.ts';
import { serviceEvents } from '../../../../src/engine/service-events.ts';
import { ApiError } from '../../../../src/model/errors.ts';
import { defaultQuotas, type Quotas } from '../../../../src/model/limits.ts';
import type { Call } from '../../../../src/model/operation.ts';
import { openSecretBox } from '../../../../src/store/secrets/index.ts';
import { createMemoryStorage } from '../../../../src/store/memory/index.ts';

export const ACCOUNT = '111111111111';
export const OTHER = '222222222222';
export const REGION = 'us-east-1';
export const BUS_ARN = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/my-bus`;
export const DEFAULT_ARN = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
export const QUEUE_ARN = `arn:aws:sqs:${REGION}:${ACCOUNT}:q`;
export const PATTERN = '{"source":["com.a"]}';
/** 2024-05-21T09:00:00.500Z */
export const NOW = 1_716_282_000_500;

export type Output = Record<string, unknown>;

/** A connector that takes every ARN of one kind; `refusal` is what its check says. */
function connector(service: string, prefix: string, refusal?: string): TargetConnector {
  return {
    accepts: (arn) => arn.service === service && arn.resource.startsWith(prefix),
    check: (_arn, target) => (target.Id === 'refuse' ? refusal : undefined),
    open: () => assert.fail('no operation opens a session'),
  };
}

const CONNECTORS = [connector('sqs', '', 'The connector says no.'), connector('events', 'event-bus/')];

const NO_TOKEN: TokenAnswer = { kind: 'refused', reason: 'No server answers here.' };

export interface FixtureOptions {
  readonly quotas?: Partial<Quotas>;
  /** Stands between the operations and the log. */
  readonly append?: (
    log: LogId,
    records: readonly NewLogRecord[],
    next: () => Promise<bigint[]>,
  ) => Promise<bigint[]>;
  /** Stands between the catalog and the store. */
  readonly storage?: (storage: Storage) => Storage;
  /** What every authorization server answers. */
  readonly token?: TokenAnswer;
}

/** A call by an account, as it reaches an operation. */
export const callOf = (account: string): Call => ({
  requestId: 'request',
  principal: { account, accessKeyId: 'key', arn: `arn:aws:iam::${account}:root` },
  account,
  region: REGION,
  origin: 'http://localhost',
  path: '/',
  traceHeader: undefined,
  signal: new AbortController().signal,
});

/** The operations over a real catalog and the memory store. */
export class Fixture {
  readonly catalog: Catalog;
  readonly connections: Connections;
  readonly archives: Archives;
  readonly storage: Storage;
  readonly metrics = new Metrics();
  /** The log of every append, in order. */
  readonly appends: LogId[] = [];
  readonly #operations: ReturnType<typeof eventsOperations>;
  readonly #random: { next(): number; uuid(): string };
  now = NOW;

  private constructor(
    catalog: Catalog,
    connections: Connections,
    archives: Archives,
    storage: Storage,
    random: { next(): number; uuid(): string },
    options: FixtureOptions,
  ) {
    this.catalog = catalog;
    this.connections = connections;
    this.archives = archives;
    this.#random = random;
    this.storage = storage;
    const append = (log: LogId, records: readonly NewLogRecord[]): Promise<bigint[]> => {
      this.appends.push(log);
      const next = (): Promise<bigint[]> => storage.log.append(log, records);
      return options.append ? options.append(log, records, next) : next();
    };
    this.#operations = eventsOperations({
      catalog,
      ingest: { append },
      clock: { now: () => this.now, after: () => () => undefined },
      random,
      metrics: this.metrics,
      logger: silentLogger,
      quotas: { ...defaultQuotas, ...options.quotas },
      connections,
      archives,
      // Replays need an engine: their operations are tested over one, in `replays.test.ts`.
      replays: undefined as never,
      targets: { find: (arn) => CONNECTORS.find((each) => each.accepts(arn)) },
    });
  }

  static async open(options: FixtureOptions = {}): Promise<Fixture> {
    let count = 0;
    const random = {
      next: () => 0.5,
      uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    };
    const memory = createMemoryStorage();
    const storage = options.storage?.(memory) ?? memory;
    const clock = { now: () => NOW, after: () => () => undefined };
    const catalog = await Catalog.open(storage, clock, random);
    const connections = await Connections.open({
      storage,
      clock,
      random,
      logger: silentLogger,
      secrets: await openSecretBox([], undefined, silentLogger),
      oauth: { fetchToken: () => Promise.resolve(options.token ?? NO_TOKEN) },
    });
    const archives = await Archives.open({ storage, catalog, clock, random });
    return new Fixture(catalog, connections, archives, memory, random, options);
  }

  get names(): string[] {
    return this.#operations.map(({ name }) => name);
  }

  async call(
    name: string,
    input: object = {},
    account = ACCOUNT,
    overrides: Partial<Call> = {},
  ): Promise<Output> {
    const operation = this.#operations.find((each) => each.name === name);
    assert.ok(operation, `there is no operation ${name}`);
    const output = await operation.run(input, { ...callOf(account), ...overrides });
    // What a client sees: members without a value are gone.
    return JSON.parse(JSON.stringify(output ?? {})) as Output;
  }

  /** What went wrong, as `Code: message`; fails when nothing did. */
  async error(name: string, input: object = {}, account = ACCOUNT): Promise<string> {
    try {
      await this.call(name, input, account);
    } catch (error) {
      assert.ok(error instanceof ApiError, String(error));
      return `${error.code}: ${error.message}`;
    }
    return assert.fail(`${name} succeeded`);
  }

  /** From now on the service's own events go to the default buses. */
  publishServiceEvents(): void {
    const append = (log: LogId, records: readonly NewLogRecord[]): Promise<bigint[]> =>
      this.storage.log.append(log, records);
    this.connections.start(
      serviceEvents({
        catalog: this.catalog,
        ingest: { append },
        clock: { now: () => this.now, after: () => () => undefined },
        random: this.#random,
        logger: silentLogger,
      }),
    );
  }

  /** The records of a bus's log. */
  async records(bus = 'default', account = ACCOUNT): Promise<LogRecord[]> {
    const found = this.catalog.bus({ account, region: REGION }, bus);
    return found ? this.storage.log.read(found.document.log, 0n, 1_000, 10_000_000) : [];
  }

  async metric(name: string): Promise<string | undefined> {
    const line = (await this.metrics.text()).split('\n').find((each) => each.startsWith(`busbar_${name} `));
    return line?.split(' ')[1];
  }
}

export type Step = readonly [operation: string, input: object];

/** A call that must fail, after others that must not. */
export interface ErrorRow {
  readonly name: string;
  readonly before?: readonly Step[];
  readonly call: Step;
  readonly account?: string;
  readonly quotas?: Partial<Quotas>;
  readonly error: string;
}

export async function checkErrorRow({
  before = [],
  call,
  account,
  quotas = {},
  error,
}: ErrorRow): Promise<void> {
  const fixture = await Fixture.open({ quotas });
  for (const [operation, input] of before) await fixture.call(operation, input);
  assert.equal(await fixture.error(call[0], call[1], account), error);
}
