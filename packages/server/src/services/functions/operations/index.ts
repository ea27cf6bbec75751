import type { Operation } from '../../../model/operation.ts';
import type { FunctionService } from '../service.ts';
import { getFunction } from './get-function.ts';
import { invoke } from './invoke.ts';
import { listFunctions } from './list-functions.ts';

/** The operations of the Lambda API that local functions have; the front door answers NotImplemented for the rest. */
export function functionOperations(service: FunctionService): readonly Operation[] {
  return [getFunction(service), invoke(service), listFunctions(service)];
}
