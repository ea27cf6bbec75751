import { ApiError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import { emptyBatch, entryIdsNotDistinct, invalidBatchEntryId, tooManyEntries } from './errors.ts';

interface Entry {
  readonly Id: string;
}

/** One entry's failure, as batch operations answer it. */
export interface FailedEntry {
  readonly Id: string;
  readonly Code: string;
  readonly Message: string;
  readonly SenderFault: boolean;
}

const ENTRY_ID = new RegExp(`^[A-Za-z0-9_-]{1,${limits.queueBatchIdChars}}$`);

/** Checks a batch as a whole: 1 to 10 entries with sound ids that differ. `shape`: the model's name of an entry. */
export function checkBatch(entries: readonly Entry[], shape: string): void {
  if (entries.length === 0) throw emptyBatch(shape);
  if (entries.length > limits.queueBatchEntries) {
    throw tooManyEntries(limits.queueBatchEntries, entries.length);
  }
  const seen = new Set<string>();
  for (const { Id } of entries) {
    if (!ENTRY_ID.test(Id)) throw invalidBatchEntryId();
    if (seen.has(Id)) throw entryIdsNotDistinct(Id);
    seen.add(Id);
  }
}

/** Runs `read` for every entry: what it answers, and the entries for which it threw an `ApiError`. */
export function readEntries<Given extends Entry, Read>(
  entries: readonly Given[],
  read: (entry: Given) => Read,
): { readonly sound: { readonly id: string; readonly value: Read }[]; readonly failed: FailedEntry[] } {
  const sound: { id: string; value: Read }[] = [];
  const failed: FailedEntry[] = [];
  for (const entry of entries) {
    try {
      sound.push({ id: entry.Id, value: read(entry) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed.push(failedEntry(entry.Id, error));
    }
  }
  return { sound, failed };
}

export function failedEntry(id: string, error: ApiError): FailedEntry {
  return {
    Id: id,
    Code: error.queryCode ?? error.code,
    Message: error.message,
    SenderFault: error.fault === 'Sender',
  };
}
