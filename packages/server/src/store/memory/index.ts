import type { Storage } from '../../engine/ports/storage.ts';
import { MemoryArchives } from './archives.ts';
import { MemoryCatalog } from './catalog.ts';
import { MemoryDeadLetters } from './dead-letters.ts';
import { MemoryLogEvents } from './log-events.ts';
import { MemoryLogs } from './log.ts';
import { MemoryParked } from './parked.ts';
import { MemoryQueues } from './queues.ts';
import { MemoryTimers } from './timers.ts';

export interface MemoryStorageOptions {
  /** Where every new log starts. Tests start logs beyond 2^53 with it. */
  readonly firstPosition?: bigint;
}

/** A store that forgets everything when the process ends: `--data :memory:` and tests. */
export function createMemoryStorage(options: MemoryStorageOptions = {}): Storage {
  return {
    catalog: new MemoryCatalog(),
    log: new MemoryLogs(options.firstPosition ?? 1n),
    parked: new MemoryParked(),
    deadLetters: new MemoryDeadLetters(),
    timers: new MemoryTimers(),
    queues: new MemoryQueues(),
    logEvents: new MemoryLogEvents(),
    archives: new MemoryArchives(),
    close: async () => undefined,
  };
}
