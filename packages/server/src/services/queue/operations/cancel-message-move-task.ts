import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { openTaskHandle } from '../move-task.ts';
import type { QueueService } from '../service.ts';

/** CancelMessageMoveTask: what was moved stays moved. */
export function cancelMessageMoveTask(service: QueueService): Operation {
  return defineOperation('CancelMessageMoveTask', async (input: { readonly TaskHandle: string }) => {
    const { id, sourceArn } = openTaskHandle(input.TaskHandle);
    const { moved } = await service.moveTasks.cancel(sourceArn, id);
    return { ApproximateNumberOfMessagesMoved: moved };
  });
}
