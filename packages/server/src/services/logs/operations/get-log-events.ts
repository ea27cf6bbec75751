import type { LogEvent, LogEventPlace } from '../../../engine/ports/log-group-storage.ts';
import { limits } from '../../../model/limits.ts';
import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { expiredBefore } from '../batch.ts';
import { invalidParameter, invalidToken, streamNotFound } from '../errors.ts';
import { groupOfCall } from '../group-of-call.ts';
import type { GroupInput } from '../group-of-call.ts';
import { placeOfText, placeText } from '../page-token.ts';
import { findStream } from '../search.ts';
import type { LogsService } from '../service.ts';

interface Input extends GroupInput {
  readonly logStreamName: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly nextToken?: string;
  readonly limit?: number;
  readonly startFromHead?: boolean;
}

/** A token is a border between events: `f/` leads on to those behind its place, `b/` back to those in front of it. */
interface Border {
  readonly descending: boolean;
  readonly place: LogEventPlace;
}

const textOf = ({ descending, place }: Border): string => `${descending ? 'b' : 'f'}/${placeText(place)}/s`;

function readToken(token: string): Border {
  const [direction, place, end, ...more] = token.split('/');
  if ((direction !== 'f' && direction !== 'b') || end !== 's' || more.length > 0) throw invalidToken();
  return { descending: direction === 'b', place: placeOfText(place ?? '') };
}

const shifted = ({ timestamp, sequence }: LogEventPlace, by: bigint): LogEventPlace => ({
  timestamp,
  sequence: sequence + by < 0n ? 0n : sequence + by,
});

/** The borders around a page. Where nothing was found the token of the way that was taken stays as it is. */
function bordersOf(
  events: readonly LogEvent[],
  { descending, place }: Border,
): { forward: LogEventPlace; backward: LogEventPlace } {
  const [first, last] = [events[0], events.at(-1)];
  if (first && last) return { forward: last, backward: first };
  return descending
    ? { forward: shifted(place, -1n), backward: place }
    : { forward: place, backward: shifted(place, 1n) };
}

const output = ({ timestamp, message, ingestedAt }: LogEvent): object => ({
  timestamp,
  message,
  ingestionTime: ingestedAt,
});

/** GetLogEvents: a page of one stream in the order of time, with tokens that lead on in both directions. */
export function getLogEvents(service: LogsService): Operation {
  return defineOperation('GetLogEvents', async (input: Input, call) => {
    const { logStreamName: name, startTime = 0, endTime = Number.MAX_SAFE_INTEGER, nextToken } = input;
    if (startTime > endTime) throw invalidParameter('startTime must not be after endTime.');
    const given = nextToken === undefined ? undefined : readToken(nextToken);
    const group = groupOfCall(service, input, call);
    if (!(await findStream(service.events, group, name))) throw streamNotFound();
    const descending = given?.descending ?? !(input.startFromHead ?? false);
    const { events } = await service.events.read(group.id, {
      streams: [name],
      from: Math.max(startTime, expiredBefore(group, service.clock.now())),
      before: endTime,
      beyond: given?.place,
      descending,
      maxEvents: input.limit ?? limits.logPageEvents,
      maxChars: limits.logPageBytes,
    });
    const page = descending ? events.toReversed() : events;
    const start = { timestamp: startTime, sequence: 0n };
    const { forward, backward } = bordersOf(page, given ?? { descending: false, place: start });
    return {
      events: page.map(output),
      nextForwardToken: textOf({ descending: false, place: forward }),
      nextBackwardToken: textOf({ descending: true, place: backward }),
    };
  });
}
