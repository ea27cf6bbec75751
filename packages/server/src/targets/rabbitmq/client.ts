import type { Socket } from 'node:net';
import type { ChannelModel } from 'amqplib';
import { limits } from '../../model/limits.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import type { Connected, Connecting } from '../broker/connections.ts';
import { connectionFailure, reject } from '../broker/outcomes.ts';
import { limitGoodbye } from '../broker/goodbye.ts';
import {
  connectToFirst,
  readTlsFiles,
  signInOf,
  textOption,
  TLS_FIELDS,
  USER_FIELDS,
  type ServiceForm,
  type TlsMaterial,
} from '../broker/service.ts';

const MS_PER_SECOND = 1_000;

export const RABBITMQ: ServiceForm = {
  service: 'rabbitmq',
  title: 'RabbitMQ',
  urlExample: 'amqp://127.0.0.1:5672',
  schemes: ['amqp:', 'amqps:'],
  settings: [
    ...USER_FIELDS,
    {
      name: 'vhost',
      type: 'string',
      required: false,
      secret: false,
      description: 'The virtual host.',
      example: 'shop',
      fallback: 'the path of the URL, else `/`',
    },
    ...TLS_FIELDS,
  ],
};

export interface RabbitClient {
  readonly connection: ChannelModel;
  /** Whether the server has run out of memory or disk and takes no messages for now. */
  blocked: boolean;
}

export const rabbitConnecting: Connecting<RabbitClient> = {
  connect,
  failureOf(error) {
    // The client has no code for it, only the server's words.
    const isRefused = /ACCESS[-_]REFUSED/.test((error as Error).message);
    if (isRefused) return reject('NO_PERMISSIONS', 'The RabbitMQ server refused the configured user.');
    return connectionFailure(RABBITMQ.title, error);
  },
};

async function connect(settings: ServiceSettings): Promise<Connected<RabbitClient>> {
  const tls = await readTlsFiles(settings);
  return watch(await connectToFirst(settings, (url) => connectTo(url, settings, tls)));
}

async function connectTo(
  url: URL,
  settings: ServiceSettings,
  tls: TlsMaterial | undefined,
): Promise<ChannelModel> {
  const { connect: connectAmqp, credentials } = (await import('amqplib')).default;
  const { user, password } = signInOf(settings);
  // A certificate without a name: the server takes the name from the certificate.
  const external = tls?.cert !== undefined && user === undefined;
  return connectAmqp(
    {
      protocol: url.protocol.slice(0, -1),
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || (url.protocol === 'amqps:' ? AMQPS_PORT : AMQP_PORT),
      username: user ?? 'guest',
      password: password ?? 'guest',
      vhost: textOption(settings, 'vhost') ?? (decodeURIComponent(url.pathname.slice(1)) || '/'),
      heartbeat: limits.brokerHeartbeatMs / MS_PER_SECOND,
    },
    {
      ...tls,
      timeout: limits.brokerConnectMs,
      noDelay: true,
      clientProperties: { connection_name: 'busbar' },
      ...(external && { credentials: credentials.external() }),
    },
  );
}

const AMQP_PORT = 5672;
const AMQPS_PORT = 5671;

function watch(connection: ChannelModel): Connected<RabbitClient> {
  const client: RabbitClient = { connection, blocked: false };
  // The loss is told by `close`; an error without a listener would end the process.
  connection.on('error', () => undefined);
  connection.on('blocked', () => (client.blocked = true));
  connection.on('unblocked', () => (client.blocked = false));
  const lost = new Promise((resolve) => connection.once('close', resolve));
  return { client, lost, close: () => close(connection, lost) };
}

/** Says goodbye, and hangs up when the server does not answer it. */
async function close(connection: ChannelModel, lost: Promise<unknown>): Promise<void> {
  const { stream } = connection.connection as unknown as { readonly stream: Socket };
  limitGoodbye(stream);
  connection.close().catch(() => undefined);
  await lost;
}
