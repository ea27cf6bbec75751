// The event-bus target against a forwarder on every store.
import type { EventForwarder } from '../../src/engine/ports/event-forwarder.ts';
import { StorageError } from '../../src/engine/ports/storage.ts';
import { eventBusTarget } from '../../src/targets/event-bus.ts';
import { places } from '../services/storages.ts';
import type { StoragePlace } from '../services/storages.ts';
import { targetSuite } from './target-suite.ts';
import type { TargetWorld } from './target-suite.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/audit';
const LOG = 'audit-log';

async function openWorld(makePlace: () => StoragePlace): Promise<TargetWorld> {
  const place = makePlace();
  const storage = await place.open();
  await storage.log.create(LOG);
  let failing = false;
  let refusing = false;
  let held: Promise<void> | undefined;
  // The smallest forwarder that keeps the port's promises on a real log; the engine's own adds policy and hop rules.
  const forwarder: EventForwarder = {
    async forward(bus, deliveries) {
      const all = <T>(outcome: T): T[] => deliveries.map(() => outcome);
      if (bus.text !== BUS) return all({ status: 'reject', code: 'NO_RESOURCE', reason: 'no such bus' });
      if (refusing) return all({ status: 'reject', code: 'NO_PERMISSIONS', reason: 'the policy denies it' });
      await held;
      const records = deliveries.map((each) => ({
        eventId: each.eventId,
        ingestedAt: each.ingestedAt,
        account: '000000000000',
        event: each.event,
        hops: each.hops + 1,
      }));
      try {
        if (failing) throw new StorageError('io', 'the disk');
        await storage.log.append(LOG, records);
        return all({ status: 'delivered' });
      } catch {
        return all({ status: 'retry', code: 'INTERNAL_ERROR', reason: 'the bus could not store the event' });
      }
    },
  };
  let closed = false;
  const shutDown = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await storage.close();
    failing = true;
  };
  return {
    connector: eventBusTarget(forwarder),
    arn: BUS,
    missingArn: `${BUS}-missing`,
    repeatKey: 'eventId',
    async arrived() {
      const records = await storage.log.read(LOG, 0n, 10_000, 100_000_000);
      return records.map(({ eventId, event }) => ({ id: eventId, payload: event }));
    },
    failForNow: () => (failing = true),
    refuse: async () => {
      refusing = true;
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    shutDown,
    async close() {
      await shutDown();
      place.remove();
    },
  };
}

const NO_LIMIT =
  'A bus takes every event that another bus took: the limit was checked when the event was published.';

for (const { name, make } of places) {
  targetSuite({
    name: `event bus on ${name}`,
    open: () => openWorld(make),
    skips: { 'oversized payload': NO_LIMIT, 'partial failure': NO_LIMIT },
  });
}
