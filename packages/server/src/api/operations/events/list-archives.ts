import { validationError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { paginate } from '../pagination.ts';
import { archiveSummary, isArchiveState } from './archive-output.ts';
import { archiveSource } from './archive-source.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly NamePrefix?: string;
  readonly EventSourceArn?: string;
  readonly State?: string;
  readonly NextToken?: string;
  readonly Limit?: number;
}

/** ListArchives: by name, filtered by at most one of name, bus and state. */
export function listArchives(context: EventsContext): Operation {
  const { archives } = context;
  return defineOperation<Input>('ListArchives', async (input, call) => {
    const { NamePrefix: prefix, EventSourceArn: source, State: state } = input;
    if ([prefix, source, state].filter((filter) => filter !== undefined).length > 1) {
      throw validationError(
        'At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.',
      );
    }
    const bus = source === undefined ? undefined : await archiveSource(context, call, source);
    const found = archives.documents
      .list(call)
      .filter(
        (archive) =>
          archive.name.startsWith(prefix ?? '') &&
          (bus === undefined || archive.bus === bus.name) &&
          (state === undefined || isArchiveState(state)),
      );
    const page = paginate(found, ({ name }) => name, {
      limit: input.Limit,
      token: input.NextToken,
      question: ['ListArchives', call.account, call.region, prefix, source, state],
    });
    const summaries = page.items.map(async (each) => archiveSummary(each, await archives.stats(each)));
    return { Archives: await Promise.all(summaries), NextToken: page.nextToken };
  });
}
