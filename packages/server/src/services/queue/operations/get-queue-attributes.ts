import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { attributeNames, shownAttributes } from '../attributes.ts';
import type { Queue } from '../catalog.ts';
import { unknownAttribute } from '../errors.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';

interface Input {
  readonly QueueUrl?: string;
  readonly AttributeNames?: readonly string[];
}

const COUNTS = 'ApproximateNumberOfMessages';

/** GetQueueAttributes: nothing asked for, nothing told. */
export function getQueueAttributes(service: QueueService): Operation {
  return defineOperation('GetQueueAttributes', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    const names = input.AttributeNames ?? [];
    for (const name of names) if (name !== 'All' && !attributeNames.has(name)) throw unknownAttribute(name);
    const all = names.includes('All');
    const shown: Record<string, string> = describe(queue);
    if (all || names.some((name) => name.startsWith(COUNTS))) {
      const counts = await service.counts(queue);
      shown[COUNTS] = String(counts.visible);
      shown[`${COUNTS}NotVisible`] = String(counts.inFlight);
      shown[`${COUNTS}Delayed`] = String(counts.delayed);
    }
    const asked = Object.entries(shown).filter(([name]) => all || names.includes(name));
    return asked.length > 0 ? { Attributes: Object.fromEntries(asked) } : {};
  });
}

function describe({ document }: Queue): Record<string, string> {
  return {
    QueueArn: document.arn,
    CreatedTimestamp: inSeconds(document.createdAt),
    LastModifiedTimestamp: inSeconds(document.modifiedAt),
    ...shownAttributes(document.attributes),
  };
}

const inSeconds = (ms: number): string => String(Math.floor(ms / 1_000));
