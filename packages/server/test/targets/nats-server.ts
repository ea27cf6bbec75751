// nats-server with users, and what watches it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Certificates } from './certificates.ts';
import { prepareServer, type ServerProcess } from './server-process.ts';

export const PASSWORD = 'nats-hunter2-secret';
export const MAX_PAYLOAD = 65_536;

const config = (port: number, directory: string, permissions: string, tls: string): string => `
listen: "127.0.0.1:${port}"
max_payload: ${MAX_PAYLOAD}
${tls}
jetstream { store_dir: "${join(directory, 'jetstream')}" }
authorization {
  users: [
    { user: busbar, password: "${PASSWORD}", permissions: ${permissions} }
    { user: watcher, password: watcher }
  ]
}
`;

const ALL = '{ publish: ">", subscribe: ">" }';
const NO_ORDERS = '{ publish: { deny: "orders.>" }, subscribe: ">" }';

export interface NatsServer extends ServerProcess {
  /** What the user `busbar` may do from the next start on. */
  allowOrders(allowed: boolean): void;
  watch(): Promise<NatsConnection>;
}

export async function startNats(certificates?: Certificates): Promise<NatsServer> {
  const tls = certificates
    ? `tls { cert_file: "${certificates.server.certFile}", key_file: "${certificates.server.keyFile}", ca_file: "${certificates.caFile}", verify: true }`
    : '';
  const server = await prepareServer('nats', (_port, directory) => ({
    command: 'nats-server',
    args: ['--config', join(directory, 'nats.conf')],
  }));
  const allowOrders = (allowed: boolean): void =>
    writeFileSync(
      join(server.directory, 'nats.conf'),
      config(server.port, server.directory, allowed ? ALL : NO_ORDERS, tls),
    );
  allowOrders(true);
  await server.start();
  return {
    ...server,
    allowOrders,
    watch: () =>
      connect({ servers: `127.0.0.1:${server.port}`, user: 'watcher', pass: 'watcher', reconnect: false }),
  };
}
