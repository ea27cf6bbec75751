import type { Socket } from 'node:net';
import type { IConnackPacket, IClientOptions, MqttClient as Client } from 'mqtt';
import type { Random } from '../../engine/ports/clock.ts';
import { limits } from '../../model/limits.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import type { Connected, Connecting } from '../broker/connections.ts';
import { limitGoodbye } from '../broker/goodbye.ts';
import { connectionFailure, reject } from '../broker/outcomes.ts';
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
import { Window } from './window.ts';

const MS_PER_SECOND = 1_000;

export const MQTT: ServiceForm = {
  service: 'mqtt',
  title: 'MQTT',
  urlExample: 'mqtt://127.0.0.1:1883',
  schemes: ['mqtt:', 'mqtts:'],
  settings: [
    ...USER_FIELDS,
    {
      name: 'clientId',
      type: 'string',
      required: false,
      secret: false,
      description: 'The client’s id, where the broker insists on one. No two clients may share it.',
      example: 'busbar-1',
      fallback: 'one by chance',
    },
    ...TLS_FIELDS,
  ],
};

/** What the broker said of itself when it took the connection. */
export interface BrokerLimits {
  readonly packetBytes: number;
  readonly quality: number;
  readonly retains: boolean;
}

export interface MqttClient {
  readonly connection: Client;
  readonly limits: BrokerLimits;
  /** Publications under way. */
  readonly window: Window;
}

/** Reason codes of a refused connection: the user, or the client as a whole. */
const REFUSED = new Set<unknown>([4, 5, 134, 135, 138]);

export function mqttConnecting(random: Random): Connecting<MqttClient> {
  return {
    connect: async (settings) => {
      const tls = await readTlsFiles(settings);
      return connectToFirst(settings, (url) => connectTo(url, settings, tls, random));
    },
    failureOf(error) {
      if (REFUSED.has((error as { code?: unknown }).code)) {
        return reject('NO_PERMISSIONS', 'The MQTT broker refused the configured user.');
      }
      return connectionFailure(MQTT.title, error);
    },
  };
}

async function connectTo(
  url: URL,
  settings: ServiceSettings,
  tls: TlsMaterial | undefined,
  random: Random,
): Promise<Connected<MqttClient>> {
  const { connect } = (await import('mqtt')).default;
  const { user, password } = signInOf(settings);
  const isSecure = url.protocol === 'mqtts:';
  const options: IClientOptions = {
    protocol: isSecure ? 'mqtts' : 'mqtt',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (isSecure ? SECURE_PORT : PORT),
    protocolVersion: 5,
    clean: true,
    clientId: textOption(settings, 'clientId') ?? `busbar-${random.uuid().slice(-CHANCE_CHARS)}`,
    connectTimeout: limits.brokerConnectMs,
    keepalive: limits.brokerHeartbeatMs / MS_PER_SECOND,
    // Nothing reconnects by itself and nothing waits in the client: lanes see to that.
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    ...tls,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
  };
  return opened(connect(options));
}

const PORT = 1883;
const SECURE_PORT = 8883;
const CHANCE_CHARS = 12;

/** Waits for the broker's answer to the connection. */
function opened(connection: Client): Promise<Connected<MqttClient>> {
  return new Promise((resolve, fail) => {
    // It stays for the connection's life: an error without a listener would end the process.
    connection.on('error', (error) => {
      fail(error);
      connection.end(true);
    });
    connection.on('close', () => {
      fail(new Error('closed'));
      // The client would keep what is under way for a next connection. There is none: it has to fail now.
      connection.end(true);
    });
    connection.once('connect', (answer) => resolve(connected(connection, answer)));
  });
}

const UNLIMITED_QUALITY = 2;

function connected(connection: Client, { properties }: IConnackPacket): Connected<MqttClient> {
  const client: MqttClient = {
    connection,
    limits: {
      packetBytes: properties?.maximumPacketSize ?? Infinity,
      quality: properties?.maximumQoS ?? UNLIMITED_QUALITY,
      retains: properties?.retainAvailable ?? true,
    },
    window: new Window(Math.min(properties?.receiveMaximum ?? Infinity, limits.mqttInFlight)),
  };
  const lost = new Promise<void>((resolve) => connection.once('close', resolve));
  return { client, lost, close: () => close(client, lost) };
}

async function close({ connection, window }: MqttClient, lost: Promise<void>): Promise<void> {
  limitGoodbye(connection.stream as Socket);
  // With something under way, a polite end would wait for it.
  connection.end(window.used > 0);
  await lost;
}
