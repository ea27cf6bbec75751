import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Refused, damage, failureOf } from '../failure.ts';
import { requireAccess } from './access.ts';
import { APPLICATION_ID, migrate } from './migrations.ts';

const PAGE_BYTES = 8_192;
/** In KB. Appends touch the right edge only; the cache is for queues, parked rows and their indexes. */
const CACHE_KB = 16_384;
/**
 * The log in front of the file is folded into it at this size (4 MB). Everything waits meanwhile, so small and often beats
 * large and rare: at 10,000 events/s the slowest of a hundred appends waited 3–8 ms at 4 MB and 7–23 ms at 16 MB.
 */
const CHECKPOINT_PAGES = 512;
/** They are read as a whole anyway when a daemon starts; a row that is missing would be missed nowhere else. */
const SMALL_TABLES = ['counters', 'catalog', 'logs', 'cursors', 'lanes', 'queues', 'log_groups', 'archives'];
/** A log that grew beyond this (a reader held it) is cut back. */
const LOG_LIMIT_BYTES = 67_108_864;

/**
 * Opens the data file of a directory whose lock is held, and creates it when the directory has none. A file that is
 * there but is not a whole Busbar file is refused, never replaced.
 */
export function openDatabase(directory: string, maxPages: number | undefined): DatabaseSync {
  const path = join(directory, 'busbar.db');
  if (!existsSync(path)) create(directory, path);
  for (const suffix of ['', '-wal', '-shm']) requireAccess(path + suffix, 'file');
  checkHeader(path);
  let database: DatabaseSync | undefined;
  try {
    database = connect(path);
    migrate(database, path);
    for (const table of SMALL_TABLES) {
      const complaint = Object.values(database.prepare(`PRAGMA integrity_check(${table})`).get() ?? {})[0];
      if (complaint !== 'ok') throw damaged(path, `${table}: ${String(complaint)}`);
    }
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    return database;
  } catch (error) {
    database?.close();
    throw asDamage(path, error);
  }
}

const SQL_ERROR = 1;

/** What an error at the start means. Statements are fixed, so one that SQLite does not understand meets damaged tables. */
export function asDamage(path: string, error: unknown): unknown {
  if (error instanceof Refused) return error;
  const failure = failureOf(error);
  const { errcode } = error as { errcode?: number };
  return failure.kind === 'damaged' || errcode === SQL_ERROR ? damaged(path, failure.message) : error;
}

function connect(path: string): DatabaseSync {
  // An operator's reader may hold a lock for a moment; longer than this is an error.
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  database.exec(`PRAGMA cache_size = -${CACHE_KB}`);
  database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  database.exec(`PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`);
  database.exec('PRAGMA temp_store = MEMORY');
  return database;
}

/**
 * Builds a new file under another name and renames it when it is whole: an empty or half-written `busbar.db` is then
 * always damage, never a first start that was cut short.
 */
function create(directory: string, path: string): void {
  if (existsSync(`${path}-wal`)) throw damaged(path, `it is gone, but its log ${path}-wal is still there`);
  const draft = join(directory, 'busbar.new.db');
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
  const database = connect(draft);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  migrate(database, draft);
  database.close();
  renameSync(draft, path);
  syncDirectory(directory);
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const MAGIC = 'SQLite format 3\0';

/** Finds out what opening would find out late or not at all: an empty, cut or foreign file. */
export function checkHeader(path: string): void {
  const handle = openSync(path, 'r');
  try {
    const header = Buffer.alloc(100);
    const length = readSync(handle, header, 0, header.length, 0);
    if (length < header.length) throw damaged(path, `it is cut off after ${length} bytes`);
    if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw damaged(path, 'it is not a SQLite file');
    // Connecting would already change a foreign file. The id is there from a file's beginning, whatever is in its log.
    if (header.readUInt32BE(68) !== APPLICATION_ID) {
      throw damaged(path, 'it is a SQLite file, but not one of Busbar');
    }
    // With a log in front the file may lag behind what its header says.
    if (existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0) return;
    const bytes = header.readUInt32BE(28) * header.readUInt16BE(16);
    const { size } = fstatSync(handle);
    if (size < bytes) throw damaged(path, `it is cut off after ${size} of ${bytes} bytes`);
  } finally {
    closeSync(handle);
  }
}

const damaged = (path: string, why: string): Refused =>
  new Refused({ kind: 'damaged', message: damage(path, why) });
