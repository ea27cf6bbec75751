import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { Refused, damage } from '../failure.ts';
import type { Cell } from '../wire.ts';

/**
 * SQLite notices a page whose structure is broken, but not a bit that flipped inside of a value. So rows whose loss
 * nobody would notice carry a CRC-32 over what they mean, and it is compared whenever a row is read.
 */

/** The checksum of a row: `payload` is its large value, `head` the text of all the others. */
export function checksumOf(payload: Cell, head: string): number {
  return crc32(payload === null ? '' : (payload as string), crc32(head));
}

/** Whether a row is what was written. A flipped bit may also turn text into bytes, or cut the checksum off. */
export const isSound = (stored: Cell, payload: Cell, head: string): boolean =>
  stored !== null && !(payload instanceof Uint8Array) && Number(stored) === checksumOf(payload, head);

/**
 * Throws for a row whose values are not the ones that were written. `what` names the row.
 */
export function verifyChecksum(
  database: DatabaseSync,
  stored: Cell,
  payload: Cell,
  head: string,
  what: () => string,
): void {
  if (isSound(stored, payload, head)) return;
  throw damagedRow(database, `${what()} is not what was written`);
}

/** What is reported for a row that cannot be trusted. */
export function damagedRow(database: DatabaseSync, what: string): Refused {
  return new Refused({ kind: 'damaged', message: damage(database.location() ?? 'the data file', what) });
}
