import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from '../failure.ts';
import { CLOSE } from '../wire.ts';
import type { Opened, Request, WorkerSettings } from '../wire.ts';
import { Groups } from './groups.ts';
import { DirectoryLock } from './lock.ts';
import { asDamage, openDatabase } from './open.ts';
import { surveyWal, unreadableWal, warningOf } from './wal-survey.ts';

/** The store's thread: opens the file, answers one group of operations after the other, and closes the file. */

/** Between two steps of removing what was dropped other groups get their turn. */
const SWEEP_PAUSE_MS = 10;
/** After a step that failed (a full disk, as a rule) there is no hurry. */
const SWEEP_RETRY_MS = 5_000;

const port = parentPort!;

/** Answers what the operator should know. */
function start(settings: WorkerSettings): string | undefined {
  const lock = DirectoryLock.take(settings.directory);
  try {
    const path = join(settings.directory, 'busbar.db');
    const survey = surveyWal(path);
    if (survey.state === 'unreadable') throw unreadableWal(path);
    const warning = warningOf(survey);
    const database = openDatabase(settings.directory, settings.maxPages);
    const groups = prepare(path, database, settings.firstPosition);
    let sweeping: NodeJS.Timeout | undefined;

    const sweep = (): void => {
      sweeping = undefined;
      let pause = SWEEP_PAUSE_MS;
      try {
        groups.sweep();
      } catch {
        pause = SWEEP_RETRY_MS;
      }
      if (groups.leftOvers) sweeping = after(sweep, pause);
    };

    port.on('message', (message: Request | typeof CLOSE) => {
      if (message === CLOSE) {
        clearTimeout(sweeping);
        database.close();
        lock.release();
        port.close();
        return;
      }
      port.postMessage(groups.run(message));
      if (groups.leftOvers) sweeping ??= after(sweep, SWEEP_PAUSE_MS);
    });
    if (groups.leftOvers) sweeping = after(sweep, SWEEP_PAUSE_MS);
    return warning;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function prepare(path: string, database: DatabaseSync, firstPosition: bigint): Groups {
  try {
    return new Groups(database, firstPosition);
  } catch (error) {
    database.close();
    throw asDamage(path, error);
  }
}

function answer(opened: Opened): void {
  port.postMessage(opened);
}

try {
  const warning = start(workerData as WorkerSettings);
  answer({ opened: true, warning });
  // Kept now: a process that is killed one day should not have to compile this thread's sources again.
  flushCompileCache();
} catch (error) {
  answer({ opened: false, failure: failureOf(error) });
  port.close();
}
