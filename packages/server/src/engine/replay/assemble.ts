import type { Replay } from '../../model/replay.ts';
import type { Catalog } from '../catalog.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Lanes } from '../lane/lanes.ts';
import type { Logs } from '../logs.ts';
import type { Metrics } from '../metrics.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Storage } from '../ports/storage.ts';
import type { RuleBooks } from '../route/rule-book.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import type { ReplayBook } from './replay-book.ts';
import { Replays } from './replays.ts';

export interface ReplayMachinery {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly trouble: StorageTrouble;
  readonly catalog: Catalog;
  readonly ingest: Ingest;
  readonly logs: Logs;
  readonly lanes: Lanes;
  readonly books: RuleBooks;
  readonly book: ReplayBook;
}

/** Everything that replays archives. To be opened before the logs are routed. */
export function openReplays(machinery: ReplayMachinery): Promise<Replays> {
  const { storage, catalog } = machinery;
  const busExists = (replay: Replay): boolean =>
    catalog.bus(replay, replay.plan.bus)?.document.log === replay.plan.busLog;
  return Replays.open({ ...machinery, archives: storage.archives, log: storage.log, busExists });
}
