import type { Operation } from '../../../model/operation.ts';
import { getCallerIdentity } from './get-caller-identity.ts';

/** The operations of the STS API that Busbar serves; the front door answers NotImplemented for the rest. */
export function stsOperations(): readonly Operation[] {
  return [getCallerIdentity];
}
