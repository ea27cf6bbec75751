import { isUtf8 } from 'node:buffer';
import { limits } from '../../model/limits.ts';
import type { ArchiveAmount, ArchivedEvent, ArchiveId, ArchiveStore } from '../ports/archive-storage.ts';
import { readLine, type LineFault, type Reading } from './archive-line.ts';

/** A line that is no event, counted from 1. */
export interface DamagedLine {
  readonly line: number;
  readonly reason: string;
}

export interface Imported {
  /** Lines that were looked at, empty ones with them, and events among them. */
  readonly lines: number;
  readonly events: number;
  /** What the archive did not have yet. */
  readonly added: ArchiveAmount;
  /** The first `limits.archiveDamagedLines`, and how many there were in all. */
  readonly damaged: readonly DamagedLine[];
  readonly damagedCount: number;
}

const LINE_FEED = 0x0a;

/**
 * Adds the events of a text of lines to an archive; resolves once they are durable. Lines that are no events are left out
 * and told. Events that the archive has already stay as they are, so that a text can be given again after a failure.
 * Rejects with the store's error; `missing` when there is no such archive.
 */
export async function importLines(
  store: Pick<ArchiveStore, 'put'>,
  archive: ArchiveId,
  text: Buffer,
  reading: Reading,
): Promise<Imported> {
  const damaged: DamagedLine[] = [];
  let [lines, events, damagedCount, added] = [0, 0, 0, { events: 0, bytes: 0 }];
  let batch: ArchivedEvent[] = [];
  let chars = 0;
  const write = async (): Promise<void> => {
    const amount = await store.put(archive, batch);
    added = { events: added.events + amount.events, bytes: added.bytes + amount.bytes };
    events += batch.length;
    [batch, chars] = [[], 0];
  };
  for (const line of linesOf(text)) {
    lines++;
    const read = readBytes(line, reading);
    if (read === undefined) continue;
    if ('fault' in read) {
      damagedCount++;
      if (damaged.length < limits.archiveDamagedLines) damaged.push({ line: lines, reason: read.fault });
      continue;
    }
    batch.push(read);
    chars += read.event.length;
    // Other work gets its turn meanwhile.
    if (chars >= limits.archiveImportChars) await write();
  }
  // Also an empty one, which tells whether the archive is there.
  await write();
  return { lines, events, added, damaged, damagedCount };
}

/** The lines of a text, without their breaks. A break at the end begins no further line. */
function* linesOf(text: Buffer): Generator<Buffer> {
  let from = 0;
  while (from < text.length) {
    const found = text.indexOf(LINE_FEED, from);
    const end = found < 0 ? text.length : found;
    yield text.subarray(from, end);
    from = end + 1;
  }
}

/** Undefined for an empty line. */
function readBytes(line: Buffer, reading: Reading): ArchivedEvent | LineFault | undefined {
  if (!isUtf8(line)) return { fault: 'it is not UTF-8' };
  const text = line.toString('utf8');
  return text.trim() === '' ? undefined : readLine(text, reading);
}
