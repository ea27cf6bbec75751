// mosquitto with users, and what watches it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import type { Certificates } from './certificates.ts';
import { prepareServer, skipWithout, type ServerProcess } from './server-process.ts';

export const PASSWORD = 'mqtt-hunter2-secret';
export const MAX_PACKET = 65_536;

export const skip = skipWithout('mosquitto') || skipWithout('mosquitto_passwd');

const TOPICS = ['orders/#', 'marker'];

export interface Mosquitto extends ServerProcess {
  /** What the user `busbar` may do from the next start on. */
  allowOrders(allowed: boolean): void;
  watch(): Promise<Watcher>;
}

export interface Watcher {
  readonly client: MqttClient;
  /** Removes and answers what has arrived: all that the broker took before the call. */
  arrived(): Promise<IPublishPacket[]>;
  close(): Promise<void>;
}

/** A broker; a poor one has no QoS 2 and keeps no messages, one with certificates speaks TLS. */
export async function startMosquitto(poor = false, certificates?: Certificates): Promise<Mosquitto> {
  const server = await prepareServer('mosquitto', (_port, directory) => ({
    command: 'mosquitto',
    args: ['-c', join(directory, 'mosquitto.conf')],
  }));
  const at = (name: string): string => join(server.directory, name);
  writeFileSync(at('passwords'), '');
  for (const name of ['busbar', 'watcher']) {
    const password = name === 'busbar' ? PASSWORD : name;
    const { status, stderr } = spawnSync('mosquitto_passwd', ['-b', at('passwords'), name, password]);
    assert.equal(status, 0, String(stderr));
  }
  const allowOrders = (allowed: boolean): void =>
    writeFileSync(
      at('acl'),
      `user busbar\ntopic write ${allowed ? '#' : 'others/#'}\n\nuser watcher\ntopic readwrite #\n`,
    );
  allowOrders(true);
  writeFileSync(
    at('mosquitto.conf'),
    [
      `listener ${server.port} 127.0.0.1`,
      'allow_anonymous false',
      `password_file ${at('passwords')}`,
      `acl_file ${at('acl')}`,
      `max_packet_size ${MAX_PACKET}`,
      // As root it would become another user, who cannot read the files.
      'user root',
      ...(certificates ? tlsLines(certificates) : []),
      ...(poor ? ['max_qos 1', 'retain_available false'] : []),
      '',
    ].join('\n'),
  );
  await server.start();
  return { ...server, allowOrders, watch: () => watch(server.port, poor ? 1 : 2) };
}

const tlsLines = ({ caFile, server }: Certificates): string[] => [
  `cafile ${caFile}`,
  `certfile ${server.certFile}`,
  `keyfile ${server.keyFile}`,
  'require_certificate true',
];

async function watch(port: number, qos: 1 | 2): Promise<Watcher> {
  const client = await mqtt.connectAsync({
    host: '127.0.0.1',
    port,
    protocolVersion: 5,
    username: 'watcher',
    password: 'watcher',
    reconnectPeriod: 0,
  });
  client.on('error', () => undefined);
  let messages: IPublishPacket[] = [];
  let onMarker = (): void => undefined;
  client.on('message', (topic, _payload, packet) => {
    if (topic === 'marker') onMarker();
    else messages.push(packet);
  });
  await client.subscribeAsync(TOPICS, { qos });
  return {
    client,
    async arrived() {
      // The broker keeps the order: what it took before the marker, it sends before the marker.
      const seen = new Promise<void>((resolve) => (onMarker = resolve));
      await client.publishAsync('marker', '', { qos });
      await seen;
      const arrived = messages;
      messages = [];
      return arrived;
    },
    close: () => client.endAsync(true),
  };
}
