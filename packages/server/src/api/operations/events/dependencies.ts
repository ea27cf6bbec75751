import type { Archives } from '../../../engine/archive/archives.ts';
import type { Catalog } from '../../../engine/catalog.ts';
import type { Connections } from '../../../engine/connections/connections.ts';
import type { Metrics } from '../../../engine/metrics.ts';
import type { Replays } from '../../../engine/replay/replays.ts';
import type { Clock, Random } from '../../../engine/ports/clock.ts';
import type { TargetConnector } from '../../../engine/ports/connector.ts';
import type { Logger } from '../../../engine/ports/logger.ts';
import type { Tracing } from '../../../engine/ports/tracing.ts';
import type { LogId, NewLogRecord, Position } from '../../../engine/ports/storage.ts';
import type { Arn } from '../../../model/arn.ts';
import type { Quotas } from '../../../model/limits.ts';
import type { Reservations } from './reservations.ts';

/** What the operations of the Events API work on. */
export interface EventsDependencies {
  readonly catalog: Catalog;
  readonly ingest: {
    /** Resolves once the records are durable; rejects with an `ApiError`. */
    append(log: LogId, records: readonly NewLogRecord[]): Promise<readonly Position[]>;
  };
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly quotas: Quotas;
  readonly connections: Connections;
  readonly archives: Archives;
  readonly replays: Replays;
  /** Undefined unless spans are exported. */
  readonly tracing?: Tracing | undefined;
  readonly targets: {
    /** The connector that serves an ARN; undefined when there is none. */
    find(arn: Arn): TargetConnector | undefined;
  };
}

/** Dependencies with what the operations of one service share among themselves. */
export interface EventsContext extends EventsDependencies {
  readonly reservations: Reservations;
}
