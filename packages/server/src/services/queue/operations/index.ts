import { loadedOnCall, type Operation, type OperationLoaders } from '../../../model/operation.ts';
import type { QueueService } from '../service.ts';

/** Every operation of the SQS API: one file and one line each. */
export const QUEUE_OPERATIONS: OperationLoaders<QueueService> = {
  AddPermission: async (service) => (await import('./add-permission.ts')).addPermission(service),
  CancelMessageMoveTask: async (service) =>
    (await import('./cancel-message-move-task.ts')).cancelMessageMoveTask(service),
  ChangeMessageVisibility: async (service) =>
    (await import('./change-message-visibility.ts')).changeMessageVisibility(service),
  ChangeMessageVisibilityBatch: async (service) =>
    (await import('./change-message-visibility-batch.ts')).changeMessageVisibilityBatch(service),
  CreateQueue: async (service) => (await import('./create-queue.ts')).createQueue(service),
  DeleteMessage: async (service) => (await import('./delete-message.ts')).deleteMessage(service),
  DeleteMessageBatch: async (service) =>
    (await import('./delete-message-batch.ts')).deleteMessageBatch(service),
  DeleteQueue: async (service) => (await import('./delete-queue.ts')).deleteQueue(service),
  GetQueueAttributes: async (service) =>
    (await import('./get-queue-attributes.ts')).getQueueAttributes(service),
  GetQueueUrl: async (service) => (await import('./get-queue-url.ts')).getQueueUrl(service),
  ListDeadLetterSourceQueues: async (service) =>
    (await import('./list-dead-letter-source-queues.ts')).listDeadLetterSourceQueues(service),
  ListMessageMoveTasks: async (service) =>
    (await import('./list-message-move-tasks.ts')).listMessageMoveTasks(service),
  ListQueueTags: async (service) => (await import('./list-queue-tags.ts')).listQueueTags(service),
  ListQueues: async (service) => (await import('./list-queues.ts')).listQueues(service),
  PurgeQueue: async (service) => (await import('./purge-queue.ts')).purgeQueue(service),
  ReceiveMessage: async (service) => (await import('./receive-message.ts')).receiveMessage(service),
  RemovePermission: async (service) => (await import('./remove-permission.ts')).removePermission(service),
  SendMessage: async (service) => (await import('./send-message.ts')).sendMessage(service),
  SendMessageBatch: async (service) => (await import('./send-message-batch.ts')).sendMessageBatch(service),
  SetQueueAttributes: async (service) =>
    (await import('./set-queue-attributes.ts')).setQueueAttributes(service),
  StartMessageMoveTask: async (service) =>
    (await import('./start-message-move-task.ts')).startMessageMoveTask(service),
  TagQueue: async (service) => (await import('./tag-queue.ts')).tagQueue(service),
  UntagQueue: async (service) => (await import('./untag-queue.ts')).untagQueue(service),
};

/** All operations of the SQS API. */
export function queueOperations(service: QueueService): readonly Operation[] {
  return loadedOnCall(QUEUE_OPERATIONS, service);
}
