export { functionOperations } from './operations/index.ts';
export { createFunctionService } from './service.ts';
export type { FunctionService, FunctionServiceOptions } from './service.ts';
