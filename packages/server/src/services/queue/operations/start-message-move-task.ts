import { limits } from '../../../model/limits.ts';
import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { invalidParameter, invalidValue } from '../errors.ts';
import { makeTaskHandle } from '../move-task.ts';
import { queueOfArn } from '../queue-of-arn.ts';
import type { QueueService } from '../service.ts';

interface Input {
  readonly SourceArn: string;
  readonly DestinationArn?: string;
  readonly MaxNumberOfMessagesPerSecond?: number;
}

/** StartMessageMoveTask: empties a dead-letter queue into one queue, or back to where each message came from. */
export function startMessageMoveTask(service: QueueService): Operation {
  return defineOperation('StartMessageMoveTask', async (input: Input) => {
    const { SourceArn: sourceArn, DestinationArn: destinationArn } = input;
    const { MaxNumberOfMessagesPerSecond: maxPerSecond } = input;
    const most = limits.queueMovesPerSecond;
    if (maxPerSecond !== undefined && (maxPerSecond < 1 || maxPerSecond > most)) {
      throw invalidValue(
        maxPerSecond,
        'MaxNumberOfMessagesPerSecond',
        `Must be between 1 and ${most}, if provided.`,
      );
    }
    const source = queueOfArn(service, sourceArn, 'SourceArn');
    if (service.catalog.sourcesOf(source).length === 0) {
      throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
    }
    if (destinationArn !== undefined) {
      const destination = queueOfArn(service, destinationArn, 'DestinationArn');
      if (destination === source) {
        throw invalidValue(destinationArn, 'DestinationArn', 'Must not be the source queue.');
      }
      if (destination.settings.fifo !== source.settings.fifo) {
        throw invalidValue(destinationArn, 'DestinationArn', 'Must be same type of queue as the source.');
      }
    }
    const task = await service.moveTasks.start(source, { sourceArn, destinationArn, maxPerSecond });
    return { TaskHandle: makeTaskHandle(task) };
  });
}
