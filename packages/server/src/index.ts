// The library: a daemon inside the program that starts it. `compose.ts` does the work; this is its front for users.
import { startBusbar as startDaemon } from './compose.ts';
import { ConfigError, configOf } from './config.ts';
import type { Clock } from './engine/ports/clock.ts';
import type { Logger } from './engine/ports/logger.ts';
import type { Quotas } from './model/limits.ts';

export type { Clock, Logger, Quotas };
export { ConfigError };
export { version } from './version.ts';

/** What may be asked for. Everything has a default; nothing is read from variables or configuration files. */
export interface BusbarOptions {
  /** Where events, rules and queues are kept: a directory, or `:memory:` (the default), which forgets them at the end. */
  readonly data?: string;
  /** The port on 127.0.0.1; 0 (the default) takes a free one. */
  readonly port?: number;
  /** Twelve digits: the account that clients act in. `000000000000` unless given. */
  readonly account?: string;
  /** The region that clients act in. `us-east-1` unless given. */
  readonly region?: string;
  /** Quotas to change, such as `{ rulesPerBus: 1000 }`; the others stay as the service has them. */
  readonly quotas?: Partial<Quotas>;
  /** Gets what the daemon has to say (a `pino` logger fits). Silent unless given. */
  readonly logger?: Logger;
  /**
   * The time that retries, visibility timeouts, long polls and retention go by. The machine's unless given. The last wait
   * of `stop` goes by it too.
   */
  readonly clock?: Clock;
}

/** Variables that point AWS SDKs and the AWS CLI at a daemon. */
export interface BusbarEnvironment {
  readonly AWS_ENDPOINT_URL: string;
  readonly AWS_REGION: string;
  readonly AWS_DEFAULT_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
}

/** A daemon that runs in this process. `await using` stops it at the end of the block. */
export interface RunningBusbar extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, for every API. */
  readonly url: string;
  /** To merge into the environment of this process or of a child. */
  readonly env: BusbarEnvironment;
  /**
   * Takes no new requests, waits at most `drainMs` (one second unless given) for requests and deliveries under way, and
   * closes the store. Calls after the first change nothing and resolve with it.
   */
  stop(drainMs?: number): Promise<void>;
}

/** Long enough for what is under way on one machine, short enough not to be felt at the end of a test. */
const DRAIN_MS = 1_000;

const OPTION_NAMES: ReadonlySet<string> = new Set([
  'data',
  'port',
  'account',
  'region',
  'quotas',
  'logger',
  'clock',
] satisfies (keyof BusbarOptions)[]);

/**
 * Starts a daemon in this process, on 127.0.0.1, for any credentials. Resolves when it listens; rejects with a
 * `ConfigError` when an option cannot be used, or with what the system says (`EADDRINUSE`). Several may run at once.
 */
export async function startBusbar(options: BusbarOptions = {}): Promise<RunningBusbar> {
  const stranger = Object.keys(options).find((name) => !OPTION_NAMES.has(name));
  if (stranger !== undefined) throw new ConfigError(`there is no option "${stranger}"`);
  const { logger, clock, data = ':memory:', port = 0, account, region } = options;
  const quotas = options.quotas as Quotas | undefined;
  const config = configOf({ data, port, account, region, quotas });
  const daemon = await startDaemon(config, { logger, clock });
  let stopping: Promise<void> | undefined;
  const stop = (drainMs = DRAIN_MS): Promise<void> => (stopping ??= daemon.stop(drainMs));
  return {
    url: daemon.url,
    env: {
      AWS_ENDPOINT_URL: daemon.url,
      AWS_REGION: config.region,
      AWS_DEFAULT_REGION: config.region,
      AWS_ACCESS_KEY_ID: 'busbar',
      AWS_SECRET_ACCESS_KEY: 'busbar',
    },
    stop,
    [Symbol.asyncDispose]: () => stop(),
  };
}
