import type { LogEvent } from '../../../engine/ports/log-group-storage.ts';
import { limits } from '../../../model/limits.ts';
import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { expiredBefore } from '../batch.ts';
import { invalidParameter, streamNotFound } from '../errors.ts';
import { compileFilter } from '../filter/index.ts';
import { groupOfCall } from '../group-of-call.ts';
import type { GroupInput } from '../group-of-call.ts';
import type { LogGroup } from '../groups.ts';
import { openToken, placeOfText, placeText, sealToken } from '../page-token.ts';
import type { Question } from '../page-token.ts';
import { findStream, search, streamsOfPrefix } from '../search.ts';
import type { LogsService } from '../service.ts';

interface Input extends GroupInput {
  readonly logStreamNames?: readonly string[];
  readonly logStreamNamePrefix?: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly filterPattern?: string;
  readonly nextToken?: string;
  readonly limit?: number;
}

const output = (event: LogEvent): object => ({
  logStreamName: event.stream,
  timestamp: event.timestamp,
  message: event.message,
  ingestionTime: event.ingestedAt,
  eventId: placeText(event),
});

/** The streams to look into; undefined for the whole group. */
async function streamsOf(
  service: LogsService,
  group: LogGroup,
  { logStreamNames: names, logStreamNamePrefix: prefix }: Input,
): Promise<readonly string[] | undefined> {
  if (prefix !== undefined) return streamsOfPrefix(service.events, group, prefix);
  for (const name of names ?? []) {
    if (!(await findStream(service.events, group, name))) throw streamNotFound();
  }
  return names && [...new Set(names)];
}

/** FilterLogEvents: a page goes on behind the last event that was looked at, and may be empty although there is more. */
export function filterLogEvents(service: LogsService): Operation {
  return defineOperation('FilterLogEvents', async (input: Input, call) => {
    const { logStreamNames: names, logStreamNamePrefix: prefix, nextToken, filterPattern = '' } = input;
    if (names && prefix !== undefined) {
      throw invalidParameter('logStreamNamePrefix and logStreamNames are mutually exclusive parameters.');
    }
    const { startTime = 0, endTime = Number.MAX_SAFE_INTEGER - 1 } = input;
    if (startTime > endTime) throw invalidParameter('startTime must not be after endTime.');
    const matches = compileFilter(filterPattern);
    const group = groupOfCall(service, input, call);
    const question: Question = ['filter', group.id, names, prefix, startTime, input.endTime, filterPattern];
    const found = await search(service.events, {
      group,
      streams: await streamsOf(service, group, input),
      prefix: prefix ?? '',
      from: Math.max(startTime, expiredBefore(group, service.clock.now())),
      before: endTime + 1,
      matches,
      beyond: nextToken === undefined ? undefined : placeOfText(openToken(question, nextToken)),
      maxEvents: input.limit ?? limits.logPageEvents,
      signal: call.signal,
    });
    return {
      events: found.events.map(output),
      searchedLogStreams: [],
      ...(found.next && { nextToken: sealToken(question, placeText(found.next)) }),
    };
  });
}
