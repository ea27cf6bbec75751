export { logsOperations } from './operations/index.ts';
export { createLogsService } from './service.ts';
export type { LogsService, LogsServiceOptions } from './service.ts';
