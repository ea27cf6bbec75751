import type { Scope } from '../model/resources.ts';
import { DEFAULT_BUS, type Catalog } from './catalog.ts';
import { buildEnvelope } from './envelope.ts';
import type { Ingest } from './ingest/ingest.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';

/** An event that the service itself tells on a scope's default bus. */
export interface ServiceEvent {
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

/** Never rejects: an event that cannot be told is logged. */
export type PublishServiceEvent = (scope: Scope, event: ServiceEvent) => Promise<void>;

export function serviceEvents(parts: {
  readonly catalog: Catalog;
  readonly ingest: Pick<Ingest, 'append'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}): PublishServiceEvent {
  const { catalog, ingest, clock, random, logger } = parts;
  return async ({ account, region }, { detailType, resources, detail }) => {
    try {
      const bus = await catalog.resolveBus({ account, region }, DEFAULT_BUS);
      if (!bus) return;
      const now = clock.now();
      const id = random.uuid();
      const event = buildEnvelope({
        id,
        detailType,
        source: 'aws.events',
        account,
        time: now,
        region,
        resources,
        detail: JSON.stringify(detail),
      });
      await ingest.append(bus.document.log, [{ eventId: id, ingestedAt: now, account, event }]);
    } catch (error) {
      logger.warn({ err: error, detailType }, 'an event of the service could not be told');
    }
  };
}

/** `2026-01-31 23:59:59 +0000 UTC`, as these events write a time. */
export const serviceTime = (time: number): string =>
  `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
