import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { EventsContext } from './dependencies.ts';
import { findTagged } from './tagged-resource.ts';
import { withoutTags } from './tags.ts';

interface Input {
  readonly ResourceARN: string;
  readonly TagKeys: readonly string[];
}

/** UntagResource: keys that the resource does not have are ignored. */
export function untagResource(context: EventsContext): Operation {
  return defineOperation<Input>('UntagResource', async (input, call) => {
    const keys = { 'aws:TagKeys': input.TagKeys };
    const resource = await findTagged(context, call, input.ResourceARN, 'events:UntagResource', keys);
    await resource.change((tags) => withoutTags(tags, input.TagKeys));
    return {};
  });
}
