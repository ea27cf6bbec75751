import { limits } from '../../model/limits.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import type { Connected, Connecting } from '../broker/connections.ts';
import { connectionFailure, reject } from '../broker/outcomes.ts';
import {
  readTlsFiles,
  signInOf,
  TLS_FIELDS,
  urlsOf,
  USER_FIELDS,
  type ServiceForm,
  type TlsMaterial,
} from '../broker/service.ts';

export const REDIS: ServiceForm = {
  service: 'redis',
  title: 'Redis',
  urlExample: 'redis://127.0.0.1:6379',
  schemes: ['redis:', 'rediss:'],
  settings: [...USER_FIELDS, ...TLS_FIELDS],
};

type AddEntry = (
  key: string,
  id: '*',
  fields: Record<string, string>,
  options: { TRIM?: { strategy: 'MAXLEN'; strategyModifier: '~'; threshold: number } },
) => Promise<unknown>;

/** What is used of a client: its whole type is a matter of pages. */
export interface RedisClient {
  readonly xAdd: AddEntry;
  /** Answers null when there is no such stream. */
  readonly xAddNoMkStream: AddEntry;
}

/** The first word of what a server refuses something with (`NOPERM`, `OOM`); undefined for any other error. */
export function replyCode(error: unknown): string | undefined {
  const { constructor, message } = error as Error;
  const isReply = constructor.name === 'SimpleError' || constructor.name === 'BlobError';
  return isReply ? /^[A-Z]+/.exec(message)?.[0] : undefined;
}

const NOT_LET_IN = new Set(['WRONGPASS', 'NOAUTH', 'NOPERM']);

export const redisConnecting: Connecting<RedisClient> = {
  connect,
  failureOf(error) {
    const code = replyCode(error);
    if (code !== undefined && NOT_LET_IN.has(code)) {
      return reject('NO_PERMISSIONS', `The Redis server refused the configured user (${code}).`);
    }
    return connectionFailure(REDIS.title, error);
  },
};

async function connect(settings: ServiceSettings): Promise<Connected<RedisClient>> {
  const tls = await readTlsFiles(settings);
  let failure: unknown;
  for (const url of urlsOf(settings)) {
    try {
      return await connectTo(url!, settings, tls);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function connectTo(
  url: URL,
  settings: ServiceSettings,
  tls: TlsMaterial | undefined,
): Promise<Connected<RedisClient>> {
  const { createClient } = await import('redis');
  const { user, password } = signInOf(settings);
  const isTls = url.protocol === 'rediss:';
  const client = createClient({
    url: url.href,
    name: 'busbar',
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    disableOfflineQueue: true,
    pingInterval: limits.brokerHeartbeatMs,
    socket: {
      connectTimeout: limits.brokerConnectMs,
      reconnectStrategy: false,
      ...(isTls && { ...tls, tls: true }),
    },
  });
  // Without reconnecting, an error is the end of the connection. What is left of the client is a timer for its pings.
  const lost = new Promise<void>((resolve) => {
    client.on('error', () => {
      client.destroy();
      resolve();
    });
    client.on('end', () => resolve());
  });
  try {
    await within(limits.brokerConnectMs, client.connect());
  } catch (error) {
    client.destroy();
    throw error;
  }
  return {
    client,
    lost,
    close: async () => client.destroy(),
  };
}

/** The library's own limit ends with the socket's connection, before the server has said anything. */
function within<T>(limitMs: number, connecting: Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(limitMs);
  return new Promise((resolve, fail) => {
    signal.addEventListener('abort', () => fail(signal.reason as Error));
    connecting.then(resolve, fail);
  });
}
