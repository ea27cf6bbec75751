import { loadedOnCall, type Operation, type OperationLoaders } from '../../../model/operation.ts';
import type { FunctionService } from '../service.ts';

/** Every operation of the Lambda API that local functions have: one file and one line each. */
export const FUNCTION_OPERATIONS: OperationLoaders<FunctionService> = {
  GetFunction: async (service) => (await import('./get-function.ts')).getFunction(service),
  Invoke: async (service) => (await import('./invoke.ts')).invoke(service),
  ListFunctions: async (service) => (await import('./list-functions.ts')).listFunctions(service),
};

/** The operations of the Lambda API that local functions have; the front door answers NotImplemented for the rest. */
export function functionOperations(service: FunctionService): readonly Operation[] {
  return loadedOnCall(FUNCTION_OPERATIONS, service);
}
