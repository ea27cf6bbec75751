import { mkdirSync } from 'node:fs';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../engine/ports/logger.ts';
import { StorageError, type Storage } from '../../engine/ports/storage.ts';
import { SqliteArchives } from './client/archives.ts';
import { SqliteCatalog } from './client/catalog.ts';
import { SqliteDeadLetters } from './client/dead-letters.ts';
import { Link } from './client/link.ts';
import { SqliteLogEvents } from './client/log-events.ts';
import { SqliteLogs } from './client/log.ts';
import { SqliteParked } from './client/parked.ts';
import { SqliteQueues } from './client/queues.ts';
import { SqliteTimers } from './client/timers.ts';
import type { Opened, WorkerSettings } from './wire.ts';

export interface SqliteStorageOptions {
  /** Holds `busbar.db` and its companions; created when it does not exist. */
  readonly directory: string;
  readonly logger: Logger;
  /** Where every new log starts. Tests start logs beyond 2^53 with it. */
  readonly firstPosition?: bigint;
  /** The most pages of 8 KB that the file may have; unlimited by default. Tests fill a small one. */
  readonly maxPages?: number;
}

/**
 * Opens the embedded store of a directory, in a thread of its own. Rejects with a `StorageError` that says what is wrong:
 * `busy` when another process uses the directory, `damaged` when its file is not whole or was written by a newer version.
 */
export async function openSqliteStorage(options: SqliteStorageOptions): Promise<Storage> {
  makeDirectory(options.directory);
  const settings: WorkerSettings = {
    directory: options.directory,
    firstPosition: options.firstPosition ?? 1n,
    maxPages: options.maxPages,
  };
  // The same file next door, whether this one runs from source or as emitted.
  const entry = new URL(`./worker/main${extname(import.meta.url)}`, import.meta.url);
  // The main thread's own flags (`--input-type` of `node -e` is one) are not for this file.
  const worker = new Worker(entry, { workerData: settings, name: 'store', execArgv: [] });
  const warning = await opened(worker);
  if (warning !== undefined) options.logger.error({}, warning);
  const link = new Link(worker, options.logger);
  const log = new SqliteLogs(link);
  return {
    catalog: new SqliteCatalog(link),
    log,
    parked: new SqliteParked(link),
    deadLetters: new SqliteDeadLetters(link),
    timers: new SqliteTimers(link),
    queues: new SqliteQueues(link),
    logEvents: new SqliteLogEvents(link),
    archives: new SqliteArchives(link),
    close() {
      log.close();
      return link.close();
    },
  };
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new StorageError(
      'io',
      `the data directory ${directory} cannot be created: ${String(error)}`,
      error,
    );
  }
}

/** Answers what the operator should know. */
function opened(worker: Worker): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const died = (cause: unknown): void =>
      reject(new StorageError('io', `the store's worker did not start: ${String(cause)}`, cause));
    worker.once('error', died);
    worker.once('exit', died);
    worker.once('message', (answer: Opened) => {
      worker.off('error', died);
      worker.off('exit', died);
      if (answer.opened) resolve(answer.warning);
      else reject(new StorageError(answer.failure.kind, answer.failure.message));
    });
  });
}
