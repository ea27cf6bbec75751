export { queueOperations } from './operations/index.ts';
export { createQueueService } from './service.ts';
export type { QueueService, QueueServiceOptions } from './service.ts';
