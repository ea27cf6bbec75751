import { Socket } from 'node:net';
import { limits } from '../../model/limits.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import type { Connected, Connecting } from '../broker/connections.ts';
import {
  readTlsFiles,
  signInOf,
  TLS_FIELDS,
  urlsOf,
  USER_FIELDS,
  type ServiceForm,
  type TlsMaterial,
} from '../broker/service.ts';
import { connectFailure } from './outcome.ts';
import type { Layout } from './layout.ts';

export const POSTGRES: ServiceForm = {
  service: 'postgres',
  title: 'PostgreSQL',
  urlExample: 'postgres://user:password@127.0.0.1:5432/database',
  schemes: ['postgres:', 'postgresql:'],
  settings: [...USER_FIELDS, ...TLS_FIELDS],
};

type Row = Readonly<Record<string, unknown>>;

/** A connection. Statements run one after the other. */
export interface PostgresClient {
  query(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** What is known of the table that this connection serves; forgotten when the table turns out to be another. */
  layout: Promise<Layout> | undefined;
}

export const postgresConnecting: Connecting<PostgresClient> = { connect, failureOf: connectFailure };

async function connect(settings: ServiceSettings): Promise<Connected<PostgresClient>> {
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

const DEFAULT_PORT = 5_432;

async function connectTo(
  url: URL,
  settings: ServiceSettings,
  tls: TlsMaterial | undefined,
): Promise<Connected<PostgresClient>> {
  const { Client } = (await import('pg')).default;
  const { user, password } = signInOf(settings);
  const database = decodeURIComponent(url.pathname.slice(1));
  // A socket of our own can be ended without a word to a server that may not listen any more.
  const socket = new Socket();
  const client = new Client({
    host: url.hostname,
    port: Number(url.port) || DEFAULT_PORT,
    ...(user !== undefined && { user }),
    // Without one, the library would look for password files.
    password: password ?? '',
    ...(database !== '' && { database }),
    ssl: tlsOptions(url.searchParams.get('sslmode'), tls),
    stream: () => socket,
    application_name: 'busbar',
    connectionTimeoutMillis: limits.brokerConnectMs,
    statement_timeout: limits.postgresStatementMs,
    keepAlive: true,
  });
  const lost = new Promise<void>((resolve) => {
    client.on('error', () => {
      socket.destroy();
      resolve();
    });
    client.on('end', () => resolve());
  });
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  let last: Promise<unknown> = Promise.resolve();
  const query: PostgresClient['query'] = (text, values) => {
    const run = async (): Promise<readonly Row[]> => (await client.query<Row>(text, [...values])).rows;
    const turn = last.then(run, run);
    last = turn.catch(() => undefined);
    return turn;
  };
  return { client: { query, layout: undefined }, lost, close: async () => socket.destroy() };
}

/** `sslmode` as in libpq, but that whoever asks for TLS gets a checked certificate, unless it is `no-verify`. */
function tlsOptions(mode: string | null, tls: TlsMaterial | undefined) {
  if (mode === 'no-verify') return { ...tls, rejectUnauthorized: false };
  const wanted = tls !== undefined || (mode !== null && /^(?:require|verify-ca|verify-full)$/.test(mode));
  return wanted ? { ...tls } : false;
}
