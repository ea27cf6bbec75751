import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { Refused, damage } from '../failure.ts';

/**
 * SQLite takes over the log in front of its file up to the first frame that is not whole, and says nothing of what
 * stands behind. That is right for what a crash cut short. It is also what becomes of acknowledged transactions when the
 * log was damaged in the middle; so the log is read here once before, and the difference is told.
 * The format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log, and walformat.html for the index.
 */
export interface WalSurvey {
  readonly path: string;
  readonly bytes: number;
  /** `none`: there is no log. `unreadable`: its header is broken, so that all of it would be ignored. */
  readonly state: 'none' | 'empty' | 'whole' | 'unreadable' | 'broken';
  /** Frames that are whole, up to the last transaction that is. */
  readonly frames: number;
  /** Transactions behind the first broken frame. */
  readonly lostTransactions: number;
  /** Frames that the index of the last run knew as committed, but that are gone. */
  readonly missingFrames: number;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;

/** Reads the log in front of a data file. Changes nothing. */
export function surveyWal(databasePath: string): WalSurvey {
  const path = `${databasePath}-wal`;
  const none = { path, bytes: 0, frames: 0, lostTransactions: 0, missingFrames: 0 };
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch {
    return { ...none, state: 'none' };
  }
  try {
    const bytes = fstatSync(handle).size;
    if (bytes < HEADER_BYTES) return { ...none, bytes, state: 'empty' };
    const header = read(handle, 0, HEADER_BYTES);
    const sum = new Checksum((header.readUInt32BE(0) & 1) === 1);
    sum.add(header.subarray(0, 24));
    const pageBytes = header.readUInt32BE(8);
    if (header.readUInt32BE(0) >>> 1 !== MAGIC >>> 1 || !sum.equals(header, 24) || pageBytes < 512) {
      return { ...none, bytes, state: 'unreadable' };
    }
    const { frames, lostTransactions } = walk(handle, bytes, header, pageBytes, sum);
    const missingFrames = Math.max(0, framesOfIndex(`${databasePath}-shm`, header) - frames);
    const state = lostTransactions > 0 || missingFrames > 0 ? 'broken' : 'whole';
    return { path, bytes, state, frames, lostTransactions, missingFrames };
  } finally {
    closeSync(handle);
  }
}

/** What to say of a log that has lost something; undefined when there is nothing to say. */
export function warningOf({ state, path, lostTransactions, missingFrames }: WalSurvey): string | undefined {
  if (state !== 'broken') return undefined;
  const lost =
    lostTransactions > 0
      ? `${lostTransactions} transactions stand behind a broken frame`
      : `${missingFrames} frames are gone from its end`;
  return (
    `${path} is damaged: ${lost} and cannot be taken over. After a power failure this may be what was not acknowledged ` +
    'yet; otherwise the latest acknowledged events are lost: compare with a backup'
  );
}

/** Going on without the log would silently lose what is in it. */
export function unreadableWal(databasePath: string): Refused {
  const why =
    `the header of its log ${databasePath}-wal is broken, and with it the latest events cannot be read ` +
    '(to go on without them, move that log away)';
  return new Refused({ kind: 'damaged', message: damage(databasePath, why) });
}

function walk(
  handle: number,
  bytes: number,
  header: Buffer,
  pageBytes: number,
  sum: Checksum,
): { frames: number; lostTransactions: number } {
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  let [frames, lostTransactions, broken] = [0, 0, false];
  for (let index = 1, at = HEADER_BYTES; at + frameBytes <= bytes; index++, at += frameBytes) {
    const frame = read(handle, at, frameBytes);
    // Frames of an earlier round have other salts: they are old, not broken.
    const current = frame.compare(header, 16, 24, 8, 16) === 0;
    if (!broken) {
      sum.add(frame.subarray(0, 8));
      sum.add(frame.subarray(FRAME_HEADER_BYTES));
      broken = !current || !sum.equals(frame, 16);
    }
    const commits = frame.readUInt32BE(4) > 0;
    if (commits && !broken) frames = index;
    else if (commits && current) lostTransactions++;
  }
  return { frames, lostTransactions };
}

/** The number of committed frames by the index that the last run left behind; 0 when it is of another log. */
function framesOfIndex(path: string, header: Buffer): number {
  try {
    const index = readFileSync(path);
    const isSame = index.length >= 48 && index.compare(header, 16, 24, 32, 40) === 0;
    return isSame ? (endiannessIsLittle ? index.readUInt32LE(16) : index.readUInt32BE(16)) : 0;
  } catch {
    return 0;
  }
}

const endiannessIsLittle = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function read(handle: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  const got = readSync(handle, bytes, 0, length, at);
  return bytes.fill(0, got);
}

/** The running checksum of the format: two sums that feed each other. */
class Checksum {
  readonly #bigEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian;
  }

  add(bytes: Buffer): void {
    let [first, second] = [this.#first, this.#second];
    for (let at = 0; at < bytes.length; at += 8) {
      const [one, two] = this.#bigEndian
        ? [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
        : [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
      first = (first + one + second) >>> 0;
      second = (second + two + first) >>> 0;
    }
    this.#first = first;
    this.#second = second;
  }

  /** Both sums stand there in this order. */
  equals(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.#first && bytes.readUInt32BE(at + 4) === this.#second;
  }
}
