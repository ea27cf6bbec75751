import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { failureOf } from '../failure.ts';

/**
 * Holds a daemon off while a directory is examined, by a reader's lock on the lock file (`worker/lock.ts`), and changes
 * nothing. Undefined when a daemon has it. Never call it in a process that has the directory open itself: closing the lock
 * file would let go of its lock.
 */
export function holdOff(directory: string): { release(): void } | undefined {
  const path = join(directory, 'busbar.lock');
  if (!existsSync(path)) return { release: () => undefined };
  const database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    database.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
  } catch (error) {
    database.close();
    if (failureOf(error).kind === 'busy') return undefined;
    throw error;
  }
  return { release: () => database.close() };
}

/** An open data file that is only read. */
export interface OpenFile {
  readonly database: DatabaseSync;
  /** Why the store would not open it. */
  readonly complaint: string | undefined;
  close(): void;
}

/**
 * Opens a data file for reading, damaged or not. A file without a log in front of it is read as if it could not change:
 * that needs no permission to write to its directory.
 */
export function openForReading(path: string): OpenFile {
  const log = `${path}-wal`;
  const hasLog = existsSync(log) && statSync(log).size > 0;
  const url = pathToFileURL(path);
  if (!hasLog) url.searchParams.set('immutable', '1');
  const restoreIndex = keepIndex(`${path}-shm`);
  const open = (lenient: boolean): OpenFile => {
    const database = new DatabaseSync(url, { readOnly: true, timeout: 1_000, defensive: false });
    const close = (): void => {
      database.close();
      if (hasLog) restoreIndex();
    };
    try {
      if (lenient) database.exec('PRAGMA writable_schema = ON');
      database.prepare('SELECT count(*) FROM sqlite_schema').get();
      return { database, complaint: undefined, close };
    } catch (error) {
      close();
      throw error;
    }
  };
  try {
    return open(false);
  } catch (error) {
    // Only so does SQLite read a file that is shorter than its header says, or whose list of tables is odd.
    return { ...open(true), complaint: failureOf(error).message };
  }
}

/**
 * Reading a file with a log makes SQLite write the log's index anew. The old one tells how long the log was
 * (`worker/wal-survey.ts`), so it is put back.
 */
function keepIndex(path: string): () => void {
  const before = existsSync(path) ? readFileSync(path) : undefined;
  return () => {
    if (before) writeFileSync(path, before);
    else rmSync(path, { force: true });
  };
}
