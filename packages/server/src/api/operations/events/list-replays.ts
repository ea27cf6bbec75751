import { validationError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { paginate } from '../pagination.ts';
import type { EventsContext } from './dependencies.ts';
import { replaySummary } from './replay-output.ts';

interface Input {
  readonly NamePrefix?: string;
  readonly State?: string;
  readonly EventSourceArn?: string;
  readonly NextToken?: string;
  readonly Limit?: number;
}

/** ListReplays: by name, filtered by at most one of name, state and archive. */
export function listReplays({ replays }: EventsContext): Operation {
  return defineOperation<Input>('ListReplays', async (input, call) => {
    const { NamePrefix: prefix, State: state, EventSourceArn: archive } = input;
    if ([prefix, state, archive].filter((filter) => filter !== undefined).length > 1) {
      throw validationError(
        'At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.',
      );
    }
    const found = replays
      .list(call)
      .filter(
        (replay) =>
          replay.name.startsWith(prefix ?? '') &&
          (state === undefined || replay.state === state) &&
          (archive === undefined || replay.plan.archiveArn === archive),
      );
    const page = paginate(found, ({ name }) => name, {
      limit: input.Limit,
      token: input.NextToken,
      question: ['ListReplays', call.account, call.region, prefix, state, archive],
    });
    return { Replays: page.items.map(replaySummary), NextToken: page.nextToken };
  });
}
