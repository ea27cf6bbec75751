import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { EventsContext } from './dependencies.ts';
import { findTagged } from './tagged-resource.ts';

interface Input {
  readonly ResourceARN: string;
}

/** ListTagsForResource: the tags of a bus or rule, in one answer. */
export function listTagsForResource(context: EventsContext): Operation {
  return defineOperation<Input>('ListTagsForResource', async (input, call) => {
    const resource = await findTagged(context, call, input.ResourceARN, 'events:ListTagsForResource', {});
    return { Tags: resource.tags };
  });
}
