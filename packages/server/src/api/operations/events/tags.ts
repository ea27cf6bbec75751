import { limitExceeded, validationError } from '../../../model/errors.ts';
import { limits } from '../../../model/limits.ts';
import type { Tag } from '../../../model/resources.ts';

const RESERVED_PREFIX = 'aws:';

function refuseReserved(tags: readonly Tag[]): void {
  if (tags.some(({ Key: key }) => key.startsWith(RESERVED_PREFIX))) {
    throw validationError(`Tag keys must not start with '${RESERVED_PREFIX}': the prefix is reserved.`);
  }
}

/** The tags that a resource is created with. Throws for keys that are reserved or given twice, and for too many. */
export function newTags(tags: readonly Tag[] = []): Tag[] {
  refuseReserved(tags);
  if (new Set(tags.map(({ Key: key }) => key)).size < tags.length) {
    throw validationError('Invalid parameter: Duplicated keys are not allowed.');
  }
  if (tags.length > limits.tagsPerResource) throw limitExceeded();
  return tags.map(({ Key, Value }) => ({ Key, Value }));
}

/** Adds tags, replacing those with the same keys; of keys given twice the last counts. */
export function withTags(present: readonly Tag[], added: readonly Tag[]): Tag[] {
  refuseReserved(added);
  const values = new Map(present.map(({ Key, Value }) => [Key, Value]));
  for (const { Key, Value } of added) values.set(Key, Value);
  if (values.size > limits.tagsPerResource) throw limitExceeded();
  return [...values].map(([Key, Value]) => ({ Key, Value }));
}

export function withoutTags(present: readonly Tag[], keys: readonly string[]): Tag[] {
  const removed = new Set(keys);
  return present.filter(({ Key: key }) => !removed.has(key));
}
