import { limits } from '../../../model/limits.ts';
import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { invalidValue } from '../errors.ts';
import { makeTaskHandle } from '../move-task.ts';
import type { MoveTask } from '../move-task.ts';
import { queueOfArn } from '../queue-of-arn.ts';
import type { QueueService } from '../service.ts';

interface Input {
  readonly SourceArn: string;
  readonly MaxResults?: number;
}

/** ListMessageMoveTasks: the newest ones first, and only the newest one unless told. */
export function listMessageMoveTasks(service: QueueService): Operation {
  return defineOperation('ListMessageMoveTasks', async (input: Input) => {
    const { SourceArn: sourceArn, MaxResults: max = 1 } = input;
    if (max < 1 || max > limits.queueMoveTasksListed) {
      throw invalidValue(
        max,
        'MaxResults',
        `Must be between 1 and ${limits.queueMoveTasksListed}, if provided.`,
      );
    }
    queueOfArn(service, sourceArn, 'SourceArn');
    return { Results: service.moveTasks.list(sourceArn).slice(0, max).map(showTask) };
  });
}

function showTask(task: MoveTask): object {
  return {
    ...(task.status === 'RUNNING' && { TaskHandle: makeTaskHandle(task) }),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
    ...(task.maxPerSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.maxPerSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
    StartedTimestamp: task.startedAt,
  };
}
