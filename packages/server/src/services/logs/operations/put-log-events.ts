import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { checkBatch } from '../batch.ts';
import type { InputLogEvent } from '../batch.ts';
import { streamNotFound } from '../errors.ts';
import { groupByName } from '../group-of-call.ts';
import { missingAsNotFound } from '../missing.ts';
import { placeText } from '../page-token.ts';
import { findStream } from '../search.ts';
import type { LogsService } from '../service.ts';

interface Input {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logEvents: readonly InputLogEvent[];
}

/** PutLogEvents. Sequence tokens are taken and given, but mean nothing: as with the service itself since 2023. */
export function putLogEvents(service: LogsService): Operation {
  return defineOperation('PutLogEvents', async (input: Input, call) => {
    const { logStreamName: stream } = input;
    const group = groupByName(service, input.logGroupName, call);
    const now = service.clock.now();
    const { accepted, rejected } = checkBatch(group, input.logEvents, now);
    if (accepted.length > 0) {
      await missingAsNotFound(service, group, () => service.events.append(group.id, stream, accepted));
    } else if (!(await findStream(service.events, group, stream))) {
      throw streamNotFound();
    }
    return {
      nextSequenceToken: placeText({ timestamp: now, sequence: 0n }),
      ...(rejected && { rejectedLogEventsInfo: rejected }),
    };
  });
}
