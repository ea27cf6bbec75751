import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pid } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { Refused, failureOf } from '../failure.ts';
import { requireAccess } from './access.ts';

/**
 * Makes sure that one process at a time uses a directory. The lock is the operating system's, on a small file of its
 * own, held by an exclusive SQLite transaction: it ends with the process however that ends, so there is no such thing
 * as a stale lock, and the data file itself stays open to an operator's `sqlite3`. The lock file must never be opened
 * in any other way: closing it would let go of the lock (POSIX).
 */
export class DirectoryLock {
  readonly #database: DatabaseSync;
  readonly #pidFile: string;

  private constructor(database: DatabaseSync, pidFile: string) {
    this.#database = database;
    this.#pidFile = pidFile;
  }

  static take(directory: string): DirectoryLock {
    const pidFile = join(directory, 'busbar.pid');
    const lockFile = join(directory, 'busbar.lock');
    requireAccess(directory, 'directory');
    for (const file of [lockFile, pidFile]) requireAccess(file, 'file');
    const database = new DatabaseSync(lockFile, { timeout: 0 });
    try {
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      const failure = failureOf(error);
      if (failure.kind !== 'busy') throw error;
      throw new Refused({
        kind: 'busy',
        message: `the data directory ${directory} is in use by another process${holder(pidFile)}`,
      });
    }
    writeFileSync(pidFile, `${pid}\n`);
    return new DirectoryLock(database, pidFile);
  }

  release(): void {
    rmSync(this.#pidFile, { force: true });
    this.#database.close();
  }
}

function holder(pidFile: string): string {
  try {
    return ` (pid ${readFileSync(pidFile, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
