import type { DocumentedConnector } from '../../engine/ports/connector.ts';
import type { ServiceDirectory } from '../../model/service-settings.ts';
import { Connections, type Timing } from '../broker/connections.ts';
import { postgresChannelTarget } from './channel.ts';
import { postgresConnecting } from './client.ts';
import { postgresTableTarget } from './table.ts';

/** Tables and channels of PostgreSQL. */
export function postgresTargets(services: ServiceDirectory, timing: Timing): DocumentedConnector[] {
  const connections = new Connections(timing, postgresConnecting);
  return [postgresTableTarget(services, connections), postgresChannelTarget(services, connections)];
}
