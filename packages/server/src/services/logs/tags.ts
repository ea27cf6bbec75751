import { limits } from '../../model/limits.ts';
import { invalidParameter, tooManyTags } from './errors.ts';
import type { LogGroup } from './groups.ts';

export type LogTags = Readonly<Record<string, string>>;

/** Keys that belong to AWS; the model has checked everything else. */
export function checkTagKeys(tags: LogTags): void {
  const reserved = Object.keys(tags).find((key) => /^aws:/i.test(key));
  if (reserved !== undefined) throw invalidParameter(`The tag key '${reserved}' is reserved.`);
}

/** A group with further tags. Throws when they are too many. */
export function withTags(group: LogGroup, tags: LogTags): LogGroup {
  checkTagKeys(tags);
  const all = { ...group.tags, ...tags };
  if (Object.keys(all).length > limits.tagsPerResource) throw tooManyTags(limits.tagsPerResource);
  return { ...group, tags: all };
}

export function withoutTags(group: LogGroup, keys: readonly string[]): LogGroup {
  const gone = new Set(keys);
  return { ...group, tags: Object.fromEntries(Object.entries(group.tags).filter(([key]) => !gone.has(key))) };
}
