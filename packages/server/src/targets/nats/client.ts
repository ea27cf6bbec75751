import { readFile } from 'node:fs/promises';
import type { Authenticator, NatsConnection } from '@nats-io/transport-node';
import type { ParameterField } from '../../engine/ports/connector.ts';
import { limits } from '../../model/limits.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import type { Connected, Connecting } from '../broker/connections.ts';
import { connectionFailure, reject } from '../broker/outcomes.ts';
import {
  readTlsFiles,
  signInOf,
  textOption,
  TLS_FIELDS,
  urlsOf,
  USER_FIELDS,
  type ServiceForm,
} from '../broker/service.ts';

const field = { type: 'string', required: false } as const;

const SETTINGS: readonly ParameterField[] = [
  ...USER_FIELDS,
  {
    ...field,
    name: 'token',
    secret: true,
    description: 'A token to sign in with, instead of a name and a password.',
    example: 'a-secret',
  },
  {
    ...field,
    name: 'credentialsFile',
    secret: false,
    description: 'A credentials file (`.creds`): a JWT with the seed of its key.',
    example: '/etc/busbar/busbar.creds',
  },
  ...TLS_FIELDS,
  {
    ...field,
    name: 'inboxPrefix',
    secret: false,
    description: 'What subjects of answers begin with, where permissions ask for one of their own.',
    example: '_INBOX_busbar',
    fallback: '`_INBOX`',
  },
];

export const NATS: ServiceForm = {
  service: 'nats',
  title: 'NATS',
  urlExample: 'nats://127.0.0.1:4222',
  schemes: ['nats:', 'tls:'],
  settings: SETTINGS,
};

/**
 * What may stand as a subject: tokens of printable characters with points between, no wildcards. Subjects that begin with
 * `$` belong to the server: a rule must not command it.
 */
export const SUBJECT = String.raw`(?!\$)[^\s*>.\p{Cc}]+(?:\.[^\s*>.\p{Cc}]+)*`;

/** A connection, with what the server said about it on the side. */
export interface NatsClient {
  readonly connection: NatsConnection;
  /** Rejects when the connection is gone: for racing with what might otherwise be waited for in vain. */
  readonly lost: Promise<never>;
  /** How often the server refused a publication, by subject; the answer to a publication names no other party. */
  readonly refusals: Map<string, number>;
}

export const natsConnecting: Connecting<NatsClient> = {
  connect,
  failureOf(error) {
    const isRefused =
      (error as Error).name === 'AuthorizationError' && !/timeout/i.test((error as Error).message);
    if (isRefused) return reject('NO_PERMISSIONS', 'The NATS server refused the configured user.');
    return connectionFailure('NATS', error);
  },
};

async function connect(settings: ServiceSettings): Promise<Connected<NatsClient>> {
  const nats = await import('@nats-io/transport-node');
  const urls = urlsOf(settings).filter((url) => url !== null);
  const tls = await readTlsFiles(settings);
  const { user, password } = signInOf(settings);
  const token = textOption(settings, 'token');
  const inboxPrefix = textOption(settings, 'inboxPrefix');
  const connection = await nats.connect({
    servers: urls.map(({ host }) => host),
    name: 'busbar',
    timeout: limits.brokerConnectMs,
    reconnect: false,
    maxReconnectAttempts: 0,
    pingInterval: limits.brokerHeartbeatMs,
    noAsyncTraces: true,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { pass: password }),
    ...(token !== undefined && { token }),
    ...(inboxPrefix !== undefined && { inboxPrefix }),
    ...((tls ?? urls.some(({ protocol }) => protocol === 'tls:')) && { tls: tls ?? {} }),
    ...(await authenticatorOf(settings, nats.credsAuthenticator)),
  });
  return watch(connection);
}

async function authenticatorOf(
  settings: ServiceSettings,
  credsAuthenticator: (credentials: Uint8Array) => Authenticator,
): Promise<{ authenticator?: Authenticator }> {
  const path = textOption(settings, 'credentialsFile');
  return path === undefined ? {} : { authenticator: credsAuthenticator(await readFile(path)) };
}

function watch(connection: NatsConnection): Connected<NatsClient> {
  const refusals = new Map<string, number>();
  void countRefusals(connection, refusals);
  const closed = connection.closed();
  const lost = closed.then((): never => {
    throw new Error('the connection is gone');
  });
  // Sends race against it, and there may be none.
  lost.catch(() => undefined);
  return { client: { connection, lost, refusals }, lost: closed, close: () => connection.close() };
}

async function countRefusals(connection: NatsConnection, refusals: Map<string, number>): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type !== 'error' || status.error.name !== 'PermissionViolationError') continue;
    const { operation, subject } = status.error as Error & { operation: string; subject: string };
    if (operation === 'publish') refusals.set(subject, (refusals.get(subject) ?? 0) + 1);
  }
}
