import { createFrontDoor } from '../../src/api/http/front-door.ts';
import { systemClock } from '../../src/clock.ts';
import { Metrics } from '../../src/engine/metrics.ts';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { systemRandom } from '../../src/random.ts';
import { createQueueService, queueOperations } from '../../src/services/queue/index.ts';
import type { QueueService } from '../../src/services/queue/index.ts';
import { stsOperations } from '../../src/services/sts/index.ts';
import { sqlitePlace } from './storages.ts';

/** The queue service behind a real port, on the store that writes to disk. */
export interface QueueDoor {
  readonly endpoint: string;
  readonly service: QueueService;
  close(): Promise<void>;
}

/** `recreateWaitMs`: how long the name of a deleted queue rests. */
export async function openQueueDoor(recreateWaitMs?: number): Promise<QueueDoor> {
  const place = sqlitePlace();
  const storage = await place.open();
  const common = { clock: systemClock(), random: systemRandom(), logger: silentLogger };
  const service = await createQueueService({ storage, ...common, recreateWaitMs });
  const door = createFrontDoor({
    ...common,
    services: { sqs: queueOperations(service), sts: stsOperations() },
    auth: { mode: 'none', defaultAccount: '000000000000', defaultRegion: 'us-east-1' },
    metrics: new Metrics(),
    version: 'test',
    readiness: () => true,
  });
  const { port } = await door.listen(0, '127.0.0.1');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    service,
    async close() {
      await door.drain(1_000);
      await door.close();
      await service.close();
      await storage.close();
      place.remove();
    },
  };
}
