import type { LogStreamPlace, LogStreamState } from '../../../engine/ports/log-group-storage.ts';
import { limits } from '../../../model/limits.ts';
import { logStreamArn } from '../../../model/log-group-arn.ts';
import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { invalidParameter, invalidToken } from '../errors.ts';
import { groupOfCall } from '../group-of-call.ts';
import type { GroupInput } from '../group-of-call.ts';
import type { LogGroup } from '../groups.ts';
import { openToken, placeText, sealToken } from '../page-token.ts';
import type { Question } from '../page-token.ts';
import type { LogsService } from '../service.ts';

interface Input extends GroupInput {
  readonly logStreamNamePrefix?: string;
  readonly orderBy?: 'LogStreamName' | 'LastEventTime';
  readonly descending?: boolean;
  readonly nextToken?: string;
  readonly limit?: number;
}

const output = (group: LogGroup, stream: LogStreamState): object => ({
  logStreamName: stream.name,
  creationTime: stream.createdAt,
  firstEventTimestamp: stream.firstTimestamp,
  lastEventTimestamp: stream.lastTimestamp,
  lastIngestionTime: stream.lastIngestedAt,
  // Kept by the service for old clients; nobody looks at it any more.
  uploadSequenceToken: placeText({ timestamp: stream.lastIngestedAt ?? stream.createdAt, sequence: 0n }),
  arn: logStreamArn(group.arn, stream.name),
  // The service stopped telling it for a stream in 2019.
  storedBytes: 0,
});

/** A token's key: the time, a blank, and the name. */
const keyOf = ({ name, lastTimestamp }: LogStreamPlace): string => `${lastTimestamp} ${name}`;

function placeOf(key: string): LogStreamPlace {
  const blank = key.indexOf(' ');
  if (blank < 0) throw invalidToken();
  return { lastTimestamp: Number(key.slice(0, blank)), name: key.slice(blank + 1) };
}

export function describeLogStreams(service: LogsService): Operation {
  return defineOperation('DescribeLogStreams', async (input: Input, call) => {
    const { logStreamNamePrefix: prefix = '', orderBy = 'LogStreamName', descending = false } = input;
    if (orderBy === 'LastEventTime' && prefix !== '') {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    }
    const group = groupOfCall(service, input, call);
    const question: Question = ['streams', group.id, prefix, orderBy, descending];
    const max = input.limit ?? limits.logDescribePage;
    const found = await service.events.streams(group.id, {
      order: orderBy === 'LogStreamName' ? 'name' : 'lastTimestamp',
      prefix,
      descending,
      beyond: input.nextToken === undefined ? undefined : placeOf(openToken(question, input.nextToken)),
      maxStreams: max + 1,
    });
    const page = found.slice(0, max);
    return {
      logStreams: page.map(({ state }) => output(group, state)),
      ...(found.length > max && { nextToken: sealToken(question, keyOf(page.at(-1)!.place)) }),
    };
  });
}
