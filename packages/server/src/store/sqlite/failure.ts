import { dirname } from 'node:path';
import type { Failure } from './wire.ts';

/** An operation that cannot be done and that has changed nothing yet: only its own call fails. */
export class Refused extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'Refused';
    this.failure = failure;
  }
}

// Primary result codes of SQLite, and the one extended code that stands for a full disk although its primary code does not.
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;
const IOERR_SHMSIZE = 4_874;

const kinds = new Map<number, Failure['kind']>([
  [BUSY, 'busy'],
  [LOCKED, 'busy'],
  [CORRUPT, 'damaged'],
  [NOT_A_DATABASE, 'damaged'],
  [FULL, 'full'],
  [IOERR_SHMSIZE, 'full'],
]);

/** What to say of a damaged file: what is wrong, and the way out. */
export const damage = (path: string, why: string): string =>
  `${path} is damaged: ${why}. Stop the daemon and run \`busbar doctor --data ${dirname(path)}\`: it tells what can be saved`;

/** What an error of SQLite (or of the file system) means to a caller. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refused) return error.failure;
  const { errcode, code, message } = error as { errcode?: number; code?: string; message?: string };
  if (errcode !== undefined) {
    const kind = kinds.get(errcode) ?? kinds.get(errcode & 0xff) ?? 'io';
    return { kind, message: `${message} (SQLite code ${errcode})` };
  }
  return { kind: code === 'ENOSPC' ? 'full' : 'io', message: String(message ?? error) };
}

// Misuse, constraints and the like are about one statement; everything else is about the file.
const ofOneStatement = new Set([1, 18, 19, 20, 21, 25]);

/** Whether an error is about one operation, so that the others of its group can still be done. */
export function concernsOneOperation(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode === undefined || ofOneStatement.has(errcode & 0xff);
}
