import { limits } from '../../model/limits.ts';
import { invalidParameter } from './errors.ts';

export type QueueTags = Readonly<Record<string, string>>;

const KEY_CHARS = 128;
const VALUE_CHARS = 256;

/** Checks the tags that a queue is to have; throws the service's errors. */
export function checkTags(queue: string, tags: QueueTags): void {
  const entries = Object.entries(tags);
  if (entries.length > limits.tagsPerResource) {
    throw invalidParameter(`Too many tags added for queue ${queue}.`);
  }
  for (const [key, value] of entries) {
    if (key === '' || key.length > KEY_CHARS || /^aws:/i.test(key)) {
      throw invalidParameter(`The tag key '${key}' is not valid for queue ${queue}.`);
    }
    if (value.length > VALUE_CHARS) {
      throw invalidParameter(`The value of the tag '${key}' is not valid for queue ${queue}.`);
    }
  }
}
