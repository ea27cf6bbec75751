import type { ApiDestination, Connection } from '../../model/connections.ts';
import type { Clock } from '../ports/clock.ts';
import type { ScopedDocuments } from '../scoped-documents.ts';
import { serviceTime, type PublishServiceEvent } from '../service-events.ts';

/** Tells on the default bus what becomes of connections, and of the API destinations that depend on them. */
export class ConnectionTales {
  readonly #clock: Clock;
  readonly #destinations: ScopedDocuments<ApiDestination>;
  publish: PublishServiceEvent = () => Promise.resolve();

  constructor(clock: Clock, destinations: ScopedDocuments<ApiDestination>) {
    this.#clock = clock;
    this.#destinations = destinations;
  }

  tell(connection: Connection, detailType: string): Promise<void> {
    const { name, arn, stateReason } = connection;
    const detail = {
      ConnectionName: name,
      ...(stateReason !== undefined && { StateReason: stateReason }),
      Timestamp: serviceTime(this.#clock.now()),
    };
    return this.publish(connection, { detailType, resources: [arn], detail });
  }

  /** A connection has come into a state that lasts. */
  async changed(before: Connection | undefined, connection: Connection): Promise<void> {
    const authorized = connection.state === 'AUTHORIZED';
    await this.tell(connection, authorized ? 'Connection Authorized' : 'Connection Deauthorized');
    await this.destinationsFollow(connection, before?.state === 'AUTHORIZED', authorized);
  }

  async destinationsFollow(connection: Connection, wasActive: boolean, isActive: boolean): Promise<void> {
    if (wasActive === isActive) return;
    for (const destination of this.#destinations.list(connection)) {
      if (destination.connectionArn === connection.arn) await this.tellDestination(destination, isActive);
    }
  }

  tellDestination({ account, region, name, arn }: ApiDestination, active: boolean): Promise<void> {
    const detail = { ApiDestinationName: name, Timestamp: serviceTime(this.#clock.now()) };
    const detailType = active ? 'API Destination Activated' : 'API Destination Deactivated';
    return this.publish({ account, region }, { detailType, resources: [arn], detail });
  }
}
