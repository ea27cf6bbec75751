import { StorageError } from '../../engine/ports/storage.ts';
import { groupNotFound, streamNotFound } from './errors.ts';
import type { LogGroup } from './groups.ts';
import type { LogsService } from './service.ts';

/** Runs a write; what the store misses is the group, where it was deleted meanwhile, or else the stream. */
export async function missingAsNotFound<Value>(
  service: LogsService,
  group: LogGroup,
  write: () => Promise<Value>,
): Promise<Value> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof StorageError) || error.kind !== 'missing') throw error;
    throw service.groups.find(group, group.name)?.id === group.id ? streamNotFound() : groupNotFound();
  }
}
