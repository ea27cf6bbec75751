import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { Tag } from '../../../model/resources.ts';
import type { EventsContext } from './dependencies.ts';
import { findTagged } from './tagged-resource.ts';
import { withTags } from './tags.ts';

interface Input {
  readonly ResourceARN: string;
  readonly Tags: readonly Tag[];
}

/** TagResource: adds tags to a bus or rule, replacing those with the same keys. */
export function tagResource(context: EventsContext): Operation {
  return defineOperation<Input>('TagResource', async (input, call) => {
    const keys = { 'aws:TagKeys': input.Tags.map(({ Key: key }) => key) };
    const resource = await findTagged(context, call, input.ResourceARN, 'events:TagResource', keys);
    await resource.change((tags) => withTags(tags, input.Tags));
    return {};
  });
}
