import type { DocumentedConnector } from '../../engine/ports/connector.ts';
import type { ServiceDirectory } from '../../model/service-settings.ts';
import { Connections, type Timing } from '../broker/connections.ts';
import { natsConnecting } from './client.ts';
import { natsJetStreamTarget } from './jetstream.ts';
import { natsSubjectTarget } from './subject.ts';

/** Core NATS and JetStream, over the same connections. */
export function natsTargets(services: ServiceDirectory, timing: Timing): DocumentedConnector[] {
  const connections = new Connections(timing, natsConnecting);
  return [natsSubjectTarget(services, connections), natsJetStreamTarget(services, connections)];
}
