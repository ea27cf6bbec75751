import type { Clock, Random } from '../../engine/ports/clock.ts';
import type { LogEventStore } from '../../engine/ports/log-group-storage.ts';
import type { LogGroupWriter, LogStreamWriter } from '../../engine/ports/log-group-writer.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { Storage } from '../../engine/ports/storage.ts';
import { LogGroups } from './groups.ts';
import { LogPolicies } from './policies.ts';
import { OwnStreams } from './own-streams.ts';
import { LogRetentionSweep } from './retention-sweep.ts';
import { EngineLogGroupWriter } from './writer.ts';

export interface LogsServiceOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** The built-in log groups: a companion compatible with CloudWatch Logs, on Busbar's own storage. */
export interface LogsService extends LogGroupWriter, LogStreamWriter {
  readonly groups: LogGroups;
  readonly policies: LogPolicies;
  readonly events: LogEventStore;
  readonly clock: Clock;
  /** Removes expired events now; otherwise a timer does. */
  sweep(): Promise<void>;
  /** Ends timers. The storage stays open: it belongs to the caller. */
  close(): Promise<void>;
}

/** Reads groups and policies from the storage, and starts the sweep of expired events. */
export async function createLogsService(options: LogsServiceOptions): Promise<LogsService> {
  const { storage, clock, random, logger } = options;
  const groups = await LogGroups.open(storage, random, logger);
  const policies = await LogPolicies.open(storage, random);
  const events = storage.logEvents;
  const sweep = new LogRetentionSweep(groups, events, clock, logger);
  const writer = new EngineLogGroupWriter(groups, policies, events, clock, logger);
  const ownStreams = new OwnStreams(groups, events, clock, logger);
  return {
    groups,
    policies,
    events,
    clock,
    write: (group, name, entries, source) => writer.write(group, name, entries, source),
    append: (scope, group, stream, entries) => ownStreams.append(scope, group, stream, entries),
    sweep: () => sweep.sweep(),
    async close() {
      await sweep.close();
      groups.close();
      policies.close();
    },
  };
}
